#include "formats/quantize/codebook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace splat::formats {
namespace {

double MeanSquaredError(const Codebook& codebook, const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += std::pow(double(codebook.levels()[codebook.Label(value)]) - value, 2);
  return sum / double(values.size());
}

std::vector<float> Normals(size_t count) {
  Random random(4);
  std::vector<float> values(count);
  for (float& value : values) value = float(random.Normal());
  return values;
}

TEST(Codebook, IsTheUniformOneOfUniformValues) {
  std::vector<float> values;
  for (int i = 0; i < 256 * 64; ++i) values.push_back(float(i) / (256 * 64));
  const Codebook codebook(values);
  EXPECT_TRUE(std::is_sorted(codebook.levels().begin(), codebook.levels().end()));
  EXPECT_NEAR(MeanSquaredError(codebook, values), 1.0 / 256 / 256 / 12, 0.02 / 256 / 256 / 12);
}

// The least error of a density f at many levels is (integral of f^(1/3))^3 / (12 levels^2); that of the normal
// distribution is sqrt(3) pi / 2 / levels^2 (Panter and Dite).
TEST(Codebook, ComesNearTheLeastErrorOfNormalValues) {
  const std::vector<float> values = Normals(200'000);
  const double least = std::sqrt(3.0) * 3.14159265 / 2 / 256 / 256;
  EXPECT_LT(MeanSquaredError(Codebook(values), values), 1.05 * least);
}

TEST(Codebook, LabelsAreOfTheNearestLevel) {
  const std::vector<float> values = Normals(5000);
  const Codebook codebook(values);
  for (const float value : values) {
    const float error = std::abs(codebook.levels()[codebook.Label(value)] - value);
    for (const float level : codebook.levels()) EXPECT_LE(error, std::abs(level - value) + 1e-6f);
  }
  EXPECT_EQ(codebook.levels()[codebook.Label(-1e30f)], codebook.levels().front());
  EXPECT_EQ(codebook.levels()[codebook.Label(1e30f)], codebook.levels().back());
}

TEST(Codebook, FewValuesAreKeptAndSurviveLabelsOffByTwo) {
  std::vector<float> values;
  for (int i = 0; i < 1600; ++i) values.push_back(float(i % 16) * 0.37f);
  const Codebook codebook(values);
  for (const float value : values) {
    for (int offset = -2; offset <= 2; ++offset) {
      EXPECT_EQ(codebook.levels()[size_t(codebook.Label(value) + offset)], value);
    }
  }
}

TEST(Codebook, OneValueAndNone) {
  const Codebook one({2.5f, 2.5f}), none({});
  EXPECT_EQ(one.levels()[one.Label(2.5f)], 2.5f);
  EXPECT_EQ(one.levels()[0], 2.5f);
  EXPECT_EQ(none.levels()[none.Label(7)], 0);
}

TEST(Codebook, ManyEqualValuesDoNotHideTheOthers) {
  std::vector<float> values(100'000, 0.0f);
  const std::vector<float> others = Normals(1000);
  values.insert(values.end(), others.begin(), others.end());
  const Codebook codebook(values);
  EXPECT_LT(MeanSquaredError(codebook, others), 0.001);
  EXPECT_NEAR(codebook.levels()[codebook.Label(0)], 0, 1e-4);
}

}  // namespace
}  // namespace splat::formats
