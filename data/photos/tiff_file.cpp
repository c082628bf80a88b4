#include "data/photos/tiff_file.h"

#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/check.h"

namespace splat::data {
namespace {

// A file as libtiff sees it, and what libtiff last complained about.
struct Source {
  std::istream& stream;
  std::vector<uint8_t>
      bytes;  // all of it where pixels are read: libtiff 4.5 refuses sound tiles of files not in memory
  std::string complaint;

  explicit Source(std::istream& the_stream) : stream(the_stream) {}
};

std::istream& StreamOf(thandle_t handle) {
  return static_cast<Source*>(handle)->stream;
}
tmsize_t ReadBytes(thandle_t handle, void* to, tmsize_t size) {
  std::istream& stream = StreamOf(handle);
  stream.read(static_cast<char*>(to), std::streamsize(size));
  const auto count = tmsize_t(stream.gcount());
  stream.clear();
  return count;
}
tmsize_t WriteNothing(thandle_t, void*, tmsize_t) {
  return 0;
}
toff_t Seek(thandle_t handle, toff_t offset, int whence) {
  std::istream& stream = StreamOf(handle);
  const std::ios::seekdir from[] = {std::ios::beg, std::ios::cur, std::ios::end};
  stream.seekg(std::streamoff(offset), from[whence]);
  const auto place = toff_t(stream.tellg());
  stream.clear();
  return place;
}
int Close(thandle_t) {
  return 0;
}
toff_t SizeOf(thandle_t handle) {
  std::istream& stream = StreamOf(handle);
  const std::streamoff here = stream.tellg();
  const toff_t size = Seek(handle, 0, SEEK_END);
  stream.seekg(here);
  return size;
}
int Map(thandle_t handle, void** bytes, toff_t* size) {
  auto* source = static_cast<Source*>(handle);
  *bytes = source->bytes.data();
  *size = toff_t(source->bytes.size());
  return source->bytes.empty() ? 0 : 1;
}
void Unmap(thandle_t, void*, toff_t) {}
int KeepComplaint(TIFF*, void* source, const char*, const char* format, va_list arguments) {
  char text[256];
  vsnprintf(text, sizeof text, format, arguments);
  static_cast<Source*>(source)->complaint = text;
  return 1;
}
int IgnoreWarning(TIFF*, void*, const char*, const char*, va_list) {
  return 1;
}

using TiffHandle = std::unique_ptr<TIFF, void (*)(TIFF*)>;

// Null if the file is broken. `source` must outlive the handle.
TiffHandle Open(Source& source) {
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), KeepComplaint, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), IgnoreWarning, nullptr);
  source.stream.clear();
  source.stream.seekg(0);
  TIFF* tiff =
      TIFFClientOpenExt("photo", "r", &source, ReadBytes, WriteNothing, Seek, Close, SizeOf, Map, Unmap, options.get());
  return {tiff, TIFFClose};
}

template <typename T>
T Tag(TIFF* tiff, uint32_t tag, T value = {}) {
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

enum class Alpha { kNone, kStraight, kMultiplied };

struct Layout {
  uint32_t width = 0, height = 0;
  uint16_t bits = 0, samples = 0, photometric = 0, format = SAMPLEFORMAT_UINT;
  bool planar = false, says_colours = false;
  Alpha alpha = Alpha::kNone;
};

bool IsGrey(const Layout& layout) {
  return layout.photometric == PHOTOMETRIC_MINISBLACK || layout.photometric == PHOTOMETRIC_MINISWHITE;
}

Alpha AlphaOf(TIFF* tiff, const Layout& layout) {
  const int colours = layout.photometric == PHOTOMETRIC_RGB ? 3 : (IsGrey(layout) ? 1 : int(layout.samples));
  if (layout.samples <= colours) return Alpha::kNone;
  uint16_t count = 0;
  uint16_t* kinds = nullptr;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds);
  const int kind = count > 0 && kinds != nullptr ? kinds[0] : EXTRASAMPLE_UNSPECIFIED;
  if (kind == EXTRASAMPLE_ASSOCALPHA) return Alpha::kMultiplied;
  return kind == EXTRASAMPLE_UNASSALPHA ? Alpha::kStraight : Alpha::kNone;
}

// Whether colours are such that libtiff gives the sRGB that was meant. It converts CIE L*a*b* for a display of its own
// with another white, and takes light that was not developed (CFA, LogLuv) for a photo.
bool IsReadRight(const Layout& layout) {
  constexpr uint16_t kRead[] = {PHOTOMETRIC_MINISWHITE, PHOTOMETRIC_MINISBLACK, PHOTOMETRIC_RGB,
                                PHOTOMETRIC_PALETTE,    PHOTOMETRIC_SEPARATED,  PHOTOMETRIC_YCBCR};
  return std::find(std::begin(kRead), std::end(kRead), layout.photometric) != std::end(kRead);
}

// The name of a kind of colours that is not read.
std::string ColoursOf(const Layout& layout) {
  switch (layout.photometric) {
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
      return "CIE L*a*b* colours";
    case PHOTOMETRIC_CFA:
      return "raw data of a sensor";
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
      return "LogLuv colours";
    default:
      return StrCat("colours of kind ", layout.photometric);
  }
}

Layout LayoutOf(TIFF* tiff) {
  Layout layout;
  layout.width = Tag<uint32_t>(tiff, TIFFTAG_IMAGEWIDTH);
  layout.height = Tag<uint32_t>(tiff, TIFFTAG_IMAGELENGTH);
  layout.bits = Tag<uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE);
  layout.samples = Tag<uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL);
  layout.planar = Tag<uint16_t>(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == PLANARCONFIG_SEPARATE;
  layout.format = Tag<uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  layout.says_colours = TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric) == 1;
  layout.alpha = AlphaOf(tiff, layout);
  return layout;
}

const char* KindOfSamples(const Layout& layout) {
  switch (layout.format) {
    case SAMPLEFORMAT_IEEEFP:
      return "floating-point";
    case SAMPLEFORMAT_INT:
      return "signed";
    case SAMPLEFORMAT_COMPLEXINT:
    case SAMPLEFORMAT_COMPLEXIEEEFP:
      return "complex";
    default:
      return "unsigned";
  }
}

// Whether the samples are taken as they are stored, since libtiff's own conversion does not round grey of 16 bits and
// mixes up the rows of tiles with alpha.
bool IsReadAsStored(const Layout& layout) {
  return IsGrey(layout) && (layout.bits == 16 || (layout.bits == 8 && layout.samples > 1));
}

// Why the pixels cannot be read, as far as the tags say; empty if they can.
std::string RefusalOf(const Layout& layout) {
  if (!layout.says_colours) return "is a TIFF that does not say what its samples mean; convert it to 16-bit PNG";
  if (!IsReadRight(layout)) return StrCat("is a TIFF of ", ColoursOf(layout), "; convert it to RGB");
  if (layout.photometric == PHOTOMETRIC_SEPARATED && layout.samples != 4) {
    return StrCat("is a TIFF of ", layout.samples, " printing inks; convert it to RGB");
  }
  if (layout.photometric == PHOTOMETRIC_PALETTE && layout.samples != 1) {
    return "is a TIFF of a palette with further samples; convert it to RGB";
  }
  const bool unsigned_samples = layout.format == SAMPLEFORMAT_UINT || layout.format == SAMPLEFORMAT_VOID;
  if (!unsigned_samples || layout.bits > 16) {
    return StrCat("is a TIFF of ", layout.bits, "-bit ", KindOfSamples(layout),
                  " samples; unsigned 1 to 16 bits can be read: convert it to 16-bit PNG or TIFF");
  }
  return "";
}

std::string Unconvertible(const char* reason) {
  return StrCat("is a TIFF that cannot be read (", reason, "); convert it to 16-bit PNG or TIFF in RGB");
}

// The same of what libtiff converts (DecodeRgba), as it says itself. No pixels are read.
std::string RefusalOfConversion(TIFF* tiff) {
  char reason[1024] = "";
  TIFFRGBAImage reader;
  if (TIFFRGBAImageOK(tiff, reason) == 0 || TIFFRGBAImageBegin(&reader, tiff, 1, reason) == 0) {
    return Unconvertible(reason);
  }
  TIFFRGBAImageEnd(&reader);
  return "";
}

// The samples [height, width, samples] as stored, of 8 bits or 16.
template <typename T>
std::vector<T> ReadSamples(const std::string& path, const Source& source, TIFF* tiff, const Layout& layout) {
  const size_t width = layout.width, samples = layout.samples, in_block = layout.planar ? 1 : samples;
  std::vector<T> all(width * layout.height * samples);
  const bool tiled = TIFFIsTiled(tiff) != 0;
  const uint32_t block_width = tiled ? Tag<uint32_t>(tiff, TIFFTAG_TILEWIDTH) : layout.width;
  const uint32_t block_height = tiled ? Tag<uint32_t>(tiff, TIFFTAG_TILELENGTH) : 1;
  std::vector<T> block(size_t(tiled ? TIFFTileSize(tiff) : TIFFScanlineSize(tiff)) / sizeof(T));
  SPLAT_CHECK(block_width > 0 && block_height > 0 && block.size() >= size_t(block_width) * block_height * in_block,
              path, ": is not an image that can be read (broken TIFF layout)");
  for (size_t plane = 0; plane < samples / in_block; ++plane) {
    for (uint32_t y = 0; y < layout.height; y += block_height) {
      for (uint32_t x = 0; x < layout.width; x += block_width) {
        const auto got = tiled ? TIFFReadTile(tiff, block.data(), x, y, 0, uint16_t(plane))
                               : tmsize_t(TIFFReadScanline(tiff, block.data(), y, uint16_t(plane)));
        SPLAT_CHECK(got >= 0, path, ": is not an image that can be read (broken pixel data: ", source.complaint, ")");
        const uint32_t rows = std::min(block_height, layout.height - y),
                       columns = std::min(block_width, layout.width - x);
        for (uint32_t row = 0; row < rows; ++row) {
          const T* from = block.data() + size_t(row) * block_width * in_block;
          T* to = all.data() + ((y + row) * width + x) * samples + plane;
          for (uint32_t column = 0; column < columns; ++column, to += samples, from += in_block) {
            std::copy_n(from, in_block, to);
          }
        }
      }
    }
  }
  return all;
}

uint8_t To8Bit(uint8_t value) {
  return value;
}
uint8_t To8Bit(uint16_t value) {
  return uint8_t((value + 128) / 257);
}  // 65535 = 257 * 255

// Grey of 16 bits or with alpha (IsReadAsStored).
template <typename T>
Image8 DecodeGrey(const std::string& path, const Source& source, TIFF* tiff, const Layout& layout) {
  const std::vector<T> samples = ReadSamples<T>(path, source, tiff, layout);
  const bool inverted = layout.photometric == PHOTOMETRIC_MINISWHITE;
  Image8 image(int(layout.width), int(layout.height), layout.alpha == Alpha::kNone ? 3 : 4);
  uint8_t* to = image.pixels.data();
  for (const T* from = samples.data(); from != samples.data() + samples.size(); from += layout.samples) {
    const uint8_t grey = To8Bit(T(inverted ? std::numeric_limits<T>::max() - from[0] : from[0]));
    to = std::fill_n(to, 3, grey);
    if (image.channels == 4) *to++ = To8Bit(from[1]);
  }
  return image;
}

// Everything else: libtiff converts to 8-bit R, G, B, A.
Image8 DecodeRgba(const std::string& path, Source& source, TIFF* tiff, const Layout& layout) {
  if (layout.alpha == Alpha::kStraight) {
    // Straight alpha would be multiplied in; what is called multiplied already stays as it is.
    std::vector<uint16_t> kinds(layout.samples - (IsGrey(layout) ? 1U : 3U), EXTRASAMPLE_UNSPECIFIED);
    kinds[0] = EXTRASAMPLE_ASSOCALPHA;
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, uint16_t(kinds.size()), kinds.data());
  }
  char reason[1024] = "";
  TIFFRGBAImage reader;
  SPLAT_CHECK(TIFFRGBAImageOK(tiff, reason) && TIFFRGBAImageBegin(&reader, tiff, 1, reason), path, ": ",
              Unconvertible(reason));
  reader.req_orientation = reader.orientation;  // the stored order
  std::vector<uint32_t> raster(size_t(layout.width) * layout.height);
  const bool whole = TIFFRGBAImageGet(&reader, raster.data(), layout.width, layout.height) != 0;
  TIFFRGBAImageEnd(&reader);
  SPLAT_CHECK(whole, path, ": is not an image that can be read (broken pixel data: ", source.complaint, ")");
  Image8 image(int(layout.width), int(layout.height), layout.alpha == Alpha::kNone ? 3 : 4);
  uint8_t* to = image.pixels.data();
  for (uint32_t pixel : raster) {
    *to++ = uint8_t(TIFFGetR(pixel));
    *to++ = uint8_t(TIFFGetG(pixel));
    *to++ = uint8_t(TIFFGetB(pixel));
    if (image.channels == 4) *to++ = uint8_t(TIFFGetA(pixel));
  }
  return image;
}

// A fraction of the current directory; libtiff has these tags as double or, in other versions, as float.
double Fraction(TIFF* tiff, uint32_t tag) {
  const TIFFField* field = TIFFFindField(tiff, tag, TIFF_ANY);
  if (field == nullptr) return 0;
  return TIFFFieldSetGetSize(field) == int(sizeof(double)) ? Tag<double>(tiff, tag) : double(Tag<float>(tiff, tag));
}

// Reads EXIF's directory, which becomes the current one in place of the image's.
ExposureSettings ReadExposure(TIFF* tiff) {
  const auto directory = Tag<toff_t>(tiff, TIFFTAG_EXIFIFD);
  if (directory == 0 || TIFFReadEXIFDirectory(tiff, directory) == 0) return {};
  ExposureSettings exposure;
  exposure.time_s = Fraction(tiff, EXIFTAG_EXPOSURETIME);
  exposure.f_number = Fraction(tiff, EXIFTAG_FNUMBER);
  uint16_t count = 0;
  const uint16_t* iso = nullptr;
  if (TIFFGetField(tiff, EXIFTAG_ISOSPEEDRATINGS, &count, &iso) != 0 && count > 0 && iso[0] != kIsoElsewhere) {
    exposure.iso = iso[0];
  }
  return exposure;
}

void DivideByAlpha(Image8& image) {
  for (uint8_t* pixel = image.pixels.data(); pixel != image.pixels.data() + image.pixels.size(); pixel += 4) {
    const int alpha = pixel[3];
    for (int c = 0; c < 3 && alpha > 0; ++c) pixel[c] = uint8_t(std::min(255, (pixel[c] * 255 + alpha / 2) / alpha));
  }
}

}  // namespace

std::optional<PhotoHeader> ReadTiffHeader(std::istream& stream) {
  Source source(stream);
  const TiffHandle tiff = Open(source);
  if (!tiff) return std::nullopt;
  PhotoHeader header;
  header.format = PhotoFormat::kTiff;
  header.width = int(Tag<uint32_t>(tiff.get(), TIFFTAG_IMAGEWIDTH) & 0x7fffffff);
  header.height = int(Tag<uint32_t>(tiff.get(), TIFFTAG_IMAGELENGTH) & 0x7fffffff);
  header.bits = std::max(8, int(Tag<uint16_t>(tiff.get(), TIFFTAG_BITSPERSAMPLE)));
  const auto orientation = Tag<uint16_t>(tiff.get(), TIFFTAG_ORIENTATION, 1);
  if (orientation >= 1 && orientation <= 8) header.exif.orientation = orientation;
  const Layout layout = LayoutOf(tiff.get());
  header.refusal = RefusalOf(layout);
  if (header.refusal.empty() && !IsReadAsStored(layout)) header.refusal = RefusalOfConversion(tiff.get());
  header.exif.exposure = ReadExposure(tiff.get());
  return header;
}

Image8 DecodeTiff(const std::string& path, std::istream& stream) {
  Source source(stream);
  source.bytes.resize(size_t(Seek(&source, 0, SEEK_END)));
  Seek(&source, 0, SEEK_SET);
  SPLAT_CHECK(ReadBytes(&source, source.bytes.data(), tmsize_t(source.bytes.size())) == tmsize_t(source.bytes.size()),
              path, ": cannot be read to its end");
  const TiffHandle tiff = Open(source);
  SPLAT_CHECK(tiff, path, ": is not an image that can be read (", source.complaint, ")");
  const Layout layout = LayoutOf(tiff.get());
  const std::string refusal = RefusalOf(layout);
  SPLAT_CHECK(refusal.empty(), path, ": ", refusal);
  Image8 image;
  if (!IsReadAsStored(layout)) {
    image = DecodeRgba(path, source, tiff.get(), layout);
  } else if (layout.bits == 16) {
    image = DecodeGrey<uint16_t>(path, source, tiff.get(), layout);
  } else {
    image = DecodeGrey<uint8_t>(path, source, tiff.get(), layout);
  }
  if (layout.alpha == Alpha::kMultiplied) DivideByAlpha(image);
  return image;
}

}  // namespace splat::data
