#include "capture/texture.h"

#include <gtest/gtest.h>

#include <cmath>

#include "capture/noise.h"
#include "core/random.h"

namespace splat::capture {
namespace {

constexpr Pattern kPatterns[] = {Pattern::kWood,     Pattern::kBricks,  Pattern::kMarble,
                                 Pattern::kTerrazzo, Pattern::kText,    Pattern::kMosaic,
                                 Pattern::kPottery,  Pattern::kPlaster, Pattern::kRug};

Texture MakeTexture(Pattern pattern, uint32_t seed) {
  return {pattern, 0.1, LinearFromSrgb(0xc08050), LinearFromSrgb(0x4070a0), LinearFromSrgb(0x202030), seed};
}

TexturePoint PointOnPlane(double x, double y, double footprint) {
  return {{x, y, 0.013}, {x, y}, footprint};
}

double Brightness(const Vec3<double>& color) {
  return (color.x + color.y + color.z) / 3;
}

// Standard deviation of brightness over a square of 2 m, and root mean square of its change over `step`.
struct Variation {
  double deviation = 0, change = 0;
};

Variation Measure(const Texture& texture, double footprint, double step) {
  constexpr int kSamples = 4000;
  Random random(5);
  double sum = 0, squares = 0, changes = 0;
  for (int i = 0; i < kSamples; ++i) {
    const double x = random.Uniform(-1, 1), y = random.Uniform(-1, 1);
    const double here = Brightness(TextureColor(texture, PointOnPlane(x, y, footprint)));
    const double there = Brightness(TextureColor(texture, PointOnPlane(x + step, y, footprint)));
    sum += here;
    squares += here * here;
    changes += (there - here) * (there - here);
  }
  const double mean = sum / kSamples;
  return {std::sqrt(squares / kSamples - mean * mean), std::sqrt(changes / kSamples)};
}

TEST(Texture, ColorsAreAlbedos) {
  Random random(1);
  for (const Pattern pattern : kPatterns) {
    for (int i = 0; i < 3000; ++i) {
      const double x = random.Uniform(-3, 3), y = random.Uniform(-3, 3);
      const Vec3<double> color = TextureColor(MakeTexture(pattern, 2), PointOnPlane(x, y, 0.002));
      ASSERT_TRUE(color.x >= 0 && color.x <= 1 && color.y >= 0 && color.y <= 1 && color.z >= 0 && color.z <= 1)
          << "pattern " << int(pattern);
    }
  }
}

TEST(Texture, EveryPatternVaries) {
  constexpr double kContrast = 0.02;  // of linear brightness 0..1; a flat surface gives a feature detector nothing
  for (const Pattern pattern : kPatterns) {
    EXPECT_GT(Measure(MakeTexture(pattern, 2), 0.002, 0.001).deviation, kContrast) << "pattern " << int(pattern);
  }
}

TEST(Texture, NothingIsFinerThanAPixel) {
  // Over a quarter of a pixel an image that it can hold changes little against its own contrast.
  constexpr double kLittle = 0.35;
  for (const Pattern pattern : kPatterns) {
    for (const double footprint : {0.002, 0.008}) {
      const Variation variation = Measure(MakeTexture(pattern, 2), footprint, footprint / 4);
      EXPECT_LT(variation.change, kLittle * variation.deviation) << "pattern " << int(pattern) << " at " << footprint;
    }
  }
}

TEST(Texture, AnotherSeedIsPaintedDifferently) {
  for (const Pattern pattern : kPatterns) {
    Random random(4);
    int different = 0;
    for (int i = 0; i < 500; ++i) {
      const TexturePoint point = PointOnPlane(random.Uniform(-1, 1), random.Uniform(-1, 1), 0.002);
      const double a = Brightness(TextureColor(MakeTexture(pattern, 2), point));
      different += std::abs(a - Brightness(TextureColor(MakeTexture(pattern, 3), point))) > 0.005;
    }
    EXPECT_GT(different, 100) << "pattern " << int(pattern);
  }
}

TEST(Noise, StaysWithinItsBoundsAndIsContinuousAcrossCells) {
  Random random(9);
  constexpr double kStep = 1e-7;
  for (int i = 0; i < 2000; ++i) {
    const Vec3<double> p = {random.Uniform(-9, 9), random.Uniform(-9, 9), double(i % 9)};  // on a border in z
    const double value = ValueNoise(p, 4);
    ASSERT_LE(std::abs(value), 1);
    ASSERT_NEAR(value, ValueNoise(p - Vec3<double>{0, 0, kStep}, 4), 10 * kStep);
    ASSERT_LE(std::abs(FractalNoise(p, 1, 0.01, 4)), 1);
  }
}

TEST(Texture, SrgbIsLinearised) {
  constexpr double kRounding = 1e-4;
  const Vec3<double> color = LinearFromSrgb(0xff8000);
  EXPECT_NEAR(color.x, 1, kRounding);
  EXPECT_NEAR(color.y, 0.2159, kRounding);  // IEC 61966-2-1 for 128
  EXPECT_EQ(color.z, 0);
}

}  // namespace
}  // namespace splat::capture
