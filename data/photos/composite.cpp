#include "data/photos/composite.h"

#include <algorithm>
#include <cstdint>

namespace splat::data {
namespace {

// Three channels of four: `convert(rgba, rgb)` makes each pixel.
template <typename Convert>
Image8 Opaque(const Image8& image, const Convert& convert) {
  Image8 opaque(image.width, image.height, 3);
  const uint8_t* from = image.pixels.data();
  for (uint8_t* to = opaque.pixels.data(); to != opaque.pixels.data() + opaque.pixels.size(); to += 3, from += 4) {
    convert(from, to);
  }
  return opaque;
}

}  // namespace

Image8 CompositeOnBackground(const Image8& image, const float background[3]) {
  if (image.channels != 4) return image;
  return Opaque(image, [&](const uint8_t* from, uint8_t* to) {
    const float alpha = float(from[3]) / 255.0f;
    for (int c = 0; c < 3; ++c) {
      // NOLINTNEXTLINE(bugprone-incorrect-roundings): nothing is negative
      to[c] = uint8_t(alpha * float(from[c]) + (1.0f - alpha) * 255.0f * background[c] + 0.5f);
    }
  });
}

bool IsTransparentEverywhere(const Image8& photo) {
  if (photo.channels != 4) return false;
  for (size_t i = 3; i < photo.pixels.size(); i += 4) {
    if (photo.pixels[i] != 0) return false;
  }
  return true;
}

Image8 WithoutAlpha(const Image8& image) {
  if (image.channels != 4) return image;
  return Opaque(image, [](const uint8_t* from, uint8_t* to) { std::copy_n(from, 3, to); });
}

}  // namespace splat::data
