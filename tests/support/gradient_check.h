// Gradients are computed three ways: by dual numbers, by central differences, and as the code under test states them; a
// comparison says which entry is off by how much. All gradients are flat vectors in the order of the flat input.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "core/quaternion.h"
#include "core/vec.h"
#include "tests/support/dual.h"

namespace splat::testing {

// A hand-written formula and its dual number differ by rounding only; 1e-10 of the gradient's size leaves room for the
// cancellation in sums of a few dozen terms and none for a wrong factor.
constexpr double kDualTolerance = 1e-10;

// The numbers of a flat vector from place `first` on.
template <typename T>
Vec3<T> VectorAt(const std::vector<T>& x, size_t first) {
  return {x[first], x[first + 1], x[first + 2]};
}

template <typename T>
Quaternion<T> QuaternionAt(const std::vector<T>& x, size_t first) {
  return {x[first], x[first + 1], x[first + 2], x[first + 3]};
}

// Exact gradient at x of loss(x), a function of std::vector<Dual> that returns a Dual.
template <typename Loss>
std::vector<double> DualGradient(const Loss& loss, const std::vector<double>& x) {
  std::vector<Dual> input(x.begin(), x.end());
  std::vector<double> gradient(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    input[i].derivative = 1;
    gradient[i] = Dual(loss(input)).derivative;
    input[i].derivative = 0;
  }
  return gradient;
}

// (loss(x + h) - loss(x - h)) / 2h per entry, h = step * max(1, |x_i|); loss takes std::vector<double>, returns double.
template <typename Loss>
std::vector<double> CentralDifferences(const Loss& loss, const std::vector<double>& x, double step) {
  std::vector<double> input = x, gradient(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const double h = step * std::max(1.0, std::abs(x[i]));
    input[i] = x[i] + h;
    const double above = loss(input);
    input[i] = x[i] - h;
    const double below = loss(input);
    input[i] = x[i];
    gradient[i] = (above - below) / (2 * h);
  }
  return gradient;
}

// Success if every entry of `actual` is within tolerance * max(largest |expected|, 1e-6 floor) of `expected`; NaN
// fails. The failure lists the largest differences.
inline ::testing::AssertionResult GradientsMatch(const std::vector<double>& actual, const std::vector<double>& expected,
                                                 double tolerance, const std::string& what = "gradient") {
  if (actual.size() != expected.size()) {
    return ::testing::AssertionFailure() << what << ": " << actual.size() << " entries, expected " << expected.size();
  }
  double size = 1e-6;
  for (const double e : expected) size = std::max(size, std::abs(e));
  const auto error = [&](size_t i) {
    const double difference = std::abs(actual[i] - expected[i]);
    return std::isnan(difference) ? HUGE_VAL : difference;
  };
  std::vector<size_t> order(actual.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return error(a) > error(b); });
  if (order.empty() || error(order[0]) <= tolerance * size) return ::testing::AssertionSuccess();
  std::ostringstream report;
  report << what << ": largest entry " << size << ", tolerance " << tolerance * size << "; worst of " << order.size()
         << " entries:\n  entry, actual, expected, difference\n";
  report << std::setprecision(10);
  for (size_t k = 0; k < std::min<size_t>(order.size(), 8); ++k) {
    const size_t i = order[k];
    report << "  " << i << ", " << actual[i] << ", " << expected[i] << ", " << error(i) << "\n";
  }
  return ::testing::AssertionFailure() << report.str();
}

}  // namespace splat::testing
