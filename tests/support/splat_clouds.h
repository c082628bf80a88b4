// This header makes splat clouds for tests of scene files: random ones, comparisons, and files that are cut or damaged.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <sstream>
#include <string>

#include "core/constants.h"
#include "core/random.h"
#include "formats/exporter.h"
#include "rasterizer/math/activation.h"
#include "scene/splat_order.h"
#include "tests/support/error_message.h"

namespace splat::testing {

// `count` splats as a trained scene has them: positions within 3 units, unit quaternions, moderate SH.
inline SplatCloud RandomCloud(int64_t count, int sh_degree, uint64_t seed = 7) {
  Random random(seed);
  SplatCloud cloud(count, sh_degree);
  for (float& value : cloud.means) value = float(random.Uniform(-3, 3));
  for (float& value : cloud.log_scales) value = float(random.Uniform(-6, -1));
  for (float& value : cloud.opacity_logits) value = float(random.Normal() * 2);
  for (float& value : cloud.sh_dc) value = float(random.Normal() * 0.8);
  for (float& value : cloud.sh_rest) value = float(random.Normal() * 0.15);
  for (float& value : cloud.quats) value = float(random.Normal());
  LeaveOutUnusable(cloud);
  return cloud;
}

// A scene with more sky than anything else: 400 splats within 3 units of the origin and 400 in a landscape that goes on
// to 30, then 1,600 large ones on the upper half of a shell of radius 140; up is -y.
inline SplatCloud CloudUnderSky() {
  constexpr int64_t kNear = 800, kSky = 1600;
  SplatCloud cloud = RandomCloud(kNear + kSky, 0);
  for (size_t i = size_t(3 * kNear / 2); i < size_t(3 * kNear); ++i) cloud.means[i] *= i % 3 == 1 ? 1.0f : 10.0f;
  for (int64_t i = 0; i < kSky; ++i) {
    const double height = (double(i) + 0.5) / double(kSky), angle = 2.4 * double(i),
                 across = std::sqrt(1 - height * height);
    float* const mean = &cloud.means[size_t(3 * (kNear + i))];
    mean[0] = float(140 * across * std::cos(angle));
    mean[1] = float(-140 * height);
    mean[2] = float(140 * across * std::sin(angle));
    for (int axis = 0; axis < 3; ++axis) cloud.log_scales[size_t(3 * (kNear + i) + axis)] = 1;
  }
  return cloud;
}

// Three splats of SH degree 1 whose values floats hold exactly. The frozen bytes of the tests of formats are what
// an independent writer makes of the same scene.
inline SplatCloud GoldenCloud() {
  SplatCloud cloud(3, 1);
  cloud.means = {-1.5f, 0.25f, 2, 0.5f, -1, 0.75f, 1, 2, -3};
  cloud.log_scales = {-4, -5, -6.5f, -2.5f, -3.25f, -1, 0.5f, -0.5f, 0};
  cloud.quats = {0.5f, -0.5f, 0.5f, 0.5f, 0.5f, 0.1f, -0.5f, 0.7f, 0.1f, -0.1f, 0.7f, -0.7f};
  cloud.opacity_logits = {0.25f, -2, 4};
  cloud.sh_dc = {0.5f, -0.75f, 1.25f, -1, 0, 0.25f, 1.5f, 1.625f, -1.5f};
  cloud.sh_rest = {0.125f,   -0.25f,  0.5f,    -0.0625f, 0.75f,   0.3125f,  0.03125f, -0.5f,    0.9375f,
                   0,        0.0625f, -0.125f, 0.25f,    -0.375f, 0.5f,     -0.625f,  0.6875f,  -0.8125f,
                   -0.4375f, 0.4375f, 0.1875f, -0.1875f, 0.5625f, -0.5625f, 0.8125f,  -0.9375f, 0};
  return cloud;
}

// All splats of a cloud, without selection.
inline SplatSelection AllOf(const SplatCloud& cloud) {
  return SplatSelection(cloud.View());
}

// The file that an exporter makes of a cloud.
inline std::string Encoded(const std::string& format, const SplatSelection& splats,
                           const formats::ExportOptions& options = {}) {
  std::ostringstream out;
  formats::ExporterNamed(format).write(out, splats, options);
  return out.str();
}
inline std::string Encoded(const std::string& format, const SplatCloud& cloud,
                           const formats::ExportOptions& options = {}) {
  return Encoded(format, AllOf(cloud), options);
}

inline void ExpectEqualBits(const SplatCloud& a, const SplatCloud& b) {
  EXPECT_EQ(a.sh_rest_count, b.sh_rest_count);
  for (int array = 0; array < kSplatArrays; ++array) EXPECT_EQ(a[array], b[array]) << kSplatArrayList[array].name;
}

// The largest difference of each kind of value between two clouds of equal length and order.
struct CloudErrors {
  double mean = 0, log_scale = 0, rotation_deg = 0, opacity = 0, sh_dc = 0, sh_rest = 0;
};
inline CloudErrors ErrorsBetween(const SplatCloud& a, const SplatCloud& b) {
  CloudErrors errors;
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.sh_rest_count, b.sh_rest_count);
  if (a.count() != b.count() || a.sh_rest_count != b.sh_rest_count) return errors;
  const auto largest = [](const std::vector<float>& x, const std::vector<float>& y) {
    double error = 0;
    for (size_t i = 0; i < x.size(); ++i) error = std::max(error, std::abs(double(x[i]) - y[i]));
    return error;
  };
  errors.mean = largest(a.means, b.means);
  errors.log_scale = largest(a.log_scales, b.log_scales);
  errors.sh_dc = largest(a.sh_dc, b.sh_dc);
  errors.sh_rest = largest(a.sh_rest, b.sh_rest);
  for (int64_t i = 0; i < a.count(); ++i) {
    const double difference = math::Sigmoid(double(a.opacity_logits[i])) - math::Sigmoid(double(b.opacity_logits[i]));
    errors.opacity = std::max(errors.opacity, std::abs(difference));
    double dot = 0;
    for (int j = 0; j < 4; ++j) dot += double(a.quats[4 * i + j]) * b.quats[4 * i + j];
    const double angle = 2 * std::acos(std::min(1.0, std::abs(dot))) * kDegreesPerRadian;
    errors.rotation_deg = std::max(errors.rotation_deg, angle);
  }
  return errors;
}

// The splats `rows` of a cloud, as a cloud.
inline SplatCloud RowsOf(const SplatCloud& cloud, const std::vector<uint32_t>& rows) {
  SplatCloud chosen(int64_t(rows.size()), math::ShDegreeOf(cloud.sh_rest_count));
  const auto copy = [&](const std::vector<float>& from, std::vector<float>& to) {
    const size_t columns = rows.empty() ? 0 : to.size() / rows.size();
    for (size_t i = 0; i < rows.size(); ++i) {
      std::copy_n(from.begin() + std::ptrdiff_t(rows[i] * columns), columns, to.begin() + std::ptrdiff_t(i * columns));
    }
  };
  for (int array = 0; array < kSplatArrays; ++array) copy(cloud[array], chosen[array]);
  return chosen;
}

// The cloud in the order of formats that sort by place.
inline SplatCloud InMortonOrder(const SplatCloud& cloud) {
  SplatSelection splats = AllOf(cloud);
  SortByMorton(splats);
  return RowsOf(cloud, splats.rows());
}

using CloudReader = std::function<SplatCloud(const std::string& bytes)>;

// A refusal is one line that begins with the path and goes on.
inline void ExpectOneLine(const std::string& message, const std::string& path) {
  EXPECT_THAT(message, ::testing::StartsWith(path + ": "));
  EXPECT_THAT(message, ::testing::Not(::testing::HasSubstr("\n")));
}

// Expects that every beginning of `bytes` but the whole, and but those that `valid` accepts, is refused in one line.
inline void ExpectRefusesEveryTruncation(
    const std::string& bytes, const std::string& path, const CloudReader& read,
    const std::function<bool(size_t)>& valid = [](size_t) { return false; }) {
  for (size_t size = 0; size < bytes.size(); ++size) {
    SCOPED_TRACE(size);
    const std::string message = ErrorMessageOf([&] { read(bytes.substr(0, size)); });
    if (valid(size)) {
      EXPECT_EQ(message, "");
    } else {
      ExpectOneLine(message, path);
    }
  }
}

// Damages bytes of a file in many seeded ways: each is read or refused in one line, and what is read is finite.
inline void ExpectSurvivesDamage(const std::string& bytes, const std::string& path, const CloudReader& read,
                                 int trials = 2000) {
  Random random(3);
  for (int trial = 0; trial < trials; ++trial) {
    SCOPED_TRACE(trial);
    std::string damaged = bytes;
    for (uint64_t i = 0; i <= random.Below(4); ++i) damaged[random.Below(bytes.size())] = char(random.Below(256));
    SplatCloud cloud;
    const std::string message = ErrorMessageOf([&] { cloud = read(damaged); });
    if (!message.empty()) {
      ExpectOneLine(message, path);
      continue;
    }
    for (int array = 0; array < kSplatArrays; ++array) {
      const std::vector<float>& values = cloud[array];
      EXPECT_TRUE(std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }));
    }
  }
}

// One splat of no turn, and of size and opacity zero in their units, at each of the places x, y, z.
inline SplatCloud PointsAt(const std::vector<float>& means) {
  SplatCloud cloud(int64_t(means.size() / 3), 0);
  cloud.means = means;
  for (size_t i = 0; i < cloud.quats.size(); i += 4) cloud.quats[i] = 1;
  return cloud;
}

}  // namespace splat::testing
