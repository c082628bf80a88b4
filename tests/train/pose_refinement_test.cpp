// Cameras whose poses are off come back while the scene is trained, true ones stay, and nothing else moves.
#include "train/pose_refinement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/random.h"
#include "tests/support/error_message.h"
#include "tests/support/step_bench.h"
#include "tests/support/synthetic_set.h"
#include "train/fit_poses.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::EmulatedGpu;
using splat::testing::ErrorMessageOf;
using splat::testing::ExpectEqualBits;
using splat::testing::SyntheticSet;

constexpr double kOff = 0.012;  // rad, and share of the scene

TrainConfig Config(const char* refine, int iterations = 800) {
  TrainConfig config;
  config.iterations = iterations;
  config.init.sh_degree = 0;
  config.poses.refine = refine;
  return config;
}

// Puts the cameras of these views off by kOff each way.
void PutOff(data::Dataset& dataset, const std::vector<int>& views) {
  Random random(7);
  for (const int view : views) {
    const auto direction = [&] {
      const double x = random.Normal(), y = random.Normal(), z = random.Normal();
      return Normalized(Vec3<double>{x, y, z});
    };
    const Twist twist = MakeTwist(4 * kOff * direction(), kOff * direction());
    Rigid3& pose = dataset.views[size_t(view)].camera.camera_from_world;
    pose = Compose(ExpTwist(twist), pose);
  }
}

std::vector<int> FreeViews(const data::Dataset& dataset) {
  std::vector<int> views = dataset.ViewsOf(Split::kTrain);
  const std::vector<int> held = HeldViews(dataset);
  const auto is_held = [&](int view) { return std::find(held.begin(), held.end(), view) != held.end(); };
  views.erase(std::remove_if(views.begin(), views.end(), is_held), views.end());
  return views;
}

// Mean over the views of how far cameras are from the true ones, in units of what PutOff does.
double PoseError(const data::Dataset& dataset, const data::Dataset& truth, const std::vector<int>& views) {
  double sum = 0;
  for (const int view : views) {
    const Twist off = LogOfMotion(Compose(dataset.views[size_t(view)].camera.camera_from_world,
                                          Inverse(truth.views[size_t(view)].camera.camera_from_world)));
    sum += (Norm(LinearPart(off)) / 4 + Norm(AngularPart(off))) / (2 * kOff);
  }
  return sum / double(views.size());
}

TEST(PoseRefinement, CamerasThatAreOffComeBackAndTheSceneGetsSharper) {
  SyntheticSet set;
  const data::Dataset truth = set.dataset;
  const std::vector<int> free = FreeViews(truth);
  PutOff(set.dataset, free);
  ASSERT_NEAR(PoseError(set.dataset, truth, free), 1, 1e-3);
  const double off = set.TestPsnr(TrainOn(CpuBackend(), set.dataset, Config("off"), {}).model);
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config("on"), {});
  const double on = set.TestPsnr(result.model);
  const double error = PoseError(WithMotions(set.dataset, result.motions), truth, free);
  RecordProperty("error", std::to_string(error));
  EXPECT_LT(error, 0.78) << "a turn and a shift show nearly the same on so narrow an arc";
  EXPECT_GT(on, off + 2.5);
}

// What structure from motion would know of the true cameras.
void AddSightings(data::Dataset& dataset) {
  for (data::View& view : dataset.views) {
    for (size_t i = 0; i < dataset.points.positions.size(); ++i) {
      const Vec3<double> seen = view.camera.camera_from_world * dataset.points.positions[i];
      view.sightings.push_back({i, seen.x / seen.z, seen.y / seen.z});
    }
  }
}

TEST(PoseRefinement, PointsThatPhotosSeeTellATurnFromAShift) {
  SyntheticSet set;
  const data::Dataset truth = set.dataset;
  AddSightings(set.dataset);
  const std::vector<int> free = FreeViews(truth);
  PutOff(set.dataset, free);
  const auto error_with = [&](double weight) {
    TrainConfig config = Config("on", 800);
    config.poses.track_weight = weight;
    config.poses.reach = 0.03;
    const TrainResult result = TrainOn(CpuBackend(), set.dataset, config, {});
    return PoseError(WithMotions(set.dataset, result.motions), truth, free);
  };
  EXPECT_LT(error_with(PoseConfig{}.track_weight), 0.6 * error_with(0));  // 0.39 and 0.88
}

TEST(PoseRefinement, HeldAndHeldOutCamerasStayAndOthersDoNot) {
  SyntheticSet set;
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config("on", 200), {});
  const std::vector<int> free = FreeViews(set.dataset);
  EXPECT_EQ(free.size(), set.dataset.ViewsOf(Split::kTrain).size() - 2);
  ASSERT_EQ(result.motions.size(), set.dataset.views.size());
  for (size_t view = 0; view < result.motions.size(); ++view) {
    const bool is_free = std::find(free.begin(), free.end(), int(view)) != free.end();
    EXPECT_EQ(result.motions[view] != Twist{}, is_free) << view;
  }
}

TEST(PoseRefinement, TheFarthestCameraIsHeldWithTheFirst) {
  SyntheticSet set;
  const std::vector<int> training = set.dataset.ViewsOf(Split::kTrain);
  set.dataset.views[5].camera.camera_from_world.translation.z += 30;
  ASSERT_EQ(set.dataset.views[5].split, Split::kTrain);
  EXPECT_EQ(HeldViews(set.dataset), (std::vector<int>{training.front(), 5}));
}

TEST(PoseRefinement, NothingMovesOutsideOfTheWindow) {
  SyntheticSet set;
  TrainConfig config = Config("on", 200);
  TrainState state = InitialState(CpuBackend(), set.dataset, config);
  const PoseWindow window = PoseWindowOf(config.poses, config.iterations);
  EXPECT_EQ(window.until, 160);
  EXPECT_GT(window.from, 0);
  std::vector<Twist> last;
  TrainCallbacks callbacks;
  callbacks.progress = [&](const TrainProgress& progress) {
    std::vector<Twist> now;
    for (const CameraMotion& motion : state.motions.views) now.push_back(motion.twist);
    if (!window.Contains(progress.step) && !last.empty()) {
      EXPECT_EQ(now, last) << progress.step;
    }
    last = now;
  };
  ContinueTraining(state, CpuBackend(), set.dataset, config, callbacks);
  EXPECT_NE(last, std::vector<Twist>(last.size(), Twist{}));
}

// Off is off: not a bit of the model is another one.
TEST(PoseRefinement, CostsNoBitWhereItIsOffOrMovesNothing) {
  SyntheticSet set;
  TrainConfig config = Config("on", 60);
  config.poses.until = 0;
  const TrainResult off = TrainOn(CpuBackend(), set.dataset, Config("off", 60), {});
  ExpectEqualBits(off.model, TrainOn(CpuBackend(), set.dataset, config, {}).model);
  EXPECT_TRUE(off.motions.empty());
}

// The emulated GPU reads each gradient a step later than the CPU does; that changes nothing but rounding.
TEST(PoseRefinement, AGpuMovesTheCamerasAsTheCpuDoes) {
  SyntheticSet set;
  PutOff(set.dataset, FreeViews(set.dataset));
  const TrainResult cpu = TrainOn(CpuBackend(), set.dataset, Config("on", 60), {});
  const TrainResult gpu = TrainOn(EmulatedGpu(), set.dataset, Config("on", 60), {});
  double largest = 0;
  for (size_t view = 0; view < cpu.motions.size(); ++view) {
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_NEAR(gpu.motions[view][i], cpu.motions[view][i], 1e-3) << view << " " << i;
      largest = std::max(largest, std::abs(cpu.motions[view][i]));
    }
  }
  EXPECT_GT(largest, 0.01);
}

TEST(PoseRefinement, RefusesSeveralRanks) {
  SyntheticSet set;
  Ranks ranks;
  ranks.count = 2;
  ranks.sum = [](const KernelContext&, const torch::Tensor&) {};
  EXPECT_NE(ErrorMessageOf([&] {
              TrainOn(CpuBackend(), set.dataset, Config("on"), {}, ranks);
            }).find("several ranks cannot refine poses yet"),
            std::string::npos);
}

TEST(PoseRefinement, ATrainingGoesOnWithTheOptionThatItBeganWithOnly) {
  SyntheticSet set;
  for (const char* begun : {"off", "on"}) {
    for (const char* refine : {"off", "on", "auto"}) {
      SCOPED_TRACE(StrCat("begun with ", begun, ", goes on with ", refine));
      TrainState state = InitialState(CpuBackend(), set.dataset, Config(begun, 2));
      const auto go_on = [&] { ContinueTraining(state, CpuBackend(), set.dataset, Config(refine, 2), {}); };
      if (std::string(begun) == refine) {
        EXPECT_NO_THROW(go_on());
      } else {
        EXPECT_THROW(go_on(), Error);
        EXPECT_EQ(state.step, 0);
      }
    }
  }
  EXPECT_THROW(InitialState(CpuBackend(), set.dataset, Config("auto")), Error);
}

// With the scene as it is, held-out cameras find their place.
void ExpectFoundPoses(const Backend& backend, int resolution_levels, double most_error) {
  SyntheticSet set;
  const data::Dataset truth = set.dataset;
  PoseFit fit;
  fit.dataset = &set.dataset;
  fit.views = set.dataset.ViewsOf(Split::kTest);
  if (backend.is_device) fit.views.resize(1);
  fit.config = Config("on");
  fit.config.resolution_levels = resolution_levels;
  PutOff(set.dataset, fit.views);
  const double before = set.TestPsnr(set.truth);
  const std::vector<Twist> motions = FitPoses(backend, set.truth, fit, nullptr);
  set.dataset = WithMotions(set.dataset, motions);
  EXPECT_LT(PoseError(set.dataset, truth, fit.views), most_error);
  EXPECT_GT(set.TestPsnr(set.truth), before + (backend.is_device ? 3 : 14)) << "over all held-out views";
  for (const int view : truth.ViewsOf(Split::kTrain)) EXPECT_EQ(motions[size_t(view)], Twist{});
}

TEST(FitPoses, FindsThePosesOfPhotosOfAScene) {
  for (const Backend& backend : {CpuBackend(), EmulatedGpu()}) {
    ExpectFoundPoses(backend, 0, 0.5);
    ExpectFoundPoses(backend, 1, 0.65);  // the first steps are by smaller photos
  }
}

// A pose that is right is kept: no step away from it has a smaller loss.
TEST(FitPoses, LeavesTruePosesAlone) {
  SyntheticSet set;
  PoseFit fit;
  fit.dataset = &set.dataset;
  fit.views = set.dataset.ViewsOf(Split::kTest);
  fit.config = Config("on");
  const double before = set.TestPsnr(set.truth);
  set.dataset = WithMotions(set.dataset, FitPoses(CpuBackend(), set.truth, fit, nullptr));
  EXPECT_GT(set.TestPsnr(set.truth), before - 0.01);
}

}  // namespace
}  // namespace splat::train
