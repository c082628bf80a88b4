// Photos and cameras that a scene is compared with are prepared as for a training.
#include "pipeline/evaluation_views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene/splat_cloud.h"
#include "tests/support/ball_photos.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"
#include "tests/support/turned_transforms.h"

namespace splat::pipeline {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class EvaluationViewsTest : public ::testing::Test {
 protected:
  EvaluationViewsTest() {
    testing::WriteBallPhotos(folder_ / "balls");
    request_.scene = folder_ / "scene.ply";
    request_.photos = folder_ / "balls/images";
    request_.split = "all";
  }
  EvaluationViews Open() {
    const SplatCloud cloud = testing::RandomCloud(50, 0);
    return OpenEvaluationViews(request_, SplatSelection(cloud.View()),
                               [this](LogLevel, const std::string& line) { log_.push_back(line); });
  }

  testing::TempDir folder_;
  EvaluationRequest request_;
  std::vector<std::string> log_;
};

TEST_F(EvaluationViewsTest, AxesAreTurnedAsInATraining) {
  const data::SceneDescription meant = testing::WriteTurnedTransforms(folder_ / "balls");
  request_.cameras = folder_ / "balls/transforms.json";
  const EvaluationViews views = Open();
  EXPECT_THAT(log_, Contains(HasSubstr("all cameras were turned")));
  ASSERT_THAT(views.dataset.views, SizeIs(meant.photos.size()));
  const Vec3<double> point = {0.3, 0.2, 0.1};
  for (size_t i = 0; i < meant.photos.size(); ++i) {
    const Vec3<double> error =
        views.dataset.views[i].camera.camera_from_world * point - meant.photos[i].camera_from_world * point;
    EXPECT_NEAR(Norm(error), 0, 1e-6);
  }
}

// A scene needs the points no more.
TEST_F(EvaluationViewsTest, PointsAreNotKept) {
  request_.cameras = folder_ / "balls/sparse/0";
  EXPECT_THAT(Open().dataset.points.positions, SizeIs(0));
  EXPECT_THAT(log_, Each(Not(HasSubstr("points"))));
}

}  // namespace
}  // namespace splat::pipeline
