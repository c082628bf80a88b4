#include "data/photos/undistort.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "data/photos/lens.h"

namespace splat::data {
namespace {

constexpr double kIntermediateScale = 1.5;  // least size of the image that is undistorted, relative to the result
constexpr int kStripeRows = 64;             // the map is made and used in stripes, so that it stays in the cache

// One undistortion without a change of scale: `camera` has its own size, `photo` is sampled where the lens shows the
// ray.
Image8 Remap(const Image8& photo, const Intrinsics& intrinsics, const Camera& camera) {
  const Lens lens = MakeLens(intrinsics);
  const double scale_x = double(photo.width) / intrinsics.width, scale_y = double(photo.height) / intrinsics.height;
  const cv::Mat source(photo.height, photo.width, CV_8UC(photo.channels), const_cast<uint8_t*>(photo.pixels.data()));
  Image8 result(camera.width, camera.height, photo.channels);
  cv::Mat target(result.height, result.width, CV_8UC(result.channels), result.pixels.data());
  cv::Mat map_x(std::min(kStripeRows, camera.height), camera.width, CV_32F), map_y = map_x.clone();
  for (int first = 0; first < camera.height; first += kStripeRows) {
    const int rows = std::min(kStripeRows, camera.height - first);
    for (int row = 0; row < rows; ++row) {
      float* to_x = map_x.ptr<float>(row);
      float* to_y = map_y.ptr<float>(row);
      for (int x = 0; x < camera.width; ++x) {
        const Vec2<double> ray = {(x + 0.5 - camera.cx) / camera.fx, (first + row + 0.5 - camera.cy) / camera.fy};
        const Vec2<double> bent = Distort(lens, ray);
        // OpenCV counts from the centre of the first pixel, we from its corner.
        to_x[x] = float((lens.fx * bent.x + lens.cx) * scale_x - 0.5);
        to_y[x] = float((lens.fy * bent.y + lens.cy) * scale_y - 0.5);
      }
    }
    cv::Mat stripe = target.rowRange(first, first + rows);
    cv::remap(source, stripe, map_x.rowRange(0, rows), map_y.rowRange(0, rows), cv::INTER_CUBIC, cv::BORDER_REPLICATE);
  }
  return result;
}

}  // namespace

Image8 UndistortImage(const Image8& photo, const Intrinsics& intrinsics, const Camera& camera) {
  SPLAT_CHECK(camera.width > 0 && camera.height > 0 && !photo.pixels.empty(), "a photo of ", photo.width, "x",
              photo.height, " px cannot be undistorted to ", camera.width, "x", camera.height);
  const double scale = std::min(double(photo.width) / camera.width, double(photo.height) / camera.height);
  if (scale <= 1) return Remap(photo, intrinsics, camera);
  const double reduction = std::max(1.0, std::floor(scale / kIntermediateScale));
  const Image8 reduced =
      ResizeImage(photo, int(std::lround(photo.width / reduction)), int(std::lround(photo.height / reduction)));
  const Image8 straight = Remap(reduced, intrinsics, ResizedCamera(camera, reduced.width, reduced.height));
  return ResizeImage(straight, camera.width, camera.height);
}

}  // namespace splat::data
