#include "data/photos/undistort.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "core/check.h"
#include "data/photos/image_resize.h"
#include "data/photos/lens.h"
#include "data/photos/opencv_setup.h"

namespace splat::data {
namespace {

constexpr double kIntermediateScale = 1.5;  // least size of the image that is undistorted, relative to the result
constexpr int kStripeRows = 64;             // the map is made and used in stripes, so that it stays in the cache

// The places of rows [first, first + rows) of the result in a photo, counted from the centre of its first pixel.
struct Map {
  cv::Mat x, y;  // [rows, width] float
};

// One undistortion without a change of scale: `camera` has its own size, and the photo is sampled where the lens shows
// the ray.
struct Resampling {
  Lens lens;
  Camera camera;
  double scale_x = 1, scale_y = 1;  // from the calibrated size to the photo's

  void FillRows(int first, Map map) const {
    for (int row = 0; row < map.x.rows; ++row) {
      float* to_x = map.x.ptr<float>(row);
      float* to_y = map.y.ptr<float>(row);
      for (int x = 0; x < camera.width; ++x) {
        const Vec2<double> ray = {(x + 0.5 - camera.cx) / camera.fx, (first + row + 0.5 - camera.cy) / camera.fy};
        const Vec2<double> bent = Distort(lens, ray);
        // OpenCV counts from the centre of the first pixel, we from its corner.
        to_x[x] = float((lens.fx * bent.x + lens.cx) * scale_x - 0.5);
        to_y[x] = float((lens.fy * bent.y + lens.cy) * scale_y - 0.5);
      }
    }
  }
  Map MapOf(int first, int rows) const {
    Map map = {cv::Mat(rows, camera.width, CV_32F), cv::Mat(rows, camera.width, CV_32F)};
    FillRows(first, map);
    return map;
  }
};

}  // namespace

// A resampling is known by all the numbers that it is made of.
struct UndistortMaps::State {
  using Key = std::vector<double>;
  struct Entry {
    std::once_flag made;
    Map map;
  };

  int64_t free_bytes = 0;
  std::mutex mutex;                               // guards what follows
  std::map<Key, std::shared_ptr<Entry>> entries;  // null after the first use

  // The entry that keeps the map; null: it is not kept.
  std::shared_ptr<Entry> Find(const Key& key, int64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex);
    const auto [found, first_use] = entries.try_emplace(key);
    if (first_use || found->second) return found->second;
    if (bytes > free_bytes) return nullptr;
    free_bytes -= bytes;
    return found->second = std::make_shared<Entry>();
  }
};

UndistortMaps::UndistortMaps(int64_t bytes) : state_(std::make_unique<State>()) {
  state_->free_bytes = bytes;
}
UndistortMaps::~UndistortMaps() = default;

namespace {

UndistortMaps::State::Key KeyOf(const Image8& photo, const Intrinsics& intrinsics, const Camera& camera) {
  UndistortMaps::State::Key key = {double(int(intrinsics.model)),
                                   double(intrinsics.width),
                                   double(intrinsics.height),
                                   double(photo.width),
                                   double(photo.height),
                                   double(camera.width),
                                   double(camera.height),
                                   camera.fx,
                                   camera.fy,
                                   camera.cx,
                                   camera.cy};
  key.insert(key.end(), intrinsics.params.begin(), intrinsics.params.end());
  return key;
}

Image8 Remap(const Image8& photo, const Intrinsics& intrinsics, const Camera& camera, UndistortMaps* maps) {
  const Resampling resampling = {MakeLens(intrinsics), camera, double(photo.width) / intrinsics.width,
                                 double(photo.height) / intrinsics.height};
  const int64_t map_bytes = int64_t(camera.width) * camera.height * 2 * int64_t(sizeof(float));
  const auto shared = maps != nullptr ? maps->state().Find(KeyOf(photo, intrinsics, camera), map_bytes) : nullptr;
  if (shared) std::call_once(shared->made, [&] { shared->map = resampling.MapOf(0, camera.height); });
  SetUpOpenCv();
  const cv::Mat source(photo.height, photo.width, CV_8UC(photo.channels), const_cast<uint8_t*>(photo.pixels.data()));
  Image8 result(camera.width, camera.height, photo.channels);
  cv::Mat target(result.height, result.width, CV_8UC(result.channels), result.pixels.data());
  Map own = {cv::Mat(std::min(kStripeRows, camera.height), camera.width, CV_32F), {}};
  own.y = own.x.clone();
  for (int first = 0; first < camera.height; first += kStripeRows) {
    const int rows = std::min(kStripeRows, camera.height - first), begin = shared ? first : 0;
    const Map& map = shared ? shared->map : own;
    const Map part = {map.x.rowRange(begin, begin + rows), map.y.rowRange(begin, begin + rows)};
    if (!shared) resampling.FillRows(first, part);
    cv::Mat stripe = target.rowRange(first, first + rows);
    cv::remap(source, stripe, part.x, part.y, cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  }
  return result;
}

}  // namespace

Image8 UndistortImage(const Image8& photo, const Intrinsics& intrinsics, const Camera& camera, UndistortMaps* maps) {
  SPLAT_CHECK(camera.width > 0 && camera.height > 0 && !photo.pixels.empty(), "a photo of ", photo.width, "x",
              photo.height, " px cannot be undistorted to ", camera.width, "x", camera.height);
  const double scale = std::min(double(photo.width) / camera.width, double(photo.height) / camera.height);
  if (scale <= 1) return Remap(photo, intrinsics, camera, maps);
  const double reduction = std::max(1.0, std::floor(scale / kIntermediateScale));
  const Image8 reduced =
      ResizeImage(photo, int(std::lround(photo.width / reduction)), int(std::lround(photo.height / reduction)));
  const Image8 straight = Remap(reduced, intrinsics, ResizedCamera(camera, reduced.width, reduced.height), maps);
  return ResizeImage(straight, camera.width, camera.height);
}

}  // namespace splat::data
