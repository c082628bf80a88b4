#include "data/photos/exif_exposure.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace splat::data {
namespace {

constexpr ExposureSettings kUsual = {1.0 / 125, 4, 100};

TEST(ExposureStops, AreDoublingsOfTheLight) {
  constexpr double kExact = 1e-12;
  ASSERT_TRUE(ExposureStops(kUsual).has_value());
  EXPECT_NEAR(*ExposureStops(kUsual), std::log2(100.0 / 125 / 16), kExact);
  EXPECT_NEAR(*ExposureStops({2.0 / 125, 4, 100}) - *ExposureStops(kUsual), 1, kExact) << "twice the time";
  EXPECT_NEAR(*ExposureStops({1.0 / 125, 4, 400}) - *ExposureStops(kUsual), 2, kExact) << "four times the ISO";
  EXPECT_NEAR(*ExposureStops({1.0 / 125, 8, 100}) - *ExposureStops(kUsual), -2, kExact) << "half the aperture";
}

TEST(ExposureStops, AreNothingWhereANumberIsMissingOrNoCameras) {
  EXPECT_FALSE(ExposureStops({}).has_value());
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::nan("");
  for (const double time : {0.0, -1.0, 1e-7, 1e5, infinity, nan}) EXPECT_FALSE(ExposureStops({time, 4, 100})) << time;
  for (const double f : {0.0, 0.1, 1000.0, infinity, nan}) EXPECT_FALSE(ExposureStops({0.01, f, 100})) << f;
  for (const double iso : {0.0, 0.5, 4294967295.0, infinity, nan}) EXPECT_FALSE(ExposureStops({0.01, 4, iso})) << iso;
}

}  // namespace
}  // namespace splat::data
