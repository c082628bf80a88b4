#include "quality/error_map.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "quality/counted_pixels.h"
#include "quality/flip.h"

namespace splat::quality {
namespace {

constexpr int kGap_px = 4;  // between the images, white

using Color = std::array<double, 3>;
// At equal distances from 0 to 1; the lightness grows all the way.
constexpr Color kStops[] = {{0, 0, 0}, {66, 22, 112}, {176, 48, 106}, {244, 124, 66}, {254, 250, 200}};
constexpr size_t kLastStop = std::size(kStops) - 1;

void PutColor(float error, uint8_t* rgb) {
  const double place = (error > 0 ? std::min(double(error), 1.0) : 0) * double(kLastStop);
  const size_t stop = std::min(size_t(place), kLastStop - 1);
  const double share = place - double(stop);
  for (size_t i = 0; i < 3; ++i) {
    rgb[i] = uint8_t(std::lround((1 - share) * kStops[stop][i] + share * kStops[stop + 1][i]));
  }
}

// Puts a map of the cropped images to its place in one of the whole size. Where the weight is 0 it stays 0.
ImageF MapOfWhole(const ImageF& part, const ComparedImages& images, int width, int height) {
  ImageF map(width, height, 1);
  for (int y = 0; y < part.height; ++y) {
    for (int x = 0; x < part.width; ++x) {
      const bool counts = images.weights.pixels.empty() || *images.weights.At(x, y) > 0;
      if (counts) *map.At(images.left + x, images.top + y) = *part.At(x, y);
    }
  }
  return map;
}

}  // namespace

Image8 ErrorColors(const ImageF& map) {
  Image8 colors(map.width, map.height, 3);
  for (size_t pixel = 0; pixel < map.pixels.size(); ++pixel) PutColor(map.pixels[pixel], &colors.pixels[3 * pixel]);
  return colors;
}

Image8 ComparisonImage(const Image8& photo, const Image8& render, const Image8& weights) {
  const ComparedImages images = OnlyWhatCounts(photo, render, weights);
  const ImageF map = FlipMap(images.photo, images.render);
  const Image8 error = ErrorColors(MapOfWhole(map, images, photo.width, photo.height));
  Image8 whole(3 * photo.width + 2 * kGap_px, photo.height, 3);
  std::fill(whole.pixels.begin(), whole.pixels.end(), uint8_t(255));
  int left = 0;
  for (const Image8* part : {&photo, &render, &error}) {
    for (int y = 0; y < part->height; ++y) std::copy_n(part->At(0, y), 3 * size_t(part->width), whole.At(left, y));
    left += part->width + kGap_px;
  }
  return whole;
}

}  // namespace splat::quality
