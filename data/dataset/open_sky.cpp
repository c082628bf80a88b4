#include "data/dataset/open_sky.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <numeric>
#include <optional>
#include <utility>

#include "core/constants.h"
#include "core/golden_angle.h"
#include "core/quantile.h"
#include "core/seen_point.h"
#include "core/spread_evenly.h"

namespace splat::data {
namespace {

constexpr size_t kFirstPhotos = 8, kMostPhotos = 40;
constexpr size_t kLeastPhotos = 2;   // that show sky in a direction
constexpr int kLongerSide_px = 192;  // of the images that are looked at
// Nothing nearer to a point than this is sky, px of such an image.
constexpr int kNearPoint_px = 4;
// The largest difference of a channel between neighbouring pixels of the sky, of 255: clouds have soft edges.
constexpr int kMostStep = 24;
// The sky begins at the border of an image this far above the horizon and goes on down to this far below it: cameras
// that are all held a little upwards tell a wrong horizon. Sines of angles.
const double kLeastSeed = std::sin(8 * kRadiansPerDegree), kLeastElevation = std::sin(-12 * kRadiansPerDegree);
// The rim is at most this share of a photo; a round image leaves 0.56 of a photo of 16:9.
constexpr double kLargestRim = 0.6;
// Directions on the whole sphere: 1.9 degrees apart, some six pixels of an image that is looked at.
constexpr int64_t kLattice = 12000;
constexpr double kSlightlyFewer = 0.95;  // than there may be, where it would be more

// A photo that was looked at, made small: camera, image and sky have one size.
struct Look {
  Camera camera;
  Image8 image, sky;
};

// 255 near a point of the cloud.
Image8 NearPoints(const Camera& camera, const std::vector<Vec3<double>>& points) {
  Image8 at(camera.width, camera.height, 1), near = at;
  for (const Vec3<double>& point : points) {
    const auto seen = SeenAt(camera, point);
    if (seen) *at.At(std::min(int(seen->x), at.width - 1), std::min(int(seen->y), at.height - 1)) = 255;
  }
  for (int y = 0; y < at.height; ++y) {
    for (int x = 0; x < at.width; ++x) {
      if (*at.At(x, y) == 0) continue;
      for (int v = std::max(0, y - kNearPoint_px); v <= std::min(at.height - 1, y + kNearPoint_px); ++v) {
        const int half = int(std::sqrt(double(kNearPoint_px * kNearPoint_px - (v - y) * (v - y))));
        const int left = std::max(0, x - half), right = std::min(at.width - 1, x + half);
        std::fill(near.At(left, v), near.At(right, v) + 1, uint8_t(255));
      }
    }
  }
  return near;
}

// The sine of the angle above the horizon at which a camera sees a pixel's centre: up is -y in the scene's frame.
double ElevationAt(const Camera& camera, int x, int y) {
  const Vec3<double> ray = {(x + 0.5 - camera.cx) / camera.fx, (y + 0.5 - camera.cy) / camera.fy, 1};
  return -(Transpose(camera.camera_from_world.rotation) * Normalized(ray)).y;
}

bool HasColorOfSky(const uint8_t* pixel) {
  constexpr int kLeastBlue = 90, kMoreThanRed = 15, kMoreThanGreen = 5;
  constexpr int kLeastGrey = 150, kMostWarmth = 6;
  const int red = pixel[0], green = pixel[1], blue = pixel[2];
  const bool is_blue = blue >= kLeastBlue && blue >= red + kMoreThanRed && blue >= green + kMoreThanGreen;
  const bool is_bright = std::min({red, green, blue}) >= kLeastGrey && blue >= std::max(red, green) - kMostWarmth;
  return is_blue || is_bright;
}

bool HasEdge(const uint8_t* a, const uint8_t* b) {
  for (int c = 0; c < 3; ++c) {
    if (std::abs(int(a[c]) - int(b[c])) > kMostStep) return true;
  }
  return false;
}

struct Pixel {
  int x = 0, y = 0;
};

constexpr std::array<Pixel, 4> kBeside = {{{1, 0}, {-1, 0}, {0, 1}, {0, -1}}};

bool IsIn(const Image8& image, const Pixel& at) {
  return at.x >= 0 && at.y >= 0 && at.x < image.width && at.y < image.height;
}

// Calls reach(from, to) for each pixel that has been reached and those beside it, until `front` is empty: reach puts
// what it reaches there, too.
template <typename Reach>
void Spread(const Image8& image, std::vector<Pixel>& front, const Reach& reach) {
  while (!front.empty()) {
    const Pixel from = front.back();
    front.pop_back();
    for (const Pixel& step : kBeside) {
      const Pixel to = {from.x + step.x, from.y + step.y};
      if (IsIn(image, to)) reach(from, to);
    }
  }
}

bool Counts(const ViewImage& photo, const Pixel& at) {
  return photo.weights.pixels.empty() || *photo.weights.At(at.x, at.y) > 0;
}

// 255 where nothing counts from the border of the image inwards: the black around a round image, the stand below it. A
// mask that leaves little of a photo cuts out an object, beside which there is no sky: then it is 0 all over.
Image8 RimOf(const ViewImage& photo) {
  Image8 rim(photo.image.width, photo.image.height, 1);
  const std::vector<uint8_t>& weights = photo.weights.pixels;
  const auto dropped = std::count(weights.begin(), weights.end(), uint8_t(0));
  if (dropped == 0 || double(dropped) > kLargestRim * double(weights.size())) return rim;
  std::vector<Pixel> front;
  const auto take = [&](const Pixel& at) {
    if (*rim.At(at.x, at.y) > 0 || Counts(photo, at)) return;
    *rim.At(at.x, at.y) = 255;
    front.push_back(at);
  };
  for (int x = 0; x < rim.width; ++x) {
    for (const int y : {0, rim.height - 1}) take({x, y});
  }
  for (int y = 0; y < rim.height; ++y) {
    for (const int x : {0, rim.width - 1}) take({x, y});
  }
  Spread(rim, front, [&](const Pixel&, const Pixel& to) { take(to); });
  return rim;
}

// Whether a pixel lies at the border of the image or beside its rim.
bool IsAtTheEdge(const Image8& rim, const Pixel& at) {
  return std::any_of(kBeside.begin(), kBeside.end(), [&](const Pixel& step) {
    const Pixel beside = {at.x + step.x, at.y + step.y};
    return !IsIn(rim, beside) || *rim.At(beside.x, beside.y) > 0;
  });
}

// Returns nothing for a photo that cannot be read, or no part of which counts.
std::optional<Look> LookAt(const Dataset& dataset, int index) {
  View view = dataset.views[size_t(index)];
  if (view.alpha == AlphaUse::kBackground) view.alpha = AlphaUse::kMask;  // the background is no sky
  const double scale = std::min(1.0, double(kLongerSide_px) / std::max(view.camera.width, view.camera.height));
  const int width = std::max(1, int(std::lround(scale * view.camera.width)));
  const int height = std::max(1, int(std::lround(scale * view.camera.height)));
  try {
    const ViewImage photo = ResizeView(LoadView(view, dataset.background, nullptr), width, height);
    const Camera camera = ResizedCamera(view.camera, width, height);
    return Look{camera, photo.image, SkyIn(photo, camera, dataset.points.positions)};
  } catch (const std::exception&) {
    return std::nullopt;  // the training will tell
  }
}

// One entry for each photo that is looked at; it is empty for a photo that has not been looked at yet, or cannot be
// used.
using Looks = std::vector<std::optional<Look>>;

// Looks at those of `views` that lie at these places.
void LookAtSome(const Dataset& dataset, const std::vector<int>& views, const std::vector<size_t>& places,
                Executor& executor, Looks& looks) {
  executor.Run(int64_t(places.size()), [&](int64_t i) {
    const size_t place = places[size_t(i)];
    looks[place] = LookAt(dataset, views[place]);
  });
}

double ShareOfSky(const Looks& looks) {
  double sum = 0;
  int count = 0;
  for (const std::optional<Look>& look : looks) {
    if (!look) continue;
    const auto sky = std::count(look->sky.pixels.begin(), look->sky.pixels.end(), uint8_t(255));
    sum += double(sky) / double(look->sky.pixels.size());
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

// The pixel at which a camera sees a direction; nothing where it shows no sky there.
const uint8_t* SkyAt(const Look& look, const Vec3<double>& direction) {
  Camera camera = look.camera;
  camera.camera_from_world.translation = {0, 0, 0};
  const auto seen = SeenAt(camera, direction);
  if (!seen) return nullptr;
  const int x = std::min(int(seen->x), camera.width - 1), y = std::min(int(seen->y), camera.height - 1);
  return *look.sky.At(x, y) == 0 ? nullptr : look.image.At(x, y);
}

// Adds the directions of a Fibonacci lattice of `count` points on the sphere.
void AddDirections(const Looks& looks, int64_t count, OpenSky& sky) {
  sky.spacing = std::sqrt(4 * kPi / double(count));
  for (int64_t i = 0; i < count; ++i) {
    const double y = 1 - (2 * double(i) + 1) / double(count), radius = std::sqrt(1 - y * y);
    const double angle = kGoldenAngle * double(i);
    const Vec3<double> direction = {radius * std::cos(angle), y, radius * std::sin(angle)};
    std::array<std::vector<uint8_t>, 3> values;
    for (const std::optional<Look>& look : looks) {
      const uint8_t* const pixel = look ? SkyAt(*look, direction) : nullptr;
      for (size_t c = 0; pixel && c < 3; ++c) values[c].push_back(pixel[c]);
    }
    if (values[0].size() < kLeastPhotos) continue;
    sky.directions.push_back(direction);
    sky.colors.push_back({Median(values[0]), Median(values[1]), Median(values[2])});
  }
}

}  // namespace

Image8 SkyIn(const ViewImage& photo, const Camera& camera, const std::vector<Vec3<double>>& points) {
  const Image8 near = NearPoints(camera, points), rim = RimOf(photo);
  Image8 sky(camera.width, camera.height, 1);
  std::vector<Pixel> front;
  const auto take = [&](const Pixel& at, double least_elevation) {
    if (*sky.At(at.x, at.y) > 0 || *near.At(at.x, at.y) > 0 || !Counts(photo, at)) return;
    if (!HasColorOfSky(photo.image.At(at.x, at.y))) return;
    if (!(ElevationAt(camera, at.x, at.y) > least_elevation)) return;
    *sky.At(at.x, at.y) = 255;
    front.push_back(at);
  };
  for (int y = 0; y < sky.height; ++y) {
    for (int x = 0; x < sky.width; ++x) {
      if (IsAtTheEdge(rim, {x, y})) take({x, y}, kLeastSeed);
    }
  }
  Spread(sky, front, [&](const Pixel& from, const Pixel& to) {
    if (!HasEdge(photo.image.At(from.x, from.y), photo.image.At(to.x, to.y))) take(to, kLeastElevation);
  });
  return sky;
}

OpenSky FindSky(const Dataset& dataset, double least_share, int64_t most, Executor& executor) {
  OpenSky sky;
  if (dataset.points.positions.empty() || dataset.few_points) return sky;
  const std::vector<int> views = SpreadEvenly(dataset.ViewsOf(Split::kTrain), kMostPhotos);
  std::vector<size_t> places(views.size());
  std::iota(places.begin(), places.end(), size_t(0));
  Looks looks(views.size());
  if (least_share > 0) {
    const std::vector<size_t> first = SpreadEvenly(places, kFirstPhotos);
    LookAtSome(dataset, views, first, executor, looks);
    sky.share = ShareOfSky(looks);
    if (sky.share < 0.5 * least_share) return sky;
    places.erase(std::remove_if(places.begin(), places.end(),
                                [&](size_t place) { return std::binary_search(first.begin(), first.end(), place); }),
                 places.end());
  }
  LookAtSome(dataset, views, places, executor, looks);
  sky.share = ShareOfSky(looks);
  most = std::min(most, int64_t(dataset.points.positions.size()));
  if (sky.share < least_share || most < 1) return sky;
  for (int64_t lattice = kLattice;;) {
    sky = {sky.share, {}, {}, 0};
    AddDirections(looks, lattice, sky);
    const auto found = int64_t(sky.directions.size());
    if (found <= most) return sky;
    lattice = std::max<int64_t>(1, int64_t(kSlightlyFewer * double(lattice) * double(most) / double(found)));
  }
}

}  // namespace splat::data
