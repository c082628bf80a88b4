#include "data/poses/ply_points.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/check.h"
#include "core/color_range.h"
#include "core/format.h"
#include "data/poses/damaged_points.h"
#include "data/poses/point_colors.h"
#include "io/mapped_file.h"
#include "io/ply.h"
#include "io/text_scan.h"
#include "scene/base_color.h"

namespace splat::data {
namespace {

// The names of red, green and blue, in the order of preference; letters' case does not count.
constexpr std::array<const char*, 3> kColorNames[] = {
    {"red", "green", "blue"}, {"diffuse_red", "diffuse_green", "diffuse_blue"}, {"r", "g", "b"}};
// The coefficients of the base colours of a scene of splats (scene/base_color.h).
constexpr std::array<const char*, 3> kHarmonicNames = {"f_dc_0", "f_dc_1", "f_dc_2"};

// A share of numbers that are negative, of colours from -1 to 1; of those from 0 to 1 next to none are, by resampling.
constexpr double kSigned = 0.05;

// The place of a property among an element's, or -1.
int ColumnOf(const PlyFile::Element& element, const char* name) {
  const auto found = std::find_if(element.properties.begin(), element.properties.end(),
                                  [&](const PlyFile::Property& property) { return LowerAscii(property.name) == name; });
  return found == element.properties.end() ? -1 : int(found - element.properties.begin());
}

// Where the colours stand in a row, and what makes 0..255 of them: scale * number + offset.
struct ColorColumns {
  std::array<int, 3> columns = {-1, -1, -1};
  double scale = 1, offset = 0;
  bool are_signed = false;  // from -1, which is black, to 1

  bool any() const { return columns[0] >= 0; }
  // The colour of a point; that of one without colour where it is no number.
  Vec3<uint8_t> ColorIn(const double* row) const {
    if (!any()) return kUncoloredPoint;
    const double red = row[columns[0]], green = row[columns[1]], blue = row[columns[2]];
    if (std::isnan(red) || std::isnan(green) || std::isnan(blue)) return kUncoloredPoint;
    return {ByteColor(scale * red + offset), ByteColor(scale * green + offset), ByteColor(scale * blue + offset)};
  }
};

// Finds the columns of these names, all or none.
bool FindColumns(const PlyFile::Element& element, const std::array<const char*, 3>& names,
                 std::array<int, 3>& columns) {
  std::array<int, 3> found;
  for (size_t k = 0; k < 3; ++k) found[k] = ColumnOf(element, names[k]);
  if (std::find(found.begin(), found.end(), -1) != found.end()) return false;
  columns = found;
  return true;
}

ColorColumns FindColors(const PlyFile& ply, const PlyFile::Element& vertex) {
  ColorColumns colors;
  const bool named = std::any_of(std::begin(kColorNames), std::end(kColorNames),
                                 [&](const auto& names) { return FindColumns(vertex, names, colors.columns); });
  if (!named) {
    FindColumns(vertex, kHarmonicNames, colors.columns);
    colors.scale = kFullByte * kBaseColorScale;
    colors.offset = kFullByte * kBaseColorOffset;
    return colors;
  }
  const std::string& type = vertex.properties[size_t(colors.columns[0])].type;
  if (type == "uchar" || type == "char") return colors;
  const bool fractions = type == "float" || type == "double" || type == "half";
  ColorRange range;
  double largest = 0, least = 0;
  uint64_t negative = 0;  // numbers
  ply.ForEachRowInDouble(vertex, [&](const double* row) {
    for (const int column : colors.columns) {
      range.Add(row[column]);
      largest = std::max(largest, row[column]);
      least = std::min(least, row[column]);
      negative += row[column] < 0 ? 1 : 0;
    }
  });
  colors.scale = kFullByte / range.FullLight(fractions);
  colors.are_signed =
      fractions && largest <= 1 && least >= -1 && double(negative) >= kSigned * 3 * double(vertex.count);
  if (colors.are_signed) colors.scale = colors.offset = 0.5 * kFullByte;
  return colors;
}

void WarnOfNoColors(const PlyFile::Element& vertex, const std::string& path, std::vector<std::string>& warnings) {
  std::vector<std::string> others;
  for (const PlyFile::Property& property : vertex.properties) {
    const std::string name = LowerAscii(property.name);
    if (name != "x" && name != "y" && name != "z") others.push_back(property.name);
  }
  warnings.push_back(StrCat(path, ": has no colours named red, green and blue",
                            others.empty() ? "" : " among " + NamesInBrief(others)));
}

}  // namespace

void AddPlyPoints(const std::string& path, SceneDescription& scene) {
  const MappedFile file(path);
  PlyFile ply(file.bytes(), path);
  const std::string damage = ply.CutToWholeRows("vertex");
  const PlyFile::Element* vertex = ply.Find("vertex");
  SPLAT_CHECK(vertex != nullptr, path, ": has no element 'vertex'");
  const int x = ColumnOf(*vertex, "x"), y = ColumnOf(*vertex, "y"), z = ColumnOf(*vertex, "z");
  SPLAT_CHECK(x >= 0 && y >= 0 && z >= 0, path, ": has no properties x, y, z");
  SPLAT_CHECK(damage.empty() || vertex->count > 0, damage);
  const ColorColumns colors = FindColors(ply, *vertex);
  ply.ForEachRowInDouble(*vertex, [&](const double* row) {
    const Vec3<double> position = {row[x], row[y], row[z]};
    if (!IsHeldByFloats(position)) return;
    scene.points.positions.push_back(position);
    scene.points.colors.push_back(colors.ColorIn(row));
  });
  if (const std::string behind = ply.WhatLiesBehind(); damage.empty() && !behind.empty()) {
    scene.warnings.push_back(behind);
  }
  if (!damage.empty()) WarnOfPartOfPoints(damage, size_t(vertex->count), scene);
  if (colors.are_signed) {
    scene.warnings.push_back(path + ": has colours from -1 to 1, not from 0 to 1; they are taken so");
  }
  if (!colors.any()) WarnOfNoColors(*vertex, path, scene.warnings);
  WarnOfPointsLeftOut(path, size_t(vertex->count) - scene.points.positions.size(), size_t(vertex->count), scene);
}

void TryAddPlyPoints(const std::string& path, SceneDescription& scene) {
  try {
    AddPlyPoints(path, scene);
  } catch (const Error& error) {
    WarnOfUnreadPoints(error, scene);
  }
}

}  // namespace splat::data
