// These colours say how the photos of a scene differ, as a training has learned it: the scene is what their mean shows
// (docs/math.md, section 12). They are plain data.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/vec.h"

namespace splat {

// How one photo differs. Where all numbers are 0, it shows the scene's own colours.
struct PhotoColor {
  std::string name;
  int lens = 0;         // place in PhotoColors::lenses
  double exposure = 0;  // stops
  // How far blue, red, green and grey are moved, in the shares (r, g) of a colour's intensity.
  std::array<Vec2<double>, 4> chromaticity = {};
};

// Vignetting of one channel: 1 + a0 r^2 + a1 r^4 + a2 r^6, r the distance from the centre. The origin is the middle of
// the image, the unit its longer side.
struct LensChannel {
  Vec2<double> center = {0, 0};
  std::array<double, 3> coefficients = {};
};
using LensColor = std::array<LensChannel, 3>;  // red, green, blue

struct PhotoColors {
  std::vector<PhotoColor> photos;
  std::vector<LensColor> lenses;
};

}  // namespace splat
