// The table of metrics: each row computes what it says and can be found by its name.
#include "quality/metrics.h"

#include <gtest/gtest.h>

#include <set>

#include "core/check.h"

namespace splat::quality {
namespace {

Image8 Flat(uint8_t value) {
  Image8 image(16, 12, 3);
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
    const double better = metric.compare(photo, near), worse = metric.compare(photo, far);
    EXPECT_EQ(better > worse, metric.higher_is_better) << metric.name << " " << better << " " << worse;
  }
}

TEST(Metrics, AreFoundByName) {
  for (size_t i = 0; i < Metrics().size(); ++i) EXPECT_EQ(IndexOfMetric(Metrics()[i].name), i);
  EXPECT_THROW(IndexOfMetric("no such metric"), Error);
}

}  // namespace
}  // namespace splat::quality
