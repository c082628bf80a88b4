#include "data/poses/ply_points.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "io/mapped_file.h"
#include "io/ply.h"

namespace splat::data {
namespace {

uint8_t ToColor(double value) {
  return value >= 0 ? uint8_t(std::lround(std::min(value, 255.0))) : uint8_t(0);
}

// The place of a property among an element's, or -1.
int ColumnOf(const PlyFile::Element& element, const char* name) {
  const auto found = std::find_if(element.properties.begin(), element.properties.end(),
                                  [&](const PlyFile::Property& property) { return property.name == name; });
  return found == element.properties.end() ? -1 : int(found - element.properties.begin());
}

}  // namespace

void AddPlyPoints(const std::string& path, SceneDescription& scene) {
  const MappedFile file(path);
  const PlyFile ply(file.bytes(), path);
  const PlyFile::Element* vertex = ply.Find("vertex");
  SPLAT_CHECK(vertex != nullptr, path, ": has no element 'vertex'");
  const int x = ColumnOf(*vertex, "x"), y = ColumnOf(*vertex, "y"), z = ColumnOf(*vertex, "z");
  SPLAT_CHECK(x >= 0 && y >= 0 && z >= 0, path, ": has no properties x, y, z");
  const int red = ColumnOf(*vertex, "red"), green = ColumnOf(*vertex, "green"), blue = ColumnOf(*vertex, "blue");
  const bool colored = red >= 0 && green >= 0 && blue >= 0;
  ply.ForEachRowInDouble(*vertex, [&](const double* row) {
    if (!std::isfinite(row[x]) || !std::isfinite(row[y]) || !std::isfinite(row[z])) return;
    scene.points.positions.push_back({row[x], row[y], row[z]});
    scene.points.colors.push_back(colored ? Vec3<uint8_t>{ToColor(row[red]), ToColor(row[green]), ToColor(row[blue])}
                                          : Vec3<uint8_t>{128, 128, 128});
  });
  const size_t left_out = size_t(vertex->count) - scene.points.positions.size();
  if (left_out > 0) {
    scene.warnings.push_back(
        StrCat(path, ": ", left_out, " of ", vertex->count, " points are not finite and were left out"));
  }
}

}  // namespace splat::data
