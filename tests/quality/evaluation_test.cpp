// What is said of the views of a scene: as they are, after corrections, and of views that cannot be compared.
#include "quality/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "core/check.h"
#include "tests/support/synthetic_set.h"

namespace splat::quality {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class EvaluationTest : public ::testing::Test {
 protected:
  Evaluation Of(const SplatModel& model, const EvaluationPlan& plan) {
    data::ViewLoader loader(set_.dataset, data::ViewLoader::Options{}, nullptr);
    return Evaluate(model, set_.dataset, views_, loader, plan, [&](const ComparedView& compared) {
      EXPECT_EQ(compared.values.raw.size(), plan.metrics.size());
      names_.push_back(compared.view.name);
    });
  }

  testing::SyntheticSet set_;
  std::vector<int> views_ = set_.dataset.ViewsOf(Split::kTest);
  std::vector<std::string> names_;
};

TEST_F(EvaluationTest, TheMetricsOfRunsAreTheDefault) {
  const Evaluation evaluation = Of(set_.truth, {});
  ASSERT_THAT(evaluation.views, SizeIs(4));
  EXPECT_THAT(names_, SizeIs(4));
  EXPECT_EQ(evaluation.plan.metrics.size(), RunMetrics().size());
  EXPECT_EQ(evaluation.Mean("psnr"), kMaxPsnr);
  EXPECT_EQ(evaluation.Mean("ssim"), 1);
  EXPECT_THAT(evaluation.means.corrected, IsEmpty());
  EXPECT_THROW(evaluation.Mean("flip"), Error);
}

TEST_F(EvaluationTest, CorrectionsTakeAwayATint) {
  SplatModel tinted = set_.truth;
  tinted.sh_dc = tinted.sh_dc * 0.8;
  const Evaluation evaluation = Of(tinted, {Metrics(), Corrections()});
  ASSERT_THAT(evaluation.means.corrected, SizeIs(Corrections().size()));
  const size_t psnr = IndexOfMetric(Metrics(), "psnr"), flip = IndexOfMetric(Metrics(), "flip");
  for (const std::vector<double>& corrected : evaluation.means.corrected) {
    EXPECT_GT(corrected[psnr], evaluation.Mean("psnr") + 1);
    EXPECT_LT(corrected[flip], evaluation.Mean("flip"));
  }
}

// The images are too small for MS-SSIM.
TEST_F(EvaluationTest, AMetricThatIsNotDefinedHasNoMean) {
  const Evaluation evaluation = Of(set_.truth, {Metrics(), {}});
  EXPECT_TRUE(std::isnan(evaluation.Mean("ms_ssim")));
  EXPECT_EQ(evaluation.Mean("flip"), 0);
}

TEST_F(EvaluationTest, MeansAreOverTheViewsThatHaveAValue) {
  int calls = 0;
  Metric sometimes = Metrics().front();
  sometimes.compare = [&](const Image8&, const Image8&, const Image8&) {
    return calls++ % 2 == 0 ? std::numeric_limits<double>::quiet_NaN() : double(calls);
  };
  const Evaluation evaluation = Of(set_.truth, {{sometimes}, {}});
  EXPECT_EQ(evaluation.means.raw[0], 3) << "of 2 and 4";
}

TEST_F(EvaluationTest, AViewWhosePhotoIsGoneIsLeftOut) {
  const std::string name = set_.dataset.views[size_t(views_[1])].name;
  std::filesystem::remove(set_.dataset.views[size_t(views_[1])].path);
  const Evaluation evaluation = Of(set_.truth, {});
  ASSERT_THAT(evaluation.left_out, SizeIs(1));
  EXPECT_EQ(evaluation.left_out[0].name, name);
  EXPECT_THAT(evaluation.left_out[0].reason, HasSubstr(name));
  EXPECT_THAT(evaluation.views, SizeIs(3));
}

}  // namespace
}  // namespace splat::quality
