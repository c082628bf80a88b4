#include "data/photos/png_file.h"

#include <png.h>

#include <csetjmp>
#include <cstdio>
#include <vector>

#include "core/check.h"

namespace splat::data {
namespace {

// libpng leaves its functions by longjmp to `failed`, so what has a destructor lives here and not beside the setjmp.
struct Reader {
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::istream* stream = nullptr;
  std::jmp_buf failed;
  char complaint[128] = "no memory";
  Image8 image;
  std::vector<png_bytep> rows;  // [height], into image

  explicit Reader(std::istream& source);
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

[[noreturn]] void Fail(png_structp png, png_const_charp message) {
  auto* reader = static_cast<Reader*>(png_get_error_ptr(png));
  std::snprintf(reader->complaint, sizeof reader->complaint, "%s", message);
  std::longjmp(reader->failed, 1);
}
void IgnoreWarning(png_structp, png_const_charp) {}
void ReadBytes(png_structp png, png_bytep to, size_t size) {
  auto* reader = static_cast<Reader*>(png_get_io_ptr(png));
  if (!reader->stream->read(reinterpret_cast<char*>(to), std::streamsize(size))) png_error(png, "the file ends early");
}

Reader::Reader(std::istream& source) : stream(&source) {
  png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, Fail, IgnoreWarning);
  if (png != nullptr) info = png_create_info_struct(png);
}

bool ReadHeader(Reader& reader) {
  if (reader.info == nullptr || setjmp(reader.failed) != 0) return false;
  png_set_read_fn(reader.png, &reader, ReadBytes);
  png_read_info(reader.png, reader.info);
  png_set_expand(reader.png);  // palettes and few bits to 8, transparent colours to alpha
  png_set_scale_16(reader.png);
  png_set_gray_to_rgb(reader.png);
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool ReadRows(Reader& reader) {
  if (setjmp(reader.failed) != 0) return false;
  png_read_image(reader.png, reader.rows.data());
  png_read_end(reader.png, nullptr);
  return true;
}

}  // namespace

Image8 DecodePng(const std::string& path, std::istream& stream) {
  Reader reader(stream);
  bool whole = ReadHeader(reader);
  if (whole) {
    const int channels = png_get_channels(reader.png, reader.info);
    reader.image = Image8(int(png_get_image_width(reader.png, reader.info)),
                          int(png_get_image_height(reader.png, reader.info)), channels);
    const size_t stride = size_t(reader.image.width) * size_t(channels);
    SPLAT_CHECK(png_get_rowbytes(reader.png, reader.info) == stride, path, ": is a PNG of a kind that cannot be read");
    for (int y = 0; y < reader.image.height; ++y) reader.rows.push_back(reader.image.At(0, y));
    whole = ReadRows(reader);
  }
  SPLAT_CHECK(whole, path, ": is not an image that can be read (broken pixel data: ", reader.complaint, ")");
  return std::move(reader.image);
}

}  // namespace splat::data
