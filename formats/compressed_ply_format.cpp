#include "formats/compressed_ply_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "core/check.h"
#include "formats/background.h"
#include "formats/ply_format.h"
#include "formats/quantize/quantize.h"
#include "io/byte_reader.h"
#include "io/ply.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "scene/select.h"

namespace splat::formats {
namespace {

constexpr int64_t kChunkSplats = 256;
constexpr float kLargestLogScale = 20;
constexpr double kLargestColor = 16;  // of 0 ... 1, at either sign
constexpr double kShRange = 8;        // of the values that a byte spans, from -4

// Properties of the element chunk. Files of older tools lack the last six: their colours lie in 0..1.
constexpr const char* kBoundNames[] = {
    "min_x",       "min_y",       "min_z",       "max_x", "max_y", "max_z", "min_scale_x", "min_scale_y", "min_scale_z",
    "max_scale_x", "max_scale_y", "max_scale_z", "min_r", "min_g", "min_b", "max_r",       "max_g",       "max_b"};
constexpr size_t kBounds = std::size(kBoundNames);
constexpr size_t kFirstColorBound = 12;
constexpr const char* kPackedNames[] = {"packed_position", "packed_rotation", "packed_scale", "packed_color"};

// The bounds of three values over the splats of a chunk.
struct Range3 : Bounds3 {
  // The place of a value within the bounds of its axis, 0..1.
  double Unit(int axis, double value) const {
    const double range = double(high[size_t(axis)]) - low[size_t(axis)];
    return range > 0 ? (value - low[size_t(axis)]) / range : 0;
  }
  double Value(int axis, double unit) const {
    return low[size_t(axis)] + unit * (double(high[size_t(axis)]) - low[size_t(axis)]);
  }
};

using Triple = std::array<double, 3>;

Range3 RangeOf(const std::vector<Triple>& values) {
  Range3 range;
  for (const Triple& value : values) range.Add(value);
  return range;
}

// What of a chunk's splats is quantised within bounds.
struct Chunk {
  std::vector<Triple> means, log_scales, colors;
};

// A colour within bounds that no image shows: one beyond would spoil those of its whole chunk.
double BoundedColor(double dc) {
  return std::clamp(math::ShDcToColor(dc), -kLargestColor, kLargestColor);
}

Chunk ChunkOf(const SplatSelection& splats, int64_t begin) {
  Chunk chunk;
  for (int64_t splat = begin; splat < std::min(begin + kChunkSplats, splats.count()); ++splat) {
    const auto clamped = [](float value) { return std::clamp(value, -kLargestLogScale, kLargestLogScale); };
    const Vec3<float> mean = splats.Mean(splat), scale = splats.LogScale(splat), dc = splats.ShDc(splat);
    chunk.means.push_back({mean.x, mean.y, mean.z});
    chunk.log_scales.push_back({clamped(scale.x), clamped(scale.y), clamped(scale.z)});
    chunk.colors.push_back({BoundedColor(double(dc.x)), BoundedColor(double(dc.y)), BoundedColor(double(dc.z))});
  }
  return chunk;
}

// Calls use(chunk, first splat) for the chunks in order.
template <typename Use>
void ForEachChunk(const SplatSelection& splats, const Use& use) {
  for (int64_t begin = 0; begin < splats.count(); begin += kChunkSplats) use(ChunkOf(splats, begin), begin);
}

uint32_t Pack111011(const Range3& range, const Triple& value) {
  return QuantizeUnit(range.Unit(0, value[0]), 11) << 21 | QuantizeUnit(range.Unit(1, value[1]), 10) << 11 |
         QuantizeUnit(range.Unit(2, value[2]), 11);
}

uint32_t PackRotation(const Quaternion<float>& quat) {
  const SmallestThree three = WithoutLargest({quat.w, quat.x, quat.y, quat.z});
  uint32_t packed = uint32_t(three.largest);
  for (const double value : three.others) packed = packed << 10 | QuantizeUnit(value * kSqrtHalf + 0.5, 10);
  return packed;
}

uint32_t PackColor(const Range3& range, const Triple& color, double opacity) {
  uint32_t packed = 0;
  for (int channel = 0; channel < 3; ++channel) {
    packed = packed << 8 | QuantizeUnit(range.Unit(channel, color[size_t(channel)]), 8);
  }
  return packed << 8 | QuantizeUnit(opacity, 8);
}

void Unpack111011(uint32_t packed, const Range3& range, float* values) {
  values[0] = float(range.Value(0, DequantizeUnit(packed >> 21, 11)));
  values[1] = float(range.Value(1, DequantizeUnit(packed >> 11 & 0x3ff, 10)));
  values[2] = float(range.Value(2, DequantizeUnit(packed & 0x7ff, 11)));
}

void UnpackRotation(uint32_t packed, float* quat) {
  SmallestThree three;
  three.largest = int(packed >> 30);
  for (int i = 0; i < 3; ++i) {
    const uint32_t level = packed >> (20 - 10 * i) & 0x3ff;
    three.others[size_t(i)] = (DequantizeUnit(level, 10) - 0.5) / kSqrtHalf;
  }
  const std::array<double, 4> components = WithLargest(three);
  std::copy(components.begin(), components.end(), quat);
}

// The format has no zero: the nearest are 1/64 below and above it. They alternate, so that errors of neighbours cancel
// and a scene without view-dependent colour does not become brighter.
uint8_t PackSh(float value, bool low_zero) {
  if (value == 0) return low_zero ? 127 : 128;
  return uint8_t(std::clamp(std::trunc((value / kShRange + 0.5) * 256), 0.0, 255.0));
}

// The ends stand for the ends of the range, the others for the middle of their step.
float UnpackSh(uint8_t byte) {
  const double unit = byte == 0 ? 0 : byte == 255 ? 1 : (byte + 0.5) / 256;
  return float((unit - 0.5) * kShRange);
}

bool HasHigherSh(const SplatSelection& splats) {
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    for (int k = 0; k < splats.sh_rest_count(); ++k) {
      const Vec3<float> value = splats.ShRest(splat, k);
      if (value.x != 0 || value.y != 0 || value.z != 0) return true;
    }
  }
  return false;
}

// Along Morton's curve, those far out behind the others: a chunk of both has no steps fine enough for the near ones.
SplatSelection InChunkOrder(SplatSelection splats) {
  SplatSelection near = splats, far = splats;
  if (splats.count() > 0) {
    const Sphere most = SphereAroundMost(splats);
    const double reach = kCompressedPlyFar.few_from * most.radius;
    if (most.radius > 0) CropToSphere(near, {most.center, reach});
  }
  std::vector<uint32_t> rest, kept = near.rows();
  std::sort(kept.begin(), kept.end());
  for (const uint32_t row : splats.rows()) {
    if (!std::binary_search(kept.begin(), kept.end(), row)) rest.push_back(row);
  }
  far.SetRows(std::move(rest));
  SortByMorton(near);
  SortByMorton(far);
  std::vector<uint32_t> rows = near.rows();
  rows.insert(rows.end(), far.rows().begin(), far.rows().end());
  splats.SetRows(std::move(rows));
  return splats;
}

std::string Header(const SplatSelection& splats) {
  const int64_t chunks = (splats.count() + kChunkSplats - 1) / kChunkSplats;
  std::string text =
      StrCat("ply\nformat binary_little_endian 1.0\ncomment Generated by splat-train ", SPLAT_PROJECT_VERSION, "\n");
  const Antialiasing mode = splats.traits().antialiasing;
  if (mode != Antialiasing::kNone) text += "comment SplatRenderMode: " + RenderModeComment(mode) + "\n";
  text += BackgroundComment(splats.traits().background);
  text += StrCat("element chunk ", chunks, "\n");
  for (const char* name : kBoundNames) text += StrCat("property float ", name, "\n");
  text += StrCat("element vertex ", splats.count(), "\n");
  for (const char* name : kPackedNames) text += StrCat("property uint ", name, "\n");
  if (splats.sh_rest_count() > 0) {
    text += StrCat("element sh ", splats.count(), "\n");
    for (int i = 0; i < kChannels * splats.sh_rest_count(); ++i) text += StrCat("property uchar f_rest_", i, "\n");
  }
  return text + "end_header\n";
}

void WriteSh(const SplatSelection& splats, BlockWriter& writer) {
  const int rest = splats.sh_rest_count();
  std::vector<uint8_t> row(size_t(kChannels * rest));
  for (int64_t splat = 0; splat < splats.count(); ++splat) {
    for (int k = 0; k < rest; ++k) {
      const Vec3<float> value = splats.ShRest(splat, k);
      const bool low_zero = (splat + k) % 2 == 0;
      row[size_t(k)] = PackSh(value.x, low_zero);
      row[size_t(rest + k)] = PackSh(value.y, low_zero);
      row[size_t(2 * rest + k)] = PackSh(value.z, low_zero);
    }
    for (const uint8_t byte : row) writer.Put(byte);
  }
}

// An element whose properties all have one type, as its raw rows.
class RawElement {
 public:
  RawElement(const PlyFile& ply, const char* name, const char* type, const std::string& path) {
    element_ = ply.Find(name);
    if (element_ == nullptr) return;
    for (const PlyFile::Property& property : element_->properties) {
      SPLAT_CHECK(property.type == type, path, ": its property '", property.name, "' is of type ", property.type,
                  " instead of ", type, "; export it again");
    }
    bytes_ = ply.LittleEndianRows(*element_);
  }

  bool exists() const { return element_ != nullptr; }
  uint64_t count() const { return element_ != nullptr ? element_->count : 0; }
  size_t columns() const { return element_->properties.size(); }
  // Place of a property; -1 if there is none of that name.
  int Column(const std::string& name) const {
    for (size_t i = 0; i < columns(); ++i) {
      if (element_->properties[i].name == name) return int(i);
    }
    return -1;
  }
  template <typename T>
  T Value(uint64_t row, size_t column) const {
    return FromLittleEndian<T>(bytes_.data() + (row * columns() + column) * sizeof(T));
  }

 private:
  const PlyFile::Element* element_ = nullptr;
  std::string_view bytes_;
};

size_t ColumnOf(const RawElement& element, const char* name, const std::string& path) {
  const int column = element.Column(name);
  SPLAT_CHECK(column >= 0, path, ": is no compressed splat PLY: it has no property '", name, "'");
  return size_t(column);
}

// The bounds of each chunk.
class Bounds {
 public:
  Bounds(const RawElement& chunks, const std::string& path) : chunks_(chunks) {
    has_colors_ = chunks.Column(kBoundNames[kFirstColorBound]) >= 0;
    const size_t count = has_colors_ ? kBounds : kFirstColorBound;
    for (size_t i = 0; i < count; ++i) columns_[i] = ColumnOf(chunks, kBoundNames[i], path);
  }
  Range3 Means(uint64_t chunk) const { return At(chunk, 0); }
  Range3 LogScales(uint64_t chunk) const { return At(chunk, 6); }
  Range3 Colors(uint64_t chunk) const {
    if (has_colors_) return At(chunk, kFirstColorBound);
    Range3 unit;
    unit.low.fill(0);
    unit.high.fill(1);
    return unit;
  }

 private:
  Range3 At(uint64_t chunk, size_t first) const {
    Range3 range;
    for (size_t axis = 0; axis < 3; ++axis) {
      range.low[axis] = chunks_.Value<float>(chunk, columns_[first + axis]);
      range.high[axis] = chunks_.Value<float>(chunk, columns_[first + 3 + axis]);
    }
    return range;
  }

  const RawElement& chunks_;
  bool has_colors_ = false;
  std::array<size_t, kBounds> columns_ = {};
};

int CoefficientsOf(const RawElement& sh, const RawElement& vertices, const std::string& path) {
  if (!sh.exists()) return 0;
  const size_t columns = sh.columns();
  SPLAT_CHECK(columns == 9 || columns == 24 || columns == 45, path, ": its element 'sh' has ", columns,
              " properties; 9, 24 or 45 are expected (SH degree 1 to 3)");
  SPLAT_CHECK(sh.count() == vertices.count(), path, ": has ", sh.count(), " rows of 'sh' for ", vertices.count(),
              " of 'vertex'; it is damaged, export it again");
  return int(columns) / kChannels;
}

void ReadSplats(const RawElement& vertices, const Bounds& bounds, const std::string& path, SplatCloud& cloud) {
  std::array<size_t, 4> columns;
  for (size_t i = 0; i < columns.size(); ++i) columns[i] = ColumnOf(vertices, kPackedNames[i], path);
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    const auto packed = [&](size_t column) { return vertices.Value<uint32_t>(uint64_t(splat), columns[column]); };
    const auto chunk = uint64_t(splat / kChunkSplats);
    Unpack111011(packed(0), bounds.Means(chunk), cloud.means.data() + 3 * splat);
    UnpackRotation(packed(1), cloud.quats.data() + 4 * splat);
    Unpack111011(packed(2), bounds.LogScales(chunk), cloud.log_scales.data() + 3 * splat);
    const uint32_t color = packed(3);
    const Range3 range = bounds.Colors(chunk);
    for (int channel = 0; channel < 3; ++channel) {
      const double unit = DequantizeUnit(color >> (24 - 8 * channel) & 0xff, 8);
      cloud.sh_dc[size_t(3 * splat + channel)] = float(math::ColorToShDc(range.Value(channel, unit)));
    }
    cloud.opacity_logits[size_t(splat)] = float(math::Logit(DequantizeUnit(color & 0xff, 8)));
  }
}

void ReadSh(const RawElement& sh, SplatCloud& cloud) {
  const int rest = cloud.sh_rest_count;
  for (int64_t splat = 0; splat < cloud.count(); ++splat) {
    for (int k = 0; k < rest; ++k) {
      for (int channel = 0; channel < kChannels; ++channel) {
        const auto byte = sh.Value<uint8_t>(uint64_t(splat), size_t(channel * rest + k));
        cloud.sh_rest[size_t((splat * rest + k) * kChannels + channel)] = UnpackSh(byte);
      }
    }
  }
}

}  // namespace

bool IsCompressedPly(std::string_view bytes) {
  if (!IsPly(bytes)) return false;
  const std::string_view header = bytes.substr(0, bytes.find("end_header"));
  return header.find("\nelement chunk ") != std::string_view::npos;
}

void WriteCompressedPly(std::ostream& out, const SplatSelection& unsorted, const ExportOptions&) {
  SplatSelection splats = InChunkOrder(unsorted);
  if (!HasHigherSh(splats)) splats.LimitShDegree(0);
  out << Header(splats);
  BlockWriter writer(out);
  ForEachChunk(splats, [&](const Chunk& chunk, int64_t) {
    for (const Range3& range : {RangeOf(chunk.means), RangeOf(chunk.log_scales), RangeOf(chunk.colors)}) {
      for (const float value : range.low) writer.Put(value);
      for (const float value : range.high) writer.Put(value);
    }
  });
  ForEachChunk(splats, [&](const Chunk& chunk, int64_t begin) {
    const Range3 means = RangeOf(chunk.means), scales = RangeOf(chunk.log_scales), colors = RangeOf(chunk.colors);
    for (size_t i = 0; i < chunk.means.size(); ++i) {
      const int64_t splat = begin + int64_t(i);
      writer.Put(Pack111011(means, chunk.means[i]));
      writer.Put(PackRotation(splats.Quat(splat)));
      writer.Put(Pack111011(scales, chunk.log_scales[i]));
      writer.Put(PackColor(colors, chunk.colors[i], splats.Opacity(splat)));
    }
  });
  WriteSh(splats, writer);
  writer.Flush();
}

SplatCloud ReadCompressedPly(std::string_view bytes, const std::string& path, const ImportOptions&) {
  const PlyFile ply(bytes, path);
  const RawElement chunks(ply, "chunk", "float", path), vertices(ply, "vertex", "uint", path),
      sh(ply, "sh", "uchar", path);
  SPLAT_CHECK(chunks.exists() && vertices.exists(), path,
              ": is no compressed splat PLY: it needs the elements 'chunk' and 'vertex'");
  const uint64_t needed_chunks = vertices.count() / kChunkSplats + (vertices.count() % kChunkSplats > 0);
  SPLAT_CHECK(chunks.count() >= needed_chunks, path, ": has ", chunks.count(), " chunks for ", vertices.count(),
              " splats, which need ", needed_chunks, "; it is damaged, export it again");
  const Bounds bounds(chunks, path);
  for (const char* name : kPackedNames) ColumnOf(vertices, name, path);
  SplatCloud cloud(int64_t(vertices.count()), math::ShDegreeOf(CoefficientsOf(sh, vertices, path)));
  ReadSplats(vertices, bounds, path, cloud);
  ReadSh(sh, cloud);
  cloud.traits.antialiasing = AntialiasingOf(ply.comments());
  cloud.traits.background = BackgroundOf(ply.comments());
  LeaveOutUnusable(cloud);
  return cloud;
}

}  // namespace splat::formats
