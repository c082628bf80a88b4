#include "data/photos/photo_exif.h"

#include <libexif/exif-data.h>

#include <cstring>
#include <memory>

namespace splat::data {
namespace {

std::string Text(ExifData* exif, ExifIfd ifd, ExifTag tag) {
  ExifEntry* entry = exif_content_get_entry(exif->ifd[ifd], tag);
  if (entry == nullptr) return "";
  char text[128] = {};
  exif_entry_get_value(entry, text, sizeof text);
  return text;
}

// The first value of an entry; 0 where there is none, also for a fraction whose denominator is 0.
double Number(ExifData* exif, ExifIfd ifd, ExifTag tag) {
  const ExifEntry* entry = exif_content_get_entry(exif->ifd[ifd], tag);
  if (entry == nullptr || entry->data == nullptr || entry->components < 1 ||
      entry->size < exif_format_get_size(entry->format)) {
    return 0;
  }
  const ExifByteOrder order = exif_data_get_byte_order(exif);
  if (entry->format == EXIF_FORMAT_SHORT) return exif_get_short(entry->data, order);
  if (entry->format == EXIF_FORMAT_LONG) return exif_get_long(entry->data, order);
  if (entry->format != EXIF_FORMAT_RATIONAL) return 0;
  const ExifRational fraction = exif_get_rational(entry->data, order);
  return fraction.denominator == 0 ? 0 : double(fraction.numerator) / double(fraction.denominator);
}

std::string Camera(ExifData* exif) {
  const std::string make = Text(exif, EXIF_IFD_0, EXIF_TAG_MAKE);
  const std::string model = Text(exif, EXIF_IFD_0, EXIF_TAG_MODEL);
  const std::string focal = Text(exif, EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH);
  return make.empty() && model.empty() && focal.empty() ? "" : make + ", " + model + ", " + focal;
}

double Iso(ExifData* exif) {
  const double iso = Number(exif, EXIF_IFD_EXIF, EXIF_TAG_ISO_SPEED_RATINGS);
  if (iso != kIsoElsewhere) return iso;
  for (const ExifTag tag :
       {EXIF_TAG_RECOMMENDED_EXPOSURE_INDEX, EXIF_TAG_STANDARD_OUTPUT_SENSITIVITY, EXIF_TAG_ISO_SPEED}) {
    if (const double other = Number(exif, EXIF_IFD_EXIF, tag); other > 0) return other;
  }
  return 0;
}

}  // namespace

std::optional<PhotoExif> ParseExif(const std::vector<uint8_t>& segment) {
  if (segment.size() < 6 || std::memcmp(segment.data(), "Exif\0\0", 6) != 0) return std::nullopt;
  const std::unique_ptr<ExifData, void (*)(ExifData*)> exif(
      exif_data_new_from_data(segment.data(), unsigned(segment.size())), exif_data_unref);
  if (!exif) return std::nullopt;
  PhotoExif result;
  const double orientation = Number(exif.get(), EXIF_IFD_0, EXIF_TAG_ORIENTATION);
  if (orientation >= 1 && orientation <= 8) result.orientation = int(orientation);
  result.camera = Camera(exif.get());
  result.exposure = {Number(exif.get(), EXIF_IFD_EXIF, EXIF_TAG_EXPOSURE_TIME),
                     Number(exif.get(), EXIF_IFD_EXIF, EXIF_TAG_FNUMBER), Iso(exif.get())};
  return result;
}

}  // namespace splat::data
