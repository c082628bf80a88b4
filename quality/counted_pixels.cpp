#include "quality/counted_pixels.h"

#include <algorithm>
#include <numeric>

#include "core/check.h"

namespace splat::quality {
namespace {

// Pixels [left, right) x [top, bottom).
struct Box {
  int left = 0, top = 0, right = 0, bottom = 0;
};

Box BoxOfCounted(const Image8& weights) {
  Box box = {weights.width, weights.height, 0, 0};
  for (int y = 0; y < weights.height; ++y) {
    for (int x = 0; x < weights.width; ++x) {
      if (*weights.At(x, y) == 0) continue;
      box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x + 1), std::max(box.bottom, y + 1)};
    }
  }
  return box;
}

Image8 Cropped(const Image8& image, const Box& box) {
  Image8 part(box.right - box.left, box.bottom - box.top, image.channels);
  for (int y = 0; y < part.height; ++y) {
    std::copy_n(image.At(box.left, box.top + y), size_t(part.width) * size_t(part.channels), part.At(0, y));
  }
  return part;
}

}  // namespace

void CheckComparable(const Image8& photo, const Image8& render, const Image8& weights) {
  SPLAT_CHECK(photo.width == render.width && photo.height == render.height && photo.channels == render.channels,
              "images to compare differ: ", photo.width, " x ", photo.height, " with ", photo.channels,
              " channels and ", render.width, " x ", render.height, " with ", render.channels);
  SPLAT_CHECK(!photo.pixels.empty(), "images to compare are empty");
  CountedPixels(photo, weights);
}

double CountedPixels(const Image8& image, const Image8& weights) {
  if (weights.pixels.empty()) return double(image.width) * image.height;
  SPLAT_CHECK(weights.width == image.width && weights.height == image.height && weights.channels == 1,
              "the weights of an image of ", image.width, " x ", image.height, " are ", weights.width, " x ",
              weights.height);
  const double sum = std::accumulate(weights.pixels.begin(), weights.pixels.end(), 0.0) / 255;
  SPLAT_CHECK(sum > 0, "no pixel of the images to compare counts");
  return sum;
}

double WeightOf(const Image8& weights, size_t pixel) {
  return weights.pixels.empty() ? 1 : weights.pixels[pixel] / 255.0;
}

ComparedImages OnlyWhatCounts(const Image8& photo, const Image8& render, const Image8& weights) {
  CheckComparable(photo, render, weights);
  if (weights.pixels.empty()) return {photo, render, {}, 0, 0};
  const Box box = BoxOfCounted(weights);
  ComparedImages compared = {Cropped(photo, box), Cropped(render, box), Cropped(weights, box), box.left, box.top};
  const size_t channels = size_t(photo.channels);
  for (size_t pixel = 0; pixel < compared.weights.pixels.size(); ++pixel) {
    if (compared.weights.pixels[pixel] > 0) continue;
    std::copy_n(&compared.photo.pixels[pixel * channels], channels, &compared.render.pixels[pixel * channels]);
  }
  return compared;
}

double CountedMean(const ImageF& map, const Image8& weights) {
  double sum = 0;
  for (size_t pixel = 0; pixel < map.pixels.size(); ++pixel) {
    sum += double(map.pixels[pixel]) * WeightOf(weights, pixel);
  }
  return sum / CountedPixels({map.width, map.height, 0}, weights);
}

}  // namespace splat::quality
