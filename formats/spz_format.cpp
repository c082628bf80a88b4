#include "formats/spz_format.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/check.h"
#include "formats/quantize/quantize.h"
#include "formats/spz_packing.h"
#include "io/byte_reader.h"
#include "io/compression.h"
#include "scene/axis_conventions.h"
#include "scene/extent.h"

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
constexpr const char* kAdvice = "copy it again or export it again";

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

// Splats with their largest half-axis beyond the format's sizes, to which it would be clamped.
struct ClampedSizes {
  int64_t small = 0, large = 0;
};
ClampedSizes CountClampedSizes(const SplatSelection& splats) {
  ClampedSizes clamped;
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    const Vec3<float> log_scale = splats.LogScale(splat);
    const double largest = std::max({log_scale.x, log_scale.y, log_scale.z});
    clamped.small += largest < kSpzLowestLogScale ? 1 : 0;
    clamped.large += largest > kSpzHighestLogScale ? 1 : 0;
  }
  return clamped;
}

// Throws where the scene's unit is none for the format: splats that shrink leave holes, so few may; of those that grow
// from next to nothing there may be half, but the usual splat may be no smaller than its position's rounding.
void CheckUnit(const SplatSelection& splats, int fractional_bits) {
  constexpr int64_t kMostLarge = 20, kMostSmall = 2;  // one of so many splats
  constexpr const char* kWay = "choose another format, or a frame of usual size (train without --no-align)";
  const ClampedSizes clamped = CountClampedSizes(splats);
  SPLAT_CHECK(clamped.large <= splats.count() / kMostLarge && clamped.small <= splats.count() / kMostSmall,
              "SPZ cannot hold this scene: ", clamped.small, " of ", splats.count(), " splats are smaller and ",
              clamped.large, " larger than its sizes of ", std::exp(kSpzLowestLogScale), " to ",
              std::exp(kSpzHighestLogScale), " units; ", kWay);
  const double width = MedianWidth(splats), rounding = std::ldexp(0.5, -fractional_bits);
  SPLAT_CHECK(width >= rounding, "SPZ cannot hold this scene: it rounds positions by ", rounding,
              " units, and half of the splats are no wider than ", width, "; ", kWay);
}

std::string HeaderBytes(const SpzHeader& header) {
  std::string bytes;
  for (const uint32_t value : {kMagic, header.version, header.count}) AppendBytes(bytes, value);
  for (const int value : {header.sh_degree, header.fractional_bits, int(header.flags)}) bytes.push_back(char(value));
  return bytes;
}

// Gives all bytes of a stream to write(bytes), block by block.
template <typename Write>
void EncodeStream(const SpzStream& stream, const SplatSelection& splats, const Write& write) {
  constexpr int64_t kBlockSplats = 1 << 14;
  std::string block;
  for (int64_t begin = 0; begin < splats.count(); begin += kBlockSplats) {
    block.clear();
    const int64_t end = std::min(begin + kBlockSplats, splats.count());
    for (int64_t splat = begin; splat < end; ++splat) stream.append(splats, splat, block);
    write(block);
  }
}

void WriteGzipStreams(std::ostream& out, const SpzHeader& header, const SplatSelection& splats) {
  GzipWriter gzip(out);
  gzip.Write(HeaderBytes(header) + '\0');
  for (const SpzStream& stream : SpzStreamsOf(header)) {
    EncodeStream(stream, splats, [&](const std::string& block) { gzip.Write(block); });
  }
  gzip.Finish();
}

void WriteZstdStreams(std::ostream& out, const SpzHeader& header, const SplatSelection& splats) {
  std::vector<std::string> frames;
  std::string toc;
  for (const SpzStream& stream : SpzStreamsOf(header)) {
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

SpzHeader ReadHeader(ByteReader& reader, const std::string& path) {
  SPLAT_CHECK(reader.Read<uint32_t>() == kMagic, path, ": is no SPZ file (it does not begin with 'NGSP')");
  SpzHeader header;
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

uint64_t UnpackedBytes(const SpzHeader& header) {
  uint64_t bytes = 0;
  for (const SpzStream& stream : SpzStreamsOf(header)) bytes += uint64_t(header.count) * stream.splat_bytes;
  return bytes;
}

// Makes a cloud of the streams, which next(stream, size) gives in order. Memory for it is taken once the first of them
// has shown that the splats are there.
template <typename Next>
SplatCloud DecodeStreams(const SpzHeader& header, const Next& next) {
  SplatCloud cloud;
  const std::vector<SpzStream> streams = SpzStreamsOf(header);
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
  SPLAT_CHECK(FromLittleEndian<uint32_t>(head.data()) == kMagic, path,
              ": is no SPZ file but another one that gzip packed; unpack it first");
  ByteReader reader(head, path, kAdvice);
  const SpzHeader header = ReadHeader(reader, path);
  SPLAT_CHECK(header.version < 4, path, ": is of SPZ version ", header.version, ", which has no gzip around it; ",
              kAdvice);
  CheckExpansion(path, bytes.size(), UnpackedBytes(header));
  SplatCloud cloud = DecodeStreams(header, [&](size_t, size_t size) { return gzip.Read(size); });
  gzip.ExpectEnd();
  return cloud;
}

// Versions 1 to 3 as some tools have left them, without gzip.
SplatCloud ReadPlainStreams(const SpzHeader& header, ByteReader& reader, const std::string& path) {
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

SplatCloud ReadZstdStreams(const SpzHeader& header, std::string_view bytes, ByteReader& reader, const std::string& path,
                           uint32_t& frame) {
  const size_t announced_streams = reader.Read<uint8_t>();
  const auto toc_offset = reader.Read<uint32_t>();
  const size_t streams = SpzStreamsOf(header).size();
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
  SpzHeader header;
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
    const SpzHeader header = ReadHeader(reader, path);
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
