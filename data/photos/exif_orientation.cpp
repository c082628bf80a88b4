#include "data/photos/exif_orientation.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <cstring>

#include "core/check.h"

namespace splat::data {

int ExifOrientation(const std::vector<uint8_t>& segment) {
  int orientation = 1;
  if (segment.size() < 6 || std::memcmp(segment.data(), "Exif\0\0", 6) != 0) return orientation;
  ExifData* exif = exif_data_new_from_data(segment.data(), unsigned(segment.size()));
  if (exif == nullptr) return orientation;
  const ExifEntry* entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry != nullptr && entry->format == EXIF_FORMAT_SHORT && entry->size >= 2) {
    const int value = exif_get_short(entry->data, exif_data_get_byte_order(exif));
    if (value >= 1 && value <= 8) orientation = value;
  }
  exif_data_unref(exif);
  return orientation;
}

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
