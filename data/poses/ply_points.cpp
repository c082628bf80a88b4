#include "data/poses/ply_points.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "io/ply.h"

namespace splat::data {
namespace {

uint8_t ToColor(float value) {
  return value >= 0 ? uint8_t(std::lround(std::min(value, 255.0f))) : uint8_t(0);
}

}  // namespace

void AddPlyPoints(const std::string& path, SceneDescription& scene) {
  const PlyTable table = ReadPly(path);
  const int x = table.Column("x"), y = table.Column("y"), z = table.Column("z");
  SPLAT_CHECK(x >= 0 && y >= 0 && z >= 0, path, ": has no properties x, y, z");
  const int red = table.Column("red"), green = table.Column("green"), blue = table.Column("blue");
  const bool colored = red >= 0 && green >= 0 && blue >= 0;
  for (size_t i = 0; i < table.rows; ++i) {
    const float* row = table.values.data() + i * table.names.size();
    if (!std::isfinite(row[x]) || !std::isfinite(row[y]) || !std::isfinite(row[z])) continue;
    scene.points.positions.push_back({row[x], row[y], row[z]});
    scene.points.colors.push_back(colored ? Vec3<uint8_t>{ToColor(row[red]), ToColor(row[green]), ToColor(row[blue])}
                                          : Vec3<uint8_t>{128, 128, 128});
  }
  const size_t left_out = table.rows - scene.points.positions.size();
  if (left_out > 0) {
    scene.warnings.push_back(
        StrCat(path, ": ", left_out, " of ", table.rows, " points are not finite and were left out"));
  }
}

}  // namespace splat::data
