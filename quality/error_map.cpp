#include "quality/error_map.h"

#include <algorithm>
#include <array>
#include <cmath>

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

}  // namespace

Image8 ErrorColors(const ImageF& map) {
  Image8 colors(map.width, map.height, 3);
  for (size_t pixel = 0; pixel < map.pixels.size(); ++pixel) PutColor(map.pixels[pixel], &colors.pixels[3 * pixel]);
  return colors;
}

Image8 ComparisonImage(const Image8& photo, const Image8& render, const Image8& weights) {
  ImageF map = FlipMap(photo, render);
  for (size_t pixel = 0; pixel < weights.pixels.size(); ++pixel) {
    if (weights.pixels[pixel] == 0) map.pixels[pixel] = 0;
  }
  const Image8 error = ErrorColors(map);
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
