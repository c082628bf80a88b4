#include "data/dataset/rounded_points.h"

#include <algorithm>
#include <cmath>

#include "core/median_point.h"

namespace splat::data {
namespace {

constexpr double kMuch = 1e-4;

bool IsHeldExactly(const Vec3<double>& p) {
  return p.x == double(float(p.x)) && p.y == double(float(p.y)) && p.z == double(float(p.z));
}

// To the next float.
double Gap(double value) {
  const float magnitude = std::abs(float(value));
  return double(std::nextafter(magnitude, INFINITY)) - double(magnitude);
}

}  // namespace

double RoundingOfFloats(const std::vector<Vec3<double>>& points) {
  if (points.size() < 2 || !std::all_of(points.begin(), points.end(), IsHeldExactly)) return 0;
  const Vec3<double> middle = MedianPoint(points);
  const double gap = std::max({Gap(middle.x), Gap(middle.y), Gap(middle.z)});
  return gap > kMuch * MedianDistance(points, middle) ? gap : 0;
}

}  // namespace splat::data
