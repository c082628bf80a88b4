#include "data/poses/transforms_pose.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "core/rotation_matrix.h"

namespace splat::data {
namespace {

using Json = nlohmann::json;

// This is a transform_matrix as written, but the right way round.
struct FrameMatrix {
  Rigid3 pose;              // its 3 x 4 part, of which the rotation may be scaled
  bool transposed = false;  // as written: with the translation in the last row
};

// Reads a matrix of 3 or 4 rows.
FrameMatrix ReadMatrix(const Json& matrix, const std::string& where) {
  SPLAT_CHECK(matrix.is_array() && (matrix.size() == 3 || matrix.size() == 4), where,
              ": 'transform_matrix' must have 4 rows of 4 numbers");
  double m[4][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 1}};
  for (size_t i = 0; i < matrix.size(); ++i) {
    SPLAT_CHECK(matrix[i].is_array() && matrix[i].size() == 4, where, ": row ", i + 1,
                " of 'transform_matrix' must have 4 numbers");
    for (size_t j = 0; j < 4; ++j) {
      SPLAT_CHECK(matrix[i][j].is_number(), where, ": row ", i + 1, ", column ", j + 1,
                  " of 'transform_matrix' is not a number");
      m[i][j] = matrix[i][j].get<double>();
    }
  }
  const auto is_last = [](double a, double b, double c, double d) {
    return std::max({std::abs(a), std::abs(b), std::abs(c), std::abs(d - 1)}) <= kLastRowTolerance;
  };
  const bool upright = is_last(m[3][0], m[3][1], m[3][2], m[3][3]);
  const bool transposed = !upright && is_last(m[0][3], m[1][3], m[2][3], m[3][3]);
  SPLAT_CHECK(upright || transposed, where, ": the last row of 'transform_matrix' must be 0 0 0 1");
  const auto at = [&](int row, int column) { return transposed ? m[column][row] : m[row][column]; };
  FrameMatrix result = {{}, transposed};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) result.pose.rotation(row, column) = at(row, column);
  }
  result.pose.translation = {at(0, 3), at(1, 3), at(2, 3)};
  return result;
}

}  // namespace

FramePose ReadFramePose(const Json& frame, const std::string& where) {
  const auto matrix = frame.find("transform_matrix");
  SPLAT_CHECK(matrix != frame.end(), where, ": has no 'transform_matrix'");
  const FrameMatrix written = ReadMatrix(*matrix, where);
  Rigid3 world_from_camera = written.pose;
  const ScaledRotation scaled = TakeScaleOff(world_from_camera.rotation, where + ": 'transform_matrix'");
  world_from_camera.rotation = NearestRotation(scaled.rotation);
  // OpenGL's camera axes (x right, y up, z back) to ours (x right, y down, z forward).
  for (int i = 0; i < 3; ++i) {
    world_from_camera.rotation(i, 1) *= -1;
    world_from_camera.rotation(i, 2) *= -1;
  }
  return {Inverse(world_from_camera), scaled.scale, written.transposed};
}

}  // namespace splat::data
