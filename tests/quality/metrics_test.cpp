// The metrics have the right values; the table's rows compute what they say and can be found by their names.
#include "quality/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "core/check.h"
#include "core/random.h"

namespace splat::quality {
namespace {

constexpr int kSide_px = 200;  // all metrics are defined for images of this size

Image8 Flat(uint8_t value) {
  Image8 image(kSide_px, kSide_px - 20, 3);
  for (uint8_t& pixel : image.pixels) pixel = value;
  return image;
}

TEST(Metrics, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Metric& metric : Metrics()) EXPECT_TRUE(names.insert(metric.name).second) << metric.name;
  EXPECT_TRUE(names.count("psnr") && names.count("ssim"));
}

TEST(Metrics, PreferTheBetterImage) {
  const Image8 photo = Flat(100), near = Flat(103), far = Flat(140);
  for (const Metric& metric : Metrics()) {
    const double better = metric.compare(photo, near, {}), worse = metric.compare(photo, far, {});
    EXPECT_EQ(better > worse, metric.higher_is_better) << metric.name << " " << better << " " << worse;
  }
}

TEST(Metrics, AreFoundByName) {
  for (const std::vector<Metric>& metrics : {Metrics(), RunMetrics()}) {
    for (size_t i = 0; i < metrics.size(); ++i) EXPECT_EQ(IndexOfMetric(metrics, metrics[i].name), i);
    EXPECT_THROW(IndexOfMetric(metrics, "no such metric"), Error);
  }
}

TEST(Metrics, OfRunsAreCheap) {
  std::vector<std::string> names;
  for (const Metric& metric : RunMetrics()) names.emplace_back(metric.name);
  EXPECT_EQ(names, (std::vector<std::string>{"psnr", "ssim"}));
}

constexpr double kRounding = 1e-9;   // double arithmetic
constexpr double kFloatSsim = 1e-5;  // SSIM is filtered in float

Image8 Filled(int width, int height, int channels, uint8_t value) {
  Image8 image(width, height, channels);
  image.pixels.assign(image.pixels.size(), value);
  return image;
}

Image8 Noise(int width, int height, uint64_t seed) {
  Image8 image(width, height, 3);
  Random random(seed);
  for (uint8_t& value : image.pixels) value = uint8_t(random.Below(256));
  return image;
}

TEST(PsnrTest, OneGreyLevelApartEverywhereIsTwentyTimesLog255) {
  EXPECT_NEAR(Psnr(Filled(7, 5, 3, 100), Filled(7, 5, 3, 101)), 20 * std::log10(255.0), kRounding);
}

// A border of weight 0 is as if the images were cropped, whatever stands there.
TEST(Metrics, LeaveOutPixelsOfWeightZero) {
  constexpr int kSide = kSide_px, kRows = kSide - 20, kMissing = 20;
  Image8 photo = Noise(kSide, kRows + kMissing, 1), render = Noise(kSide, kRows + kMissing, 2);
  Image8 weights(kSide, kRows + kMissing, 1);
  std::fill_n(weights.pixels.begin(), kSide * kRows, uint8_t(255));
  const auto cropped = [&](const Image8& image) {
    Image8 top(kSide, kRows, 3);
    std::copy_n(image.pixels.begin(), top.pixels.size(), top.pixels.begin());
    return top;
  };
  for (const Metric& metric : Metrics()) {
    const double expected = metric.compare(cropped(photo), cropped(render), {});
    EXPECT_NEAR(metric.compare(photo, render, weights), expected, kFloatSsim) << metric.name;
  }
  std::fill(weights.pixels.begin(), weights.pixels.end(), uint8_t(0));
  EXPECT_THROW(Psnr(photo, render, weights), Error);
}

TEST(PsnrTest, BlackAgainstWhiteIsZero) {
  EXPECT_NEAR(Psnr(Filled(9, 4, 3, 0), Filled(9, 4, 3, 255)), 0, kRounding);
}

TEST(PsnrTest, AveragesSquaresOverPixelsAndChannels) {
  Image8 a = Filled(4, 4, 3, 50), b = a;
  b.pixels[5] = 62;
  EXPECT_NEAR(Psnr(a, b), 10 * std::log10(255.0 * 255.0 * 48 / 144), kRounding);
  EXPECT_EQ(Psnr(a, b), Psnr(b, a));
}

TEST(PsnrTest, EqualImagesGetTheCap) {
  EXPECT_EQ(Psnr(Noise(6, 6, 1), Noise(6, 6, 1)), kMaxPsnr);
}

TEST(SsimTest, EqualImagesGiveOne) {
  EXPECT_EQ(Ssim(Noise(40, 30, 1), Noise(40, 30, 1)), 1.0);
  EXPECT_EQ(Ssim(Filled(1, 1, 1, 9), Filled(1, 1, 1, 9)), 1.0);
}

TEST(SsimTest, IsSymmetric) {
  const Image8 a = Noise(70, 30, 1), b = Noise(70, 30, 2);
  EXPECT_NEAR(Ssim(a, b), Ssim(b, a), kFloatSsim);
}

TEST(SsimTest, UnrelatedNoiseIsNearZeroAndBelowALittleNoise) {
  const Image8 a = Noise(70, 60, 1);
  Image8 near = a;
  Random random(3);
  for (uint8_t& value : near.pixels) value = uint8_t(std::min<uint64_t>(255, value + random.Below(40)));
  EXPECT_LT(std::abs(Ssim(a, Noise(70, 60, 2))), 0.1);
  EXPECT_GT(Ssim(a, near), 0.9);
}

TEST(ImageQualityTest, RefusesImagesOfDifferentShape) {
  EXPECT_THROW(Psnr(Filled(4, 4, 3, 0), Filled(4, 5, 3, 0)), Error);
  EXPECT_THROW(Ssim(Filled(4, 4, 3, 0), Filled(4, 4, 1, 0)), Error);
  EXPECT_THROW(Psnr(Image8(), Image8()), Error);
}

}  // namespace
}  // namespace splat::quality
