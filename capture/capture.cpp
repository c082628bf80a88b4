#include "capture/capture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "capture/exif_writer.h"
#include "capture/moving_object.h"
#include "capture/noise.h"
#include "capture/trajectory.h"
#include "capture/truth.h"
#include "core/check.h"
#include "core/constants.h"
#include "core/random.h"
#include "core/srgb.h"
#include "data/photos/image_io.h"
#include "data/poses/colmap_writer.h"
#include "io/atomic_file.h"
#include "io/read_file.h"

namespace splat::capture {
namespace {

namespace fs = std::filesystem;

constexpr double kExposure = 1.0;     // radiance to the sensor's scale, where 1 is white
constexpr int kPointsPerPhoto = 250;  // of truth/points3D.txt
// The imagined camera changes its exposure by the time.
constexpr double kSensorWidthMm = 6.4, kExposureTime_s = 1.0 / 60, kFNumber = 1.8;
constexpr int kIso = 100;

double FocalLengthPx(const CaptureOptions& options) {
  return 0.5 * options.width / std::tan(0.5 * options.field_of_view_deg * kRadiansPerDegree);
}

Camera MakeCamera(int width, int height, double focal_px, const Rigid3& camera_from_world) {
  return {width, height, focal_px, focal_px, 0.5 * width, 0.5 * height, camera_from_world};
}

// Linear sensor value to sRGB in 0..255; the last stop before white is compressed instead of clipped.
double Developed(double value) {
  constexpr double kKnee = 0.7;
  const double over = std::max(0.0, value - kKnee);
  const double v = std::min(value, kKnee) + (1 - kKnee) * (1 - std::exp(-over / (1 - kKnee)));
  return 255 * LinearToSrgb(v);
}

uint8_t Rounded(double value) {
  return uint8_t(std::lround(std::min(255.0, std::max(0.0, value))));
}

// The image as the camera stores it. With alpha masks: 4 channels.
Image8 Develop(const TracedPhoto& traced, const CaptureOptions& options, const CapturedPhoto& photo,
               uint64_t noise_seed) {
  const int channels = options.alpha_masks ? 4 : 3, width = traced.radiance.width, height = traced.radiance.height;
  double gain[3];
  for (int c = 0; c < 3; ++c)
    gain[c] = kExposure * std::exp2(photo.exposure_ev + 0.5 * (1 - c) * photo.white_balance_ev);
  Image8 image(width, height, channels);
  Random random(noise_seed);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const float* radiance = traced.radiance.At(x, y);
      for (int c = 0; c < 3; ++c) {
        const double grain = options.noise > 0 ? options.noise * random.Normal() : 0;
        image.At(x, y)[c] = Rounded(Developed(gain[c] * radiance[c]) + grain);
      }
      if (channels == 4) image.At(x, y)[3] = Rounded(255 * *traced.foreground.At(x, y));
    }
  }
  return image;
}

ExifTags TagsOf(const CapturedPhoto& photo) {
  const Camera& camera = photo.lens.camera;
  const double width = camera.width, height = camera.height;
  constexpr double kFilmDiagonalMm = 43.2666;
  ExifTags tags = {"Splat", "splat-capture", camera.width, camera.height, photo.exif_orientation};
  tags.focal_length_mm = camera.fx / std::max(width, height) * kSensorWidthMm;
  tags.focal_length_35mm = int(std::lround(camera.fx / std::sqrt(width * width + height * height) * kFilmDiagonalMm));
  tags.exposure_time_s = kExposureTime_s * std::exp2(photo.exposure_ev);
  tags.f_number = kFNumber;
  tags.iso = kIso;
  return tags;
}

void WritePhoto(const std::string& path, const Image8& image, const ExifTags& tags) {
  if (image.channels == 4) return data::WriteImage(path, image);
  WriteFileAtomicallyByName(path, [&](const std::string& temporary) {
    data::WriteImage(temporary, image);
    const std::string with_exif = WithExif(ReadFile(temporary), tags);
    WriteFileAtomically(temporary, with_exif);
  });
}

void BlackenRows(const CaptureOptions& options, Image8& image) {
  const int top = std::max(options.black_rows, options.letterbox), bottom = options.letterbox;
  const auto blacken = [&](int first, int end) {
    for (int y = first; y < end; ++y) {
      for (int x = 0; x < image.width; ++x) std::fill_n(image.At(x, y), 3, uint8_t(0));
    }
  };
  blacken(0, top);
  blacken(image.height - bottom, image.height);
}

// Some pixels' places on the surfaces that stay where they are.
void AddPoints(const TracedPhoto& traced, const Lens& lens, Random& random, data::PointCloud& points) {
  for (int i = 0; i < kPointsPerPhoto; ++i) {
    const int x = int(random.Below(uint64_t(lens.camera.width))), y = int(random.Below(uint64_t(lens.camera.height)));
    if (*traced.moving.At(x, y) > 0 || double(*traced.depth.At(x, y)) >= kSkyDepth) continue;
    const Ray ray = RayThrough(lens, x + 0.5, y + 0.5);
    points.positions.push_back(ray.origin + double(*traced.depth.At(x, y)) * ray.direction);
    const float* radiance = traced.radiance.At(x, y);
    const auto developed = [&](int c) { return Rounded(Developed(kExposure * radiance[c])); };
    points.colors.push_back({developed(0), developed(1), developed(2)});
  }
}

// Stops that the photos are off by, with a mean of 0.
std::vector<double> ExposureJitter(const CaptureOptions& options) {
  Random random(options.seed + 2);
  std::vector<double> stops;
  double sum = 0;
  for (int i = 0; i < options.photos; ++i) {
    stops.push_back(options.exposure_jitter_ev * (2 * random.Uniform() - 1));
    sum += stops.back();
  }
  for (double& value : stops) value -= sum / options.photos;
  return stops;
}

void TakePhotos(const CaptureOptions& options, const std::string& folder, const CaptureResult& result,
                Executor& executor, const std::function<void(int, int)>& progress) {
  const std::string photo_folder = folder + "/photos", truth_folder = folder + "/truth";
  fs::create_directories(photo_folder);
  fs::create_directories(options.depth ? truth_folder + "/depth" : truth_folder);
  if (options.moving_object) {
    for (const std::string& inner : {folder + "/masks", truth_folder + "/passed"}) fs::create_directories(inner);
  }
  BakedScene baked = BakeFor(options, executor);
  const std::vector<Vec3<double>> places = MovingObjectPlaces(options.photos);
  Random point_random(options.seed + 1);
  data::PointCloud points;
  for (size_t i = 0; i < result.photos.size(); ++i) {
    const CapturedPhoto& photo = result.photos[i];
    const std::string stem = fs::path(photo.name).stem().string();
    PlaceMovingObject(places[i], baked.scene);
    const TracedPhoto traced = TracePhoto(baked, photo.lens, {options.samples_per_side, options.alpha_masks}, executor);
    Image8 image = Develop(traced, options, photo, options.seed * 0x9e3779b97f4a7c15ull + i);
    BlackenRows(options, image);
    WritePhoto(photo_folder + "/" + photo.name, image, TagsOf(photo));
    if (options.depth) WritePfm(StrCat(truth_folder, "/depth/", stem, ".pfm"), traced.depth);
    if (options.moving_object) {
      data::WriteImage(StrCat(folder, "/masks/", stem, ".png"), MaskOfMovingObject(traced));
      data::WriteImage(StrCat(truth_folder, "/passed/", stem, ".png"),
                       WhereTheObjectPasses(baked.scene, places, photo.lens, traced, executor));
    }
    AddPoints(traced, photo.lens, point_random, points);
    if (progress) progress(int(i) + 1, int(result.photos.size()));
  }
  const data::SceneDescription truth = DescriptionOf(result.photos, points);
  data::WriteColmapText(truth_folder, truth);
  if (options.poses_off_deg > 0 || options.poses_off_share > 0) {
    data::WriteColmapText(folder + "/poses_off", WithPosesOff(truth, options));
  }
  WriteOptions(truth_folder + "/capture.json", options);
}

void CheckFree(const std::string& folder, bool overwrite) {
  if (!fs::exists(folder)) return;
  SPLAT_CHECK(overwrite, folder, ": exists already; choose another folder or remove it");
  SPLAT_CHECK(fs::exists(folder + "/truth/capture.json"), folder,
              ": is not a capture, so it is not overwritten; choose another folder");
}

// Gives `made` the name `folder`, from which an earlier capture goes.
void MoveTo(const std::string& folder, const std::string& made, bool overwrite) {
  CheckFree(folder, overwrite);  // another process may have come before
  if (!fs::exists(folder)) return fs::rename(made, folder);
  const std::string aside = made + ".old";
  fs::rename(folder, aside);
  std::error_code error, ignored;
  fs::rename(made, folder, error);
  if (error) fs::rename(aside, folder, ignored);
  SPLAT_CHECK(!error, folder, ": cannot be written: ", error.message());
  fs::remove_all(aside, ignored);
}

}  // namespace

void Validate(const CaptureOptions& options) {
  std::string violations;
  const auto refuse = [&](const std::string& text) { violations += (violations.empty() ? "" : "; ") + text; };
  CaptureOptions copy = options;  // the rows refer to it
  for (const Option& option : OptionsOf(copy)) {
    const std::string wanted = Violation(option);
    if (!wanted.empty()) refuse(StrCat(option.name, " is ", ValueText(option), ", must be ", wanted));
  }
  const auto check = [&](const char* what, double value, double low, double high) {
    if (!(value >= low && value <= high)) refuse(StrCat(what, " is ", value, ", must be in ", low, "..", high));
  };
  check("orbit_height - height_variation", options.orbit_height - options.height_variation, 0.9, 2.2);
  check("orbit_height + height_variation", options.orbit_height + options.height_variation, 0.9, 2.3);
  check("border", options.black_rows, 0, 0.25 * options.height);
  check("letterbox", options.letterbox, 0, 0.25 * options.height);
  if (options.samples_per_side % 2 == 0) refuse(StrCat("samples is ", options.samples_per_side, ", must be odd"));
  const Camera camera = MakeCamera(options.width, options.height, FocalLengthPx(options), {});
  if (!DistortionIsInvertible(options.distortion, camera)) {
    refuse("distortion is too strong: towards the photo's corners it is not one-to-one");
  }
  SPLAT_CHECK(violations.empty(), "capture options: ", violations);
}

std::vector<CapturedPhoto> PlanCapture(const CaptureOptions& options) {
  Validate(options);
  OrbitOptions orbit;
  orbit.photos = options.photos;
  orbit.radius = options.orbit_radius;
  orbit.height = options.orbit_height;
  orbit.height_variation = options.height_variation;
  orbit.seed = options.seed;
  const std::vector<Rigid3> poses = OrbitPoses(orbit, SceneFor(options).look_at);
  constexpr int kTurned[3] = {6, 8, 3};
  const std::vector<double> jitter_ev = ExposureJitter(options);
  std::vector<CapturedPhoto> photos;
  for (int i = 0; i < options.photos; ++i) {
    char name[32];
    std::snprintf(name, sizeof name, "photo_%04d.%s", i + 1, options.alpha_masks ? "png" : "jpg");
    CapturedPhoto photo;
    photo.name = name;
    const double turn = 2 * kPi * i / options.photos;
    photo.exposure_ev = options.exposure_drift_ev * std::sin(turn) + jitter_ev[size_t(i)];
    photo.white_balance_ev = options.white_balance_ev * std::cos(turn);
    if (options.exif_rotation && i % 3 == 1) photo.exif_orientation = kTurned[i / 3 % 3];
    const bool upright = options.mixed_sizes && i % 4 == 1, smaller = options.mixed_sizes && i % 4 == 3;
    const double scale = smaller ? 0.75 : 1;
    const int width = int(scale * (upright ? options.height : options.width));
    const int height = int(scale * (upright ? options.width : options.height));
    const Rigid3 pose = HeldAs(poses[size_t(i)], photo.exif_orientation);
    photo.lens = {MakeCamera(width, height, scale * FocalLengthPx(options), pose), options.distortion};
    photos.push_back(photo);
  }
  return photos;
}

Scene SceneFor(const CaptureOptions& options) {
  return options.outdoors ? MakeOutdoorStillLife(options.seed) : MakeStillLife(options.seed);
}

BakedScene BakeFor(const CaptureOptions& options, Executor& executor) {
  constexpr double kUsualDistance = 1.4;  // m in front of the camera: there a texel is as large as a pixel
  BakeOptions bake;
  bake.texel = kUsualDistance / FocalLengthPx(options);
  bake.seed = options.seed;
  Scene scene = SceneFor(options);
  if (options.moving_object) AddMovingObject(options.seed, scene);
  return Bake(std::move(scene), bake, executor);
}

CaptureResult WriteCapture(const CaptureOptions& options, const std::string& folder, Executor& executor,
                           const std::function<void(int, int)>& progress, bool overwrite) {
  CaptureResult result = {PlanCapture(options), folder + "/photos", folder + "/truth"};
  CheckFree(folder, overwrite);
  std::error_code error;
  std::string temporary = folder + ".tmp";  // of its own: another process may write a capture of the same name
  for (int i = 2; fs::exists(temporary) || !fs::create_directories(temporary, error); ++i) {
    SPLAT_CHECK(!error && i < 1000, folder, ": cannot be written: ", error.message());
    temporary = StrCat(folder, ".tmp", i);
  }
  try {
    TakePhotos(options, temporary, result, executor, progress);
    MoveTo(folder, temporary, overwrite);
  } catch (const fs::filesystem_error& failure) {
    fs::remove_all(temporary, error);
    throw Error(StrCat(folder, ": cannot be written: ", failure.code().message()));
  } catch (...) {
    fs::remove_all(temporary, error);
    throw;
  }
  return result;
}

}  // namespace splat::capture
