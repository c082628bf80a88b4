#include "data/dataset/exposure_spread.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace splat::data {
namespace {

Dataset Of(const std::vector<std::optional<double>>& stops) {
  Dataset dataset;
  for (const auto& value : stops) {
    View view;
    view.exposure_stops = value;
    dataset.views.push_back(view);
  }
  return dataset;
}

TEST(MeasureExposureSpread, IsTheDeviationOfTheTrainingPhotosThatHaveOne) {
  Dataset dataset = Of({-7, std::nullopt, -5, -7, -5, 20});
  dataset.views.back().split = Split::kTest;
  const ExposureSpread spread = MeasureExposureSpread(dataset);
  EXPECT_EQ(spread.photos, 5u);
  EXPECT_EQ(spread.known, 4u);
  EXPECT_NEAR(spread.stops, 1, 1e-12);
}

TEST(MeasureExposureSpread, OfEqualOnesOrNoneIsZero) {
  constexpr double kRounding = 1e-12;
  EXPECT_NEAR(MeasureExposureSpread(Of({-6.6, -6.6, -6.6})).stops, 0, kRounding);
  const ExposureSpread none = MeasureExposureSpread(Of({std::nullopt, std::nullopt}));
  EXPECT_EQ(none.photos, 2u);
  EXPECT_EQ(none.known, 0u);
  EXPECT_EQ(none.stops, 0);
}

}  // namespace
}  // namespace splat::data
