// ReadSplatPly: what the columns of a splat PLY mean, in all dialects; ply_format.cpp writes.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <vector>

#include "core/check.h"
#include "core/color_range.h"
#include "formats/background.h"
#include "formats/ply_format.h"
#include "io/ply.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"

namespace splat::formats {
namespace {

constexpr int kMissing = -1;
// A flat splat's thickness, as the logarithm of its part of the smaller half-axis: a ten-thousandth.
constexpr float kFlatness = 9.2103404f;

// The largest value of a whole-number type, by which colours of that type are divided; 1 for the others.
double FullScaleOf(const std::string& type) {
  if (type == "uchar") return 255;
  if (type == "ushort") return 65535;
  return type == "uint" ? 4294967295.0 : 1;
}

// Which column of the element `vertex` holds what; kMissing where none does.
struct Columns {
  std::array<int, 3> mean, log_scale, dc;
  std::array<int, 4> quat;
  int opacity = kMissing;
  std::vector<int> rest;      // [3 K], channel by channel, as far as degree 3
  bool colors = false;        // dc are colours and not coefficients
  bool alpha = false;         // opacity is activated
  bool float_colors = false;  // colours without a full scale of their type
  double full_color = 1, full_alpha = 1;
  int sh_degree = 0;
  std::vector<std::string> notes;
};

// Finds columns by their names.
class Finder {
 public:
  Finder(const PlyFile::Element& vertex, const std::string& path) : vertex_(vertex), path_(path) {
    for (size_t i = 0; i < vertex.properties.size(); ++i) columns_[vertex.properties[i].name] = int(i);
  }

  int Optional(const std::string& name) const {
    const auto found = columns_.find(name);
    return found == columns_.end() ? kMissing : found->second;
  }
  int Required(const std::string& name) const {
    const int column = Optional(name);
    SPLAT_CHECK(column != kMissing, path_, ": is not a splat PLY: it has no property '", name, "'");
    return column;
  }
  bool Has(const std::string& name) const { return Optional(name) != kMissing; }
  // `stem` with 0, 1, ... behind it.
  template <size_t N>
  std::array<int, N> Numbered(const std::string& stem) const {
    std::array<int, N> columns;
    for (size_t i = 0; i < N; ++i) columns[i] = Required(stem + std::to_string(i));
    return columns;
  }
  const std::string& TypeOf(int column) const { return vertex_.properties[size_t(column)].type; }
  int CountOf(const std::string& stem) const {
    return int(std::count_if(vertex_.properties.begin(), vertex_.properties.end(),
                             [&](const PlyFile::Property& property) { return property.name.rfind(stem, 0) == 0; }));
  }
  const std::string& path() const { return path_; }

 private:
  const PlyFile::Element& vertex_;
  const std::string& path_;
  std::unordered_map<std::string, int> columns_;
};

void FindScales(const Finder& finder, Columns& columns) {
  SPLAT_CHECK(!columns.colors || finder.Has("scale_0"), finder.path(),
              ": is a cloud of points and not a splat PLY: it has neither 'f_dc_0' nor 'scale_0'");
  columns.log_scale = {finder.Required("scale_0"), finder.Optional("scale_1"), finder.Optional("scale_2")};
  auto& [first, second, third] = columns.log_scale;
  if (second == kMissing) {
    SPLAT_CHECK(third == kMissing, finder.path(), ": is not a splat PLY: it has no property 'scale_1'");
    second = third = first;
    columns.notes.push_back(finder.path() + ": has one scale a splat; they are taken as balls");
  } else if (third == kMissing) {
    columns.notes.push_back(finder.path() + ": has two scales a splat (2DGS); they are taken as flat");
  }
}

void FindRotations(const Finder& finder, Columns& columns) {
  columns.quat.fill(kMissing);
  if (finder.CountOf("rot_") > 0) {
    columns.quat = finder.Numbered<4>("rot_");
  } else if (columns.log_scale[0] != columns.log_scale[1]) {
    columns.notes.push_back(finder.path() + ": has no rotations (rot_0 ... rot_3); its splats are taken as not turned");
  }
}

void FindOpacity(const Finder& finder, Columns& columns) {
  columns.opacity = finder.Optional("opacity");
  if (columns.opacity != kMissing) return;
  columns.opacity = finder.Optional("alpha");
  if (columns.opacity != kMissing) {
    columns.alpha = true;
    columns.full_alpha = FullScaleOf(finder.TypeOf(columns.opacity));
    columns.notes.push_back(finder.path() + ": has no opacity; its alpha is taken for it");
  } else {
    columns.notes.push_back(finder.path() + ": has no opacity; its splats are taken as opaque");
  }
}

void FindColors(const Finder& finder, Columns& columns) {
  columns.colors = finder.CountOf("f_dc_") == 0 && (finder.Has("red") || finder.Has("r"));
  if (!columns.colors) {
    columns.dc = finder.Numbered<3>("f_dc_");
    return;
  }
  columns.dc = finder.Has("red")
                   ? std::array<int, 3>{finder.Required("red"), finder.Required("green"), finder.Required("blue")}
                   : std::array<int, 3>{finder.Required("r"), finder.Required("g"), finder.Required("b")};
  columns.full_color = FullScaleOf(finder.TypeOf(columns.dc[0]));
  columns.float_colors = columns.full_color == 1;
  columns.notes.push_back(finder.path() + ": has colours (red, green, blue) instead of f_dc; they are taken");
}

void FindHigherSh(const Finder& finder, Columns& columns) {
  const int count = finder.CountOf("f_rest_"), in_file = count / kChannels;
  int degree = 0;
  while (count > 0 && (degree + 1) * (degree + 1) - 1 < in_file) ++degree;
  SPLAT_CHECK(count == kChannels * ((degree + 1) * (degree + 1) - 1), finder.path(), ": has ", count,
              " f_rest properties; 0, 9, 24 or 45 are expected (SH degree 0 to 3), or those of a higher degree");
  columns.sh_degree = std::min(degree, math::kMaxShDegree);
  const int rest = math::ShRestCount(columns.sh_degree);
  for (int channel = 0; channel < kChannels; ++channel) {
    for (int k = 0; k < rest; ++k) {
      columns.rest.push_back(finder.Required(StrCat("f_rest_", channel * in_file + k)));
    }
  }
  if (degree > math::kMaxShDegree) {
    columns.notes.push_back(StrCat(finder.path(), ": has view-dependent colour of SH degree ", degree,
                                   "; what is beyond degree ", math::kMaxShDegree, " is left out"));
  }
}

Columns ColumnsOf(const PlyFile::Element& vertex, const std::string& path) {
  const Finder finder(vertex, path);
  Columns columns;
  columns.mean = {finder.Required("x"), finder.Required("y"), finder.Required("z")};
  FindColors(finder, columns);
  FindScales(finder, columns);
  FindRotations(finder, columns);
  FindOpacity(finder, columns);
  FindHigherSh(finder, columns);
  return columns;
}

// Takes one row of the file. Colours stay as they are; see ColorsToCoefficients.
void TakeRow(const float* row, const Columns& columns, int64_t splat, SplatCloud& cloud) {
  for (size_t i = 0; i < 3; ++i) {
    const size_t value = size_t(3 * splat) + i;
    cloud.means[value] = row[columns.mean[i]];
    cloud.sh_dc[value] = row[columns.dc[i]];
    cloud.log_scales[value] = columns.log_scale[i] != kMissing
                                  ? row[columns.log_scale[i]]
                                  : std::min(row[columns.log_scale[0]], row[columns.log_scale[1]]) - kFlatness;
  }
  for (size_t i = 0; i < 4; ++i) {
    cloud.quats[size_t(4 * splat) + i] = columns.quat[i] != kMissing ? row[columns.quat[i]] : float(i == 0);
  }
  const float opacity = columns.opacity != kMissing ? row[columns.opacity] : kLargestLogit;
  cloud.opacity_logits[size_t(splat)] =
      columns.alpha ? float(math::Logit(std::clamp(double(opacity) / columns.full_alpha, 0.0, 1.0))) : opacity;
  const int rest = cloud.sh_rest_count;
  float* const values = cloud.sh_rest.data() + splat * rest * kChannels;
  for (int channel = 0; channel < kChannels; ++channel) {
    for (int k = 0; k < rest; ++k) values[k * kChannels + channel] = row[columns.rest[size_t(channel * rest + k)]];
  }
}

void ColorsToCoefficients(const Columns& columns, SplatCloud& cloud) {
  double full = columns.full_color;
  if (columns.float_colors) {
    ColorRange range;
    for (const float value : cloud.sh_dc) range.Add(value);
    full = range.FullLight(true);
  }
  for (float& value : cloud.sh_dc) value = float(math::ColorToShDc(double(value) / full));
}

}  // namespace

SplatCloud ReadSplatPly(std::string_view bytes, const std::string& path, const ImportOptions&) {
  const PlyFile ply(bytes, path);
  const PlyFile::Element* vertex = ply.Find("vertex");
  SPLAT_CHECK(vertex != nullptr, path, ": has no element 'vertex'");
  const Columns columns = ColumnsOf(*vertex, path);
  SplatCloud cloud;
  int64_t splat = 0;
  ply.ForEachRow(*vertex, [&](const float* row) {
    if (splat == 0) cloud = SplatCloud(int64_t(vertex->count), columns.sh_degree);
    TakeRow(row, columns, splat++, cloud);
  });
  cloud.sh_rest_count = math::ShRestCount(columns.sh_degree);
  if (columns.colors) ColorsToCoefficients(columns, cloud);
  cloud.traits.antialiasing = AntialiasingOf(ply.comments());
  cloud.traits.background = BackgroundOf(ply.comments());
  cloud.notes = columns.notes;
  if (const std::string behind = ply.WhatLiesBehind(); !behind.empty()) cloud.notes.push_back(behind);
  LeaveOutUnusable(cloud);
  return cloud;
}

}  // namespace splat::formats
