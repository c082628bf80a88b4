#include "rasterizer/torch/splat_model.h"

#include <gtest/gtest.h>

#include "core/check.h"
#include "tests/support/torch_scenes.h"

namespace splat {
namespace {

TEST(SplatModel, KnowsItsDegreeFromTheStoredCoefficients) {
  for (int degree = 0; degree <= 3; ++degree) EXPECT_EQ(testing::RandomModel(2, degree, 1).max_sh_degree(), degree);
}

TEST(SplatModel, SelectRowsCopiesInOrder) {
  const SplatModel model = testing::RandomModel(5, 1, 2);
  const SplatModel some = SelectRows(model, torch::tensor({4, 0, 4}, torch::kInt64));
  ASSERT_EQ(some.count(), 3);
  for (int k = 0; k < kSplatArrays; ++k) {
    EXPECT_TRUE(torch::equal((some[k])[0], (model[k])[4]));
    EXPECT_TRUE(torch::equal((some[k])[1], (model[k])[0]));
    EXPECT_TRUE(torch::equal((some[k])[2], (model[k])[4]));
  }
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
