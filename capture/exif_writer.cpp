#include "capture/exif_writer.h"

#include <libexif/exif-data.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/check.h"

namespace splat::capture {
namespace {

constexpr ExifByteOrder kByteOrder = EXIF_BYTE_ORDER_INTEL;

struct DataDeleter {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};
using DataPtr = std::unique_ptr<ExifData, DataDeleter>;

// Puts an entry with `count` values of one format, zeroed, into a directory, which then owns it.
ExifEntry* AddEntry(ExifData* data, ExifIfd ifd, ExifTag tag, ExifFormat format, size_t count) {
  ExifEntry* entry = exif_entry_new();
  entry->tag = tag;
  entry->format = format;
  entry->components = count;
  entry->size = unsigned(count * exif_format_get_size(format));
  // libexif frees it with free(), as its default allocator does.
  entry->data = static_cast<unsigned char*>(std::calloc(1, entry->size));
  exif_content_add_entry(data->ifd[ifd], entry);
  exif_entry_unref(entry);
  return entry;
}

void AddText(ExifData* data, ExifTag tag, const std::string& text) {
  std::memcpy(AddEntry(data, EXIF_IFD_0, tag, EXIF_FORMAT_ASCII, text.size() + 1)->data, text.c_str(), text.size() + 1);
}

void AddShort(ExifData* data, ExifIfd ifd, ExifTag tag, int value) {
  exif_set_short(AddEntry(data, ifd, tag, EXIF_FORMAT_SHORT, 1)->data, kByteOrder, ExifShort(value));
}

void AddFraction(ExifData* data, ExifTag tag, double value, int denominator) {
  ExifEntry* entry = AddEntry(data, EXIF_IFD_EXIF, tag, EXIF_FORMAT_RATIONAL, 1);
  exif_set_rational(entry->data, kByteOrder, {ExifLong(std::lround(denominator * value)), ExifLong(denominator)});
}

void AddLong(ExifData* data, ExifIfd ifd, ExifTag tag, int value) {
  exif_set_long(AddEntry(data, ifd, tag, EXIF_FORMAT_LONG, 1)->data, kByteOrder, ExifLong(value));
}

}  // namespace

std::string WithExif(const std::string& jpeg, const ExifTags& tags) {
  SPLAT_CHECK(jpeg.size() > 4 && jpeg.compare(0, 2, "\xff\xd8") == 0, "EXIF can only be put into a JPEG");
  const DataPtr data(exif_data_new());
  exif_data_set_byte_order(data.get(), kByteOrder);
  AddText(data.get(), EXIF_TAG_MAKE, tags.make);
  AddText(data.get(), EXIF_TAG_MODEL, tags.model);
  AddShort(data.get(), EXIF_IFD_0, EXIF_TAG_ORIENTATION, tags.orientation);
  AddFraction(data.get(), EXIF_TAG_EXPOSURE_TIME, tags.exposure_time_s, 1000000);
  AddFraction(data.get(), EXIF_TAG_FNUMBER, tags.f_number, 100);
  AddShort(data.get(), EXIF_IFD_EXIF, EXIF_TAG_ISO_SPEED_RATINGS, tags.iso);
  AddFraction(data.get(), EXIF_TAG_FOCAL_LENGTH, tags.focal_length_mm, 1000);
  AddShort(data.get(), EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH_IN_35MM_FILM, tags.focal_length_35mm);
  AddLong(data.get(), EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION, tags.width);
  AddLong(data.get(), EXIF_IFD_EXIF, EXIF_TAG_PIXEL_Y_DIMENSION, tags.height);
  unsigned char* bytes = nullptr;
  unsigned size = 0;
  exif_data_save_data(data.get(), &bytes, &size);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, &std::free);
  SPLAT_CHECK(size > 0 && size + 2 < 65536, "EXIF of ", size, " bytes does not fit into its segment");
  std::string segment = "\xff\xe1";
  segment += char((size + 2) >> 8);
  segment += char((size + 2) & 255);
  segment.append(reinterpret_cast<const char*>(bytes), size);
  return jpeg.substr(0, 2) + segment + jpeg.substr(2);
}

}  // namespace splat::capture
