#include "data/photos/image_resize.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/check.h"
#include "data/photos/opencv_setup.h"

namespace splat::data {

Image8 ResizeImage(const Image8& image, int width, int height) {
  if (width == image.width && height == image.height) return image;
  SPLAT_CHECK(width > 0 && height > 0 && !image.pixels.empty(), "an image of ", image.width, "x", image.height,
              " px cannot be resized to ", width, "x", height);
  SetUpOpenCv();
  Image8 resized(width, height, image.channels);
  const cv::Mat source(image.height, image.width, CV_8UC(image.channels), const_cast<uint8_t*>(image.pixels.data()));
  cv::Mat target(height, width, CV_8UC(image.channels), resized.pixels.data());
  const bool smaller = width <= image.width && height <= image.height;
  cv::resize(source, target, target.size(), 0, 0, smaller ? cv::INTER_AREA : cv::INTER_CUBIC);
  return resized;
}

}  // namespace splat::data
