#include "data/photos/exif_orientation.h"

#include <algorithm>

#include "core/check.h"

namespace splat::data {

Image8 ApplyOrientation(const Image8& image, int exif_orientation) {
  SPLAT_CHECK(exif_orientation >= 1 && exif_orientation <= 8, "EXIF orientation ", exif_orientation, " is not in 1..8");
  if (exif_orientation == 1) return image;
  const bool swapped = exif_orientation >= 5;  // rows become columns
  Image8 turned(swapped ? image.height : image.width, swapped ? image.width : image.height, image.channels);
  const bool from_right =
      exif_orientation == 2 || exif_orientation == 3 || exif_orientation == 7 || exif_orientation == 8;
  const bool from_bottom =
      exif_orientation == 3 || exif_orientation == 4 || exif_orientation == 6 || exif_orientation == 7;
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x) {
      const int column = swapped ? y : x, row = swapped ? x : y;
      const uint8_t* from =
          image.At(from_right ? image.width - 1 - column : column, from_bottom ? image.height - 1 - row : row);
      std::copy_n(from, image.channels, turned.At(x, y));
    }
  }
  return turned;
}

}  // namespace splat::data
