#include "rasterizer/torch/splat_model.h"

#include <gtest/gtest.h>

#include "core/check.h"
#include "tests/support/torch_scenes.h"

namespace splat {
namespace {

TEST(SplatModel, KnowsItsDegreeFromTheStoredCoefficients) {
  for (int degree = 0; degree <= 3; ++degree) EXPECT_EQ(testing::RandomModel(2, degree, 1).max_sh_degree(), degree);
}

TEST(SplatModel, CheckRefusesAnOddNumberOfCoefficients) {
  SplatModel model = testing::RandomModel(2, 1, 1);
  CheckModel(model);
  model.sh_rest = torch::zeros({2, 5, 3});
  EXPECT_THROW(CheckModel(model), Error);
}

TEST(SplatModel, CheckRefusesAnotherNumberOfRows) {
  SplatModel model = testing::RandomModel(2, 1, 1);
  model.opacity_logits = torch::zeros({3});
  EXPECT_THROW(CheckModel(model), Error);
}

}  // namespace
}  // namespace splat
