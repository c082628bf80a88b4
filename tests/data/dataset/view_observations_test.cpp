// Observations of points in distorted photos become rays.
#include "data/dataset/view_observations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "core/constants.h"
#include "data/photos/lens.h"

namespace splat::data {
namespace {

TEST(RaysOfObservations, AreFreeOfTheLens) {
  for (const auto& [model, params] : std::vector<std::pair<CameraModel, std::vector<double>>>{
           {CameraModel::kPinhole, {700, 690, 320, 240}},
           {CameraModel::kOpenCv, {500, 510, 320, 240, -0.15, 0.05, 1e-3, -2e-3}},
           {CameraModel::kOpenCvFisheye, {400, 400, 320, 240, 0.02, -0.01, 0.003, 0}}}) {
    PosedPhoto photo;
    photo.intrinsics = {model, 640, 480, params};
    const Lens lens = MakeLens(photo.intrinsics);
    std::vector<Vec2<double>> rays;
    for (const double x : {-0.5, 0.0, 0.4}) {
      for (const double y : {-0.3, 0.1, 0.35}) {
        const Vec2<double> bent = Distort(lens, {x, y});
        photo.observations.push_back({rays.size(), lens.fx * bent.x + lens.cx, lens.fy * bent.y + lens.cy});
        rays.push_back({x, y});
      }
    }
    const std::vector<Observation> found = RaysOfObservations(photo);
    ASSERT_EQ(found.size(), rays.size());
    for (size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].point, i);
      EXPECT_NEAR(found[i].x, rays[i].x, 1e-7) << CameraModelName(model);
      EXPECT_NEAR(found[i].y, rays[i].y, 1e-7) << CameraModelName(model);
    }
  }
}

// Places at which no simple iteration arrives: wide rays of a fisheye lens, and radial lenses that bend a lot.
TEST(RaysOfObservations, AreFoundWhereTheLensBendsMuch) {
  const double wide = std::tan(58 * kRadiansPerDegree), far = 0.9;
  const std::vector<std::tuple<CameraModel, std::vector<double>, double>> cases = {
      {CameraModel::kOpenCvFisheye, {300, 300, 320, 240, 0, 0, 0, 0}, wide},
      {CameraModel::kSimpleRadial, {500, 320, 240, 0.3}, far},
      {CameraModel::kSimpleRadial, {500, 320, 240, -0.3}, far}};
  for (const auto& [model, params, radius] : cases) {
    PosedPhoto photo;
    photo.intrinsics = {model, 640, 480, params};
    const Lens lens = MakeLens(photo.intrinsics);
    for (const double angle : {0.0, 0.7, 2.0, 4.0}) {
      const Vec2<double> ray = {radius * std::cos(angle), radius * std::sin(angle)}, bent = Distort(lens, ray);
      photo.observations = {{7, lens.fx * bent.x + lens.cx, lens.fy * bent.y + lens.cy}};
      const std::vector<Observation> found = RaysOfObservations(photo);
      ASSERT_EQ(found.size(), 1u) << CameraModelName(model) << " " << params.back() << " at " << angle;
      EXPECT_NEAR(found[0].x, ray.x, 1e-7);
      EXPECT_NEAR(found[0].y, ray.y, 1e-7);
    }
  }
}

TEST(RaysOfObservations, LeavesOutWhatTheLensShowsNowhere) {
  PosedPhoto photo;
  photo.intrinsics = {CameraModel::kSimpleRadial, 640, 480, {500, 320, 240, -0.3}};  // turns back at r = 1.05
  photo.observations = {{0, 330, 250}, {1, 5000, 240}};
  const std::vector<Observation> found = RaysOfObservations(photo);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].point, 0u);
}

}  // namespace
}  // namespace splat::data
