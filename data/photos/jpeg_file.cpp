#include "data/photos/jpeg_file.h"

#include <cstdio>  // jpeglib.h takes FILE and size_t for granted
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <csetjmp>
#include <vector>

#include "core/check.h"

namespace splat::data {
namespace {

// libjpeg leaves its functions by longjmp to `failed`, so what has a destructor lives here and not beside the setjmp.
struct Reader {
  jpeg_decompress_struct jpeg = {};
  jpeg_error_mgr errors = {};
  jpeg_source_mgr source = {};
  const uint8_t* bytes;
  std::jmp_buf failed;
  char complaint[JMSG_LENGTH_MAX] = "no memory";
  DecodedJpeg decoded;
  std::vector<uint8_t> row;  // [width, 4], of CMYK

  Reader(const uint8_t* the_bytes, size_t size);
  ~Reader() { jpeg_destroy_decompress(&jpeg); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

Reader& ReaderOf(j_common_ptr jpeg) {
  return *static_cast<Reader*>(jpeg->client_data);
}

[[noreturn]] void Fail(j_common_ptr jpeg) {
  Reader& reader = ReaderOf(jpeg);
  jpeg->err->format_message(jpeg, reader.complaint);
  std::longjmp(reader.failed, 1);
}

// Whether a message says that pixels are not those of the photo. Others are of what does no harm, such as further bytes
// before a marker, which some cameras write.
bool IsDamage(int message) {
  return message == JWRN_HIT_MARKER || message == JWRN_HUFF_BAD_CODE || message == JWRN_MUST_RESYNC;
}

// Nothing is printed. `level` is below 0 for warnings.
void Hear(j_common_ptr jpeg, int level) {
  Reader& reader = ReaderOf(jpeg);
  if (level < 0 && IsDamage(jpeg->err->msg_code) && !reader.decoded.damaged_from) {
    reader.decoded.damaged_from = size_t(reader.source.next_input_byte - reader.bytes);
  }
}
void PrintNothing(j_common_ptr) {}

void BeginSource(j_decompress_ptr) {}
void EndSource(j_decompress_ptr) {}
// There are no more bytes: libjpeg hands out the rows that are whole, and no others.
boolean FillNothing(j_decompress_ptr) {
  return FALSE;
}
void Skip(j_decompress_ptr jpeg, long count) {
  jpeg_source_mgr& source = *jpeg->src;
  const size_t skipped = std::min(size_t(std::max(0L, count)), source.bytes_in_buffer);
  source.next_input_byte += skipped;
  source.bytes_in_buffer -= skipped;
}

Reader::Reader(const uint8_t* the_bytes, size_t size) : bytes(the_bytes) {
  jpeg.err = jpeg_std_error(&errors);
  errors.error_exit = Fail;
  errors.emit_message = Hear;
  errors.output_message = PrintNothing;
  jpeg.client_data = this;  // jpeg_create_decompress keeps it
  source.next_input_byte = the_bytes;
  source.bytes_in_buffer = size;
  source.init_source = BeginSource;
  source.fill_input_buffer = FillNothing;
  source.skip_input_data = Skip;
  source.resync_to_restart = jpeg_resync_to_restart;
  source.term_source = EndSource;
}

// Reads the header and begins to decode. False with a complaint if that cannot be.
bool Begin(Reader& reader, int shrink) {
  if (setjmp(reader.failed) != 0) return false;
  jpeg_create_decompress(&reader.jpeg);
  reader.jpeg.src = &reader.source;
  if (jpeg_read_header(&reader.jpeg, TRUE) != JPEG_HEADER_OK) {
    std::snprintf(reader.complaint, sizeof reader.complaint, "the file ends early");
    return false;
  }
  reader.jpeg.out_color_space = reader.jpeg.num_components == 4 ? JCS_CMYK : JCS_RGB;
  reader.jpeg.scale_num = 1;
  reader.jpeg.scale_denom = unsigned(shrink);
  if (!jpeg_start_decompress(&reader.jpeg)) {
    std::snprintf(reader.complaint, sizeof reader.complaint, "the file ends early");
    return false;
  }
  return true;
}

// From C, M, Y, K, all inverted.
void CmykToRgb(const uint8_t* from, int width, uint8_t* to) {
  for (int x = 0; x < width; ++x, from += 4) {
    for (int c = 0; c < 3; ++c) *to++ = uint8_t((from[c] * from[3] + 127) / 255);
  }
}

// Reads the rows that there are before the data end or are damaged. Of a file with several scans all rows come when the
// last of them is read, and what is damaged is known before.
bool ReadRows(Reader& reader) {
  if (setjmp(reader.failed) != 0) return false;
  Image8& image = reader.decoded.image;
  int& rows = reader.decoded.rows;
  const bool damaged_before = reader.decoded.damaged_from.has_value();
  while (rows < image.height) {
    JSAMPROW row = reader.row.empty() ? image.At(0, rows) : reader.row.data();
    if (jpeg_read_scanlines(&reader.jpeg, &row, 1) == 0) break;
    if (reader.decoded.damaged_from && !damaged_before) break;
    if (!reader.row.empty()) CmykToRgb(reader.row.data(), image.width, image.At(0, rows));
    ++rows;
  }
  return true;
}

}  // namespace

DecodedJpeg DecodeJpeg(const std::string& path, const uint8_t* bytes, size_t size, int shrink) {
  Reader reader(bytes, size);
  SPLAT_CHECK(Begin(reader, shrink), path, ": is not an image that can be read (broken pixel data: ", reader.complaint,
              ")");
  Image8& image = reader.decoded.image;
  image = Image8(int(reader.jpeg.output_width), int(reader.jpeg.output_height), 3);
  if (reader.jpeg.out_color_space == JCS_CMYK) reader.row.resize(size_t(image.width) * 4);
  SPLAT_CHECK(ReadRows(reader), path, ": is not an image that can be read (broken pixel data: ", reader.complaint, ")");
  const int rows = reader.decoded.rows;
  SPLAT_CHECK(rows > 0, path, ": is not an image that can be read: no row of it is whole; copy it again or remove it");
  for (int y = rows; y < image.height; ++y) std::copy_n(image.At(0, rows - 1), size_t(image.width) * 3, image.At(0, y));
  return std::move(reader.decoded);
}

}  // namespace splat::data
