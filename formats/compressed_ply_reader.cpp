#include <array>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "formats/background.h"
#include "formats/compressed_ply_format.h"
#include "formats/compressed_ply_packing.h"
#include "formats/ply_format.h"
#include "io/byte_reader.h"
#include "io/ply.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"

namespace splat::formats {
namespace {

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
  if (const std::string behind = ply.WhatLiesBehind(); !behind.empty()) cloud.notes.push_back(behind);
  LeaveOutUnusable(cloud);
  return cloud;
}

}  // namespace splat::formats
