#include "formats/spz_format.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "core/check.h"
#include "formats/quantize/quantize.h"
#include "io/byte_reader.h"
#include "io/compression.h"
#include "rasterizer/math/activation.h"
#include "scene/axis_conventions.h"
#include "scene/select.h"

namespace splat::formats {
namespace {

constexpr uint32_t kMagic = 0x5053474e;  // "NGSP"
constexpr size_t kHeaderBytes = 16, kHeaderBytesV4 = 32, kTocEntryBytes = 16;
constexpr uint8_t kAntialiasedFlag = 1, kExtensionsFlag = 2;
constexpr uint32_t kFrameExtension = 0xADBE0003;
constexpr uint32_t kFrameUnspecified = 0, kFrameRub = 4, kFrameRdf = 6;  // values of that extension
constexpr int kZstdLevel = 12;
constexpr int kLargestShDegree = 4;
constexpr double kLargestPosition = (1 << 23) - 1;  // of 24 bits with a sign
constexpr int kUsualFractionalBits = 12, kMostFractionalBits = 20;
constexpr int kRelativeBits = 16;  // positions are stored at least as fine as 2^-16 of the largest
constexpr double kColorScale = 0.15 * 255;
constexpr double kLowestLogScale = -10, kLogScaleSteps = 16;
constexpr double kRotationSteps = 511;        // of a component within sqrt(1/2), versions 3 and 4
constexpr double kRotationByteScale = 127.5;  // version 2
constexpr int kShBits[] = {5, 4};             // of degree 1, and above
constexpr int kFirstDegreeCoefficients = 3;
constexpr double kShSteps = 128;
constexpr const char* kAdvice = "copy it again or export it again";

struct Header {
  uint32_t version = 0, count = 0;
  int sh_degree = 0, fractional_bits = 0;
  uint8_t flags = 0;

  int sh_rest_count() const { return math::ShRestCount(sh_degree); }
};

// One of the streams of values, in the order of the file.
struct Stream {
  size_t splat_bytes;
  std::function<void(const SplatSelection& splats, int64_t splat, std::string& bytes)> append;
  std::function<void(const uint8_t* bytes, int64_t splat, SplatCloud& cloud)> take;
};

// --- Values to bytes and back.

void AppendPosition(const SplatSelection& splats, int64_t splat, int fractional_bits, std::string& bytes) {
  const Vec3<float> mean = splats.Mean(splat);
  for (const float value : {mean.x, mean.y, mean.z}) {
    const auto fixed = int32_t(std::round(std::ldexp(double(value), fractional_bits)));
    for (int shift = 0; shift < 24; shift += 8) bytes.push_back(char(fixed >> shift & 0xff));
  }
}

void TakePosition(const uint8_t* bytes, int64_t splat, int fractional_bits, SplatCloud& cloud) {
  for (int axis = 0; axis < 3; ++axis, bytes += 3) {
    const uint32_t fixed = uint32_t(bytes[0]) << 8 | uint32_t(bytes[1]) << 16 | uint32_t(bytes[2]) << 24;
    cloud.means[size_t(3 * splat + axis)] = float(std::ldexp(double(int32_t(fixed)), -8 - fractional_bits));
  }
}

// Version 1, which is only read: a 16-bit float an axis.
void TakeHalfPosition(const uint8_t* bytes, int64_t splat, SplatCloud& cloud) {
  for (int axis = 0; axis < 3; ++axis, bytes += 2) {
    cloud.means[size_t(3 * splat + axis)] =
        HalfToFloat(FromLittleEndian<uint16_t>(reinterpret_cast<const char*>(bytes)));
  }
}

void AppendThreeBytes(const Vec3<float>& value, double factor, double offset, std::string& bytes) {
  for (const float v : {value.x, value.y, value.z}) bytes.push_back(char(RoundToByte(v * factor + offset)));
}

void AppendSmallestThree(const Quaternion<float>& quat, std::string& bytes) {
  const SmallestThree three = WithoutLargest({quat.x, quat.y, quat.z, quat.w});
  auto packed = uint32_t(three.largest);
  for (const double value : three.others) {
    const double magnitude = std::min(kRotationSteps, std::floor(kRotationSteps * std::abs(value) / kSqrtHalf + 0.5));
    packed = packed << 10 | uint32_t(value < 0) << 9 | uint32_t(magnitude);
  }
  AppendBytes(bytes, packed);
}

void TakeSmallestThree(const uint8_t* bytes, float* quat) {
  const auto packed = FromLittleEndian<uint32_t>(reinterpret_cast<const char*>(bytes));
  SmallestThree three;
  three.largest = int(packed >> 30);
  for (int i = 0; i < 3; ++i) {
    const uint32_t component = packed >> (20 - 10 * i) & 0x3ff;
    const double magnitude = (component & 0x1ff) / kRotationSteps * kSqrtHalf;
    three.others[size_t(i)] = (component >> 9) != 0 ? -magnitude : magnitude;
  }
  const std::array<double, 4> xyzw = WithLargest(three);
  for (int i = 0; i < 4; ++i) quat[i] = float(xyzw[size_t((i + 3) % 4)]);
}

void AppendRotationBytes(const Quaternion<float>& quat, std::string& bytes) {
  const double factor = quat.w < 0 ? -kRotationByteScale : kRotationByteScale;
  AppendThreeBytes({quat.x, quat.y, quat.z}, factor, kRotationByteScale, bytes);
}

void TakeRotationBytes(const uint8_t* bytes, float* quat) {
  SmallestThree three;  // w is the one left out here, whichever is largest
  for (int i = 0; i < 3; ++i) three.others[size_t(i)] = bytes[i] / kRotationByteScale - 1;
  const std::array<double, 4> wxyz = WithLargest(three);
  std::copy(wxyz.begin(), wxyz.end(), quat);
}

uint8_t ShByte(float value, int bits) {
  const int bucket = 1 << (8 - bits);
  const int level = int(std::round(std::clamp(double(value), -2.0, 2.0) * kShSteps)) + int(kShSteps);
  return uint8_t(std::clamp((level + bucket / 2) / bucket * bucket, 0, 255));
}

void AppendSh(const SplatSelection& splats, int64_t splat, int rest, std::string& bytes) {
  for (int k = 0; k < rest; ++k) {
    const int bits = kShBits[k < kFirstDegreeCoefficients ? 0 : 1];
    const Vec3<float> value = splats.ShRest(splat, k);
    for (const float v : {value.x, value.y, value.z}) bytes.push_back(char(ShByte(v, bits)));
  }
}

void TakeSh(const uint8_t* bytes, int64_t splat, SplatCloud& cloud) {
  const int64_t count = int64_t(cloud.sh_rest_count) * kChannels;
  for (int64_t i = 0; i < count; ++i) {
    cloud.sh_rest[size_t(splat * count + i)] = float((bytes[i] - kShSteps) / kShSteps);
  }
}

std::vector<Stream> StreamsOf(const Header& header) {
  const int bits = header.fractional_bits, rest = header.sh_rest_count();
  const bool small_rotations = header.version <= 2;
  std::vector<Stream> streams = {
      {9, [=](const auto& splats, int64_t i, std::string& bytes) { AppendPosition(splats, i, bits, bytes); },
       [=](const uint8_t* bytes, int64_t i, SplatCloud& cloud) { TakePosition(bytes, i, bits, cloud); }},
      {1,
       [](const auto& splats, int64_t i, std::string& bytes) {
         bytes.push_back(char(RoundToByte(splats.Opacity(i) * 255)));
       },
       [](const uint8_t* bytes, int64_t i, SplatCloud& cloud) {
         cloud.opacity_logits[size_t(i)] = float(math::Logit(bytes[0] / 255.0));
       }},
      {3,
       [](const auto& splats, int64_t i, std::string& bytes) {
         AppendThreeBytes(splats.ShDc(i), kColorScale, 127.5, bytes);
       },
       [](const uint8_t* bytes, int64_t i, SplatCloud& cloud) {
         for (int c = 0; c < 3; ++c) cloud.sh_dc[size_t(3 * i + c)] = float((bytes[c] - 127.5) / kColorScale);
       }},
      {3,
       [](const auto& splats, int64_t i, std::string& bytes) {
         AppendThreeBytes(splats.LogScale(i), kLogScaleSteps, -kLowestLogScale * kLogScaleSteps, bytes);
       },
       [](const uint8_t* bytes, int64_t i, SplatCloud& cloud) {
         for (int c = 0; c < 3; ++c) {
           cloud.log_scales[size_t(3 * i + c)] = float(bytes[c] / kLogScaleSteps + kLowestLogScale);
         }
       }},
      {small_rotations ? size_t(3) : size_t(4),
       [=](const auto& splats, int64_t i, std::string& bytes) {
         small_rotations ? AppendRotationBytes(splats.Quat(i), bytes) : AppendSmallestThree(splats.Quat(i), bytes);
       },
       [=](const uint8_t* bytes, int64_t i, SplatCloud& cloud) {
         float* quat = cloud.quats.data() + 4 * i;
         small_rotations ? TakeRotationBytes(bytes, quat) : TakeSmallestThree(bytes, quat);
       }}};
  if (header.version == 1) streams[0] = {6, nullptr, TakeHalfPosition};
  if (rest > 0) {
    streams.push_back({size_t(rest * kChannels),
                       [=](const auto& splats, int64_t i, std::string& bytes) { AppendSh(splats, i, rest, bytes); },
                       TakeSh});
  }
  return streams;
}

// --- Writing.

int FractionalBitsFor(const SplatSelection& splats) {
  double largest = 0;
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> mean = splats.Mean(splat);
    for (const float value : {mean.x, mean.y, mean.z}) largest = std::max(largest, std::abs(double(value)));
  }
  SPLAT_CHECK(largest <= kLargestPosition, "SPZ cannot hold a position of ", largest,
              "; crop the scene (--crop) or choose another format");
  const double magnitude = std::ceil(std::log2(std::max(largest, 1e-6)));
  const int wanted = std::clamp(kRelativeBits - int(magnitude), kUsualFractionalBits, kMostFractionalBits);
  return std::min(wanted, 23 - int(std::ceil(std::log2(largest + 1))));
}

// Throws unless the usual splat of the scene is within the format's sizes, and no smaller than its positions' rounding.
void CheckUnit(const SplatSelection& splats, int fractional_bits) {
  constexpr double kHighestLogScale = kLowestLogScale + 255 / kLogScaleSteps;
  constexpr const char* kWay = "choose another format, or a frame of usual size (train without --no-align)";
  const double width = MedianWidth(splats), rounding = std::ldexp(0.5, -fractional_bits);
  SPLAT_CHECK(width >= std::exp(kLowestLogScale) && width <= std::exp(kHighestLogScale), "SPZ cannot hold splats of ",
              width, " units, as half of them have here, but sizes of 0.000045 to ", int(std::exp(kHighestLogScale)),
              "; ", kWay);
  SPLAT_CHECK(width >= rounding, "SPZ cannot hold this scene: it rounds positions by ", rounding,
              " units, and half of the splats are no wider than ", width, "; ", kWay);
}

std::string HeaderBytes(const Header& header) {
  std::string bytes;
  for (const uint32_t value : {kMagic, header.version, header.count}) AppendBytes(bytes, value);
  for (const int value : {header.sh_degree, header.fractional_bits, int(header.flags)}) bytes.push_back(char(value));
  return bytes;
}

// Gives all bytes of a stream to write(bytes), block by block.
template <typename Write>
void EncodeStream(const Stream& stream, const SplatSelection& splats, const Write& write) {
  constexpr int64_t kBlockSplats = 1 << 14;
  std::string block;
  for (int64_t begin = 0; begin < splats.count(); begin += kBlockSplats) {
    block.clear();
    const int64_t end = std::min(begin + kBlockSplats, splats.count());
    for (int64_t splat = begin; splat < end; ++splat) stream.append(splats, splat, block);
    write(block);
  }
}

void WriteGzipStreams(std::ostream& out, const Header& header, const SplatSelection& splats) {
  GzipWriter gzip(out);
  gzip.Write(HeaderBytes(header) + '\0');
  for (const Stream& stream : StreamsOf(header)) {
    EncodeStream(stream, splats, [&](const std::string& block) { gzip.Write(block); });
  }
  gzip.Finish();
}

void WriteZstdStreams(std::ostream& out, const Header& header, const SplatSelection& splats) {
  std::vector<std::string> frames;
  std::string toc;
  for (const Stream& stream : StreamsOf(header)) {
    ZstdWriter zstd(kZstdLevel);
    EncodeStream(stream, splats, [&](const std::string& block) { zstd.Write(block); });
    frames.push_back(zstd.Finish());
    AppendBytes(toc, uint64_t(frames.back().size()));
    AppendBytes(toc, uint64_t(header.count) * stream.splat_bytes);
  }
  std::string head = HeaderBytes(header) + char(frames.size());
  AppendBytes(head, uint32_t(kHeaderBytesV4));  // where the table of contents begins
  head.resize(kHeaderBytesV4, '\0');
  out << head << toc;
  for (const std::string& frame : frames) out << frame;
}

// --- Reading.

Header ReadHeader(ByteReader& reader, const std::string& path) {
  SPLAT_CHECK(reader.Read<uint32_t>() == kMagic, path, ": is no SPZ file (it does not begin with 'NGSP')");
  Header header;
  header.version = reader.Read<uint32_t>();
  header.count = reader.Read<uint32_t>();
  header.sh_degree = reader.Read<uint8_t>();
  header.fractional_bits = reader.Read<uint8_t>();
  header.flags = reader.Read<uint8_t>();
  SPLAT_CHECK(header.version >= 1 && header.version <= 4, path, ": is of SPZ version ", header.version,
              "; 1 to 4 can be read");
  SPLAT_CHECK(header.sh_degree <= kLargestShDegree && header.fractional_bits <= 24, path, ": SH degree ",
              header.sh_degree, " with ", header.fractional_bits, " fractional bits cannot be; it is damaged, ",
              kAdvice);
  return header;
}

uint64_t UnpackedBytes(const Header& header) {
  uint64_t bytes = 0;
  for (const Stream& stream : StreamsOf(header)) bytes += uint64_t(header.count) * stream.splat_bytes;
  return bytes;
}

// Makes a cloud of the streams, which next(stream, size) gives in order. Memory for it is taken once the first of them
// has shown that the splats are there.
template <typename Next>
SplatCloud DecodeStreams(const Header& header, const Next& next) {
  SplatCloud cloud;
  const std::vector<Stream> streams = StreamsOf(header);
  for (size_t i = 0; i < streams.size(); ++i) {
    const auto& bytes = next(i, size_t(header.count) * streams[i].splat_bytes);
    if (i == 0) cloud = SplatCloud(header.count, std::min(header.sh_degree, math::kMaxShDegree));
    const auto* values = reinterpret_cast<const uint8_t*>(bytes.data());
    for (int64_t splat = 0; splat < cloud.count(); ++splat) {
      streams[i].take(values + size_t(splat) * streams[i].splat_bytes, splat, cloud);
    }
  }
  cloud.traits.antialiasing = CompensatedIf((header.flags & kAntialiasedFlag) != 0);
  return cloud;
}

SplatCloud ReadGzipStreams(std::string_view bytes, const std::string& path) {
  GzipReader gzip(bytes, path);
  const std::string head = gzip.Read(kHeaderBytes);
  ByteReader reader(head, path, kAdvice);
  const Header header = ReadHeader(reader, path);
  SPLAT_CHECK(header.version < 4, path, ": is of SPZ version ", header.version, ", which has no gzip around it; ",
              kAdvice);
  CheckExpansion(path, bytes.size(), UnpackedBytes(header));
  SplatCloud cloud = DecodeStreams(header, [&](size_t, size_t size) { return gzip.Read(size); });
  gzip.ExpectEnd();
  return cloud;
}

// Versions 1 to 3 as some tools have left them, without gzip.
SplatCloud ReadPlainStreams(const Header& header, ByteReader& reader, const std::string& path) {
  reader.Skip(1, 1);
  const uint64_t needed = UnpackedBytes(header);
  SPLAT_CHECK(needed <= reader.remaining(), path, ": announces ", header.count, " splats of ", needed,
              " bytes but has ", reader.remaining(), "; it is truncated, ", kAdvice);
  return DecodeStreams(header, [&](size_t, size_t size) { return reader.ReadBytes(size); });
}

// The frame that the extension records [type, length, payload] name; kFrameUnspecified if none does.
uint32_t FrameOfExtensions(ByteReader& reader, uint32_t end) {
  uint32_t frame = kFrameUnspecified;
  while (reader.position() + 8 <= end) {
    const auto type = reader.Read<uint32_t>(), length = reader.Read<uint32_t>();
    if (type == kFrameExtension && length == 4) {
      frame = reader.Read<uint32_t>();
    } else {
      reader.Skip(length, 1);
    }
  }
  return frame;
}

SplatCloud ReadZstdStreams(const Header& header, std::string_view bytes, ByteReader& reader, const std::string& path,
                           uint32_t& frame) {
  const size_t announced_streams = reader.Read<uint8_t>();
  const auto toc_offset = reader.Read<uint32_t>();
  const size_t streams = StreamsOf(header).size();
  SPLAT_CHECK(announced_streams == streams && toc_offset >= kHeaderBytesV4 && toc_offset <= bytes.size(), path,
              ": its header announces ", announced_streams, " streams behind byte ", toc_offset, " of ", bytes.size(),
              "; SH degree ", header.sh_degree, " has ", streams, "; it is damaged, ", kAdvice);
  reader.Skip(kHeaderBytesV4 - reader.position(), 1);
  if ((header.flags & kExtensionsFlag) != 0) frame = FrameOfExtensions(reader, toc_offset);
  ByteReader toc(bytes.substr(toc_offset), path, kAdvice);
  ByteReader frames(bytes.substr(toc_offset), path, kAdvice);
  frames.Skip(streams, kTocEntryBytes);
  CheckExpansion(path, bytes.size(), UnpackedBytes(header));
  return DecodeStreams(header, [&](size_t stream, size_t size) {
    toc.Enter("stream", stream + 1, streams);
    frames.Enter("stream", stream + 1, streams);
    const auto packed = toc.Read<uint64_t>(), unpacked = toc.Read<uint64_t>();
    SPLAT_CHECK(unpacked == size, toc.Where(), " announces ", unpacked, " bytes instead of ", size, "; it is damaged, ",
                kAdvice);
    return UnpackZstd(frames.ReadBytes(packed), size, path);
  });
}

}  // namespace

bool IsSpz(std::string_view bytes) {
  return GzipReader::Recognizes(bytes) || bytes.substr(0, 4) == "NGSP";
}

void WriteSpz(std::ostream& out, const SplatSelection& selection, const ExportOptions& options) {
  SPLAT_CHECK(options.spz_version >= 2 && options.spz_version <= 4, "SPZ has no version ", options.spz_version,
              " that can be written; use 2, 3 or 4");
  SPLAT_CHECK(selection.count() > 0, "there is no splat to write, and viewers refuse an SPZ file without any");
  const SplatSelection splats = selection.InFrame(options.spz_frame == SpzFrame::kRub ? Frame::kRub : Frame::kRdf);
  Header header;
  header.version = uint32_t(options.spz_version);
  header.count = uint32_t(splats.count());
  header.sh_degree = splats.sh_degree();
  header.fractional_bits = FractionalBitsFor(splats);
  CheckUnit(splats, header.fractional_bits);
  header.flags = splats.traits().antialiasing == Antialiasing::kCompensated ? kAntialiasedFlag : uint8_t(0);
  if (header.version == 4) {
    WriteZstdStreams(out, header, splats);
  } else {
    WriteGzipStreams(out, header, splats);
  }
}

SplatCloud ReadSpz(std::string_view bytes, const std::string& path, const ImportOptions& options) {
  uint32_t frame = kFrameUnspecified;
  SplatCloud cloud;
  if (GzipReader::Recognizes(bytes)) {
    cloud = ReadGzipStreams(bytes, path);
  } else {
    ByteReader reader(bytes, path, kAdvice);
    const Header header = ReadHeader(reader, path);
    cloud = header.version == 4 ? ReadZstdStreams(header, bytes, reader, path, frame)
                                : ReadPlainStreams(header, reader, path);
  }
  SPLAT_CHECK(frame == kFrameUnspecified || frame == kFrameRub || frame == kFrameRdf, path,
              ": names the coordinate system ", frame, ", which is not supported; convert it to RUB or RDF");
  if (frame == kFrameUnspecified && options.spz_frame == SpzFrame::kRub) frame = kFrameRub;
  LeaveOutUnusable(cloud);
  if (frame == kFrameRub) SwapRdfAndRub(cloud);
  return cloud;
}

}  // namespace splat::formats
