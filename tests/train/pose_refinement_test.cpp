// Cameras whose poses are off come back while the scene is trained, true ones stay, and nothing else moves.
#include "train/pose_refinement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/random.h"
#include "rasterizer/torch/render.h"
#include "tests/support/error_message.h"
#include "tests/support/step_bench.h"
#include "tests/support/synthetic_set.h"
#include "train/fit_poses.h"
#include "train/pose_gauge.h"
#include "train/train_step.h"
#include "train/trainer.h"
#include "train/update.h"

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

// Returns the error of the training cameras after what they have in common is taken out, since nothing can tell where
// the scene is.
double TrainingError(const data::Dataset& dataset, const data::Dataset& truth) {
  const std::vector<int> views = truth.ViewsOf(Split::kTrain);
  std::vector<Rigid3> poses;
  std::vector<Twist> motions;
  for (const int view : views) {
    poses.push_back(truth.views[size_t(view)].camera.camera_from_world);
    motions.push_back(
        LogOfMotion(Compose(dataset.views[size_t(view)].camera.camera_from_world, Inverse(poses.back()))));
  }
  CenterMotions(poses, 4, motions);
  data::Dataset centered = truth;
  for (size_t i = 0; i < views.size(); ++i) {
    centered.views[size_t(views[i])].camera.camera_from_world = Compose(ExpTwist(motions[i]), poses[i]);
  }
  return PoseError(centered, truth, views);
}

TEST(PoseRefinement, CamerasThatAreOffComeBackAndTheSceneGetsSharper) {
  SyntheticSet set;
  const data::Dataset truth = set.dataset;
  PutOff(set.dataset, truth.ViewsOf(Split::kTrain));
  const double before = TrainingError(set.dataset, truth);
  EXPECT_GT(before, 0.6);
  const double off = set.TestPsnr(TrainOn(CpuBackend(), set.dataset, Config("off"), {}).model);
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config("on"), {});
  const double on = set.TestPsnr(result.model);
  const double error = TrainingError(WithMotions(set.dataset, result.motions), truth);
  RecordProperty("error", std::to_string(error / before));
  EXPECT_LT(error, 0.5 * before) << "a turn and a shift show nearly the same on so narrow an arc";
  EXPECT_GT(on, off + 1) << off;
}

TEST(PoseRefinement, CamerasThatAreRightStay) {
  SyntheticSet set;
  const data::Dataset truth = set.dataset;
  const double off = set.TestPsnr(TrainOn(CpuBackend(), set.dataset, Config("off"), {}).model);
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config("on"), {});
  EXPECT_LT(TrainingError(WithMotions(set.dataset, result.motions), truth), 0.05);  // 0.016
  EXPECT_GT(set.TestPsnr(result.model), off - 0.5) << off << ": held-out cameras stay where they are";
}

// What structure from motion would know of the true cameras.
void AddObservations(data::Dataset& dataset) {
  for (data::View& view : dataset.views) {
    for (size_t i = 0; i < dataset.points.positions.size(); ++i) {
      const Vec3<double> seen = view.camera.camera_from_world * dataset.points.positions[i];
      view.observations.push_back({i, seen.x / seen.z, seen.y / seen.z});
    }
  }
}

TEST(PoseRefinement, CamerasComeBackWithPointsThatPhotosSeeAsWell) {
  SyntheticSet set;
  const data::Dataset truth = set.dataset;
  AddObservations(set.dataset);
  PutOff(set.dataset, truth.ViewsOf(Split::kTrain));
  const auto error_with = [&](double weight) {
    TrainConfig config = Config("on", 800);
    config.poses.track_weight = weight;
    const TrainResult result = TrainOn(CpuBackend(), set.dataset, config, {});
    return TrainingError(WithMotions(set.dataset, result.motions), truth);
  };
  const double with_points = error_with(PoseConfig{}.track_weight), without = error_with(0);
  EXPECT_LT(with_points, 0.1);  // 0.024
  EXPECT_LT(without, 0.4);      // 0.35
}

// A set that says nothing of its poses, and what a training on it logs.
struct UnknownPoses : SyntheticSet {
  UnknownPoses() { dataset.reprojection_error_px = -1; }

  TrainResult Train(const Backend& backend, const char* refine) {
    TrainCallbacks callbacks;
    callbacks.log = [&](LogLevel, const std::string& text) { log += text + "\n"; };
    return TrainOn(backend, dataset, Config(refine, 300), callbacks);
  }

  std::string log;
};
constexpr char kEnded[] = "the poses are right, off";

TEST(PoseRefinement, AutoEndsWherePosesAreRightAndLeavesThemAsTheyWere) {
  for (const Backend& backend : {CpuBackend(), EmulatedGpu()}) {
    UnknownPoses set;
    const TrainResult result = set.Train(backend, "auto");
    EXPECT_NE(set.log.find(kEnded), std::string::npos) << set.log;
    EXPECT_TRUE(result.motions.empty());
    EXPECT_EQ(result.refine_poses, "off");
  }
}

TEST(PoseRefinement, AutoGoesOnWherePosesAreOff) {
  UnknownPoses set;
  PutOff(set.dataset, set.dataset.ViewsOf(Split::kTrain));
  const TrainResult result = set.Train(CpuBackend(), "auto");
  EXPECT_EQ(set.log.find(kEnded), std::string::npos) << set.log;
  EXPECT_EQ(result.refine_poses, "on");
  EXPECT_EQ(result.motions, set.Train(CpuBackend(), "on").motions);
}

TEST(PoseRefinement, HeldOutCamerasStayAndOthersDoNot) {
  SyntheticSet set;
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config("on", 200), {});
  ASSERT_EQ(result.motions.size(), set.dataset.views.size());
  for (size_t view = 0; view < result.motions.size(); ++view) {
    EXPECT_EQ(result.motions[view] != Twist{}, set.dataset.views[view].split == Split::kTrain) << view;
  }
}

TEST(PoseRefinement, MotionsHaveNothingInCommon) {
  SyntheticSet set;
  const std::vector<int> training = set.dataset.ViewsOf(Split::kTrain);
  PutOff(set.dataset, training);
  const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config("on", 200), {});
  std::vector<Rigid3> poses;
  std::vector<Twist> motions;
  for (const int view : training) {
    poses.push_back(set.dataset.views[size_t(view)].camera.camera_from_world);
    motions.push_back(result.motions[size_t(view)]);
  }
  std::vector<Twist> centered = motions;
  CenterMotions(poses, 4, centered);
  double largest = 0;
  for (size_t i = 0; i < motions.size(); ++i) {
    for (size_t k = 0; k < 6; ++k) {
      EXPECT_NEAR(centered[i][k], motions[i][k], 1e-5) << i << " " << k;
      largest = std::max(largest, std::abs(motions[i][k]));
    }
  }
  EXPECT_GT(largest, 0.005);
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
    now = state.motions.views;
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

// The emulated GPU moves each camera a step later than the CPU does; that changes nothing but rounding.
TEST(PoseRefinement, AGpuMovesTheCamerasAsTheCpuDoes) {
  SyntheticSet set;
  PutOff(set.dataset, set.dataset.ViewsOf(Split::kTrain));
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

TEST(PoseRefinement, OfSeveralRanksIsRefusedAndAutoIsOff) {
  UnknownPoses set;
  Ranks ranks;
  ranks.count = 2;
  ranks.sum = [](const KernelContext&, const torch::Tensor&) {};
  TrainConfig config = Config("auto", 60);
  config.color.mode = "auto";
  EXPECT_EQ(TrainOn(CpuBackend(), set.dataset, config, {}, ranks).refine_poses, "off");
  EXPECT_NE(ErrorMessageOf([&] {
              TrainOn(CpuBackend(), set.dataset, Config("on"), {}, ranks);
            }).find("several ranks cannot refine poses yet"),
            std::string::npos);
}

TEST(PoseRefinement, ATrainingGoesOnWithTheOptionThatItBeganWithOnly) {
  SyntheticSet set;
  for (const char* begun : {"off", "on", "auto"}) {
    for (const char* refine : {"off", "on", "auto"}) {
      SCOPED_TRACE(StrCat("begun with ", begun, ", goes on with ", refine));
      TrainState state = InitialState(CpuBackend(), set.dataset, Config(begun, 2));
      const auto go_on = [&] { ContinueTraining(state, CpuBackend(), set.dataset, Config(refine, 2), {}); };
      if ((std::string(begun) == "off") == (std::string(refine) == "off") || std::string(refine) == "auto") {
        EXPECT_NO_THROW(go_on());
      } else {
        EXPECT_THROW(go_on(), Error);
        EXPECT_EQ(state.step, 0);
      }
    }
  }
}

// What a step says of a pose: the matrix is near that of Gauss and Newton with images that are rendered from moved
// cameras; it is made of one image, and what views differ in is left out.
TEST(PoseLoss, IsThatOfImagesFromMovedCameras) {
  SyntheticSet set;
  const torch::NoGradGuard no_grad;
  const Camera camera = set.dataset.views[5].camera;
  const RenderSettings settings = SettingsOf(set.truth, {0, 0, 0}, 0.2);
  const auto render = [&](const Twist& twist) {
    Camera moved = camera;
    moved.camera_from_world = Compose(ExpTwist(twist), camera.camera_from_world);
    return Render(set.truth, moved, settings).image.to(torch::kFloat64);
  };
  TrainStep step(CpuBackend(), {}, MakeNoUpdate());
  const torch::Tensor numbers = PoseLossOn(torch::kCPU);
  StepInput input;
  input.settings = settings;
  input.loss.ssim_weight = 0;
  input.target = {camera, torch::zeros({camera.height, camera.width, 3}, torch::kUInt8)};
  input.pose_loss = numbers.data_ptr<double>();
  step.AddView(set.truth, input);
  const PoseLoss actual = PoseLossOf(numbers.data_ptr<double>());
  const torch::Tensor image = render({}), weights = (image > 0) / image.clamp_min(0.02) / double(image.numel());
  std::vector<torch::Tensor> by_motion;
  for (size_t i = 0; i < 6; ++i) {
    Twist there{}, back{};
    there[i] = (i < 3 ? 4 : 1) * 2e-3;
    back[i] = -there[i];
    by_motion.push_back((render(there) - render(back)) / (2 * there[i]));
  }
  for (size_t i = 0; i < 6; ++i) {
    const double own = (weights * by_motion[i] * by_motion[i]).sum().item<double>();
    EXPECT_NEAR(actual.matrix[i][i] / own, 1, 0.25) << i;
    for (size_t j = 0; j < i; ++j) {
      const double other = (weights * by_motion[j] * by_motion[j]).sum().item<double>();
      const double expected = (weights * by_motion[i] * by_motion[j]).sum().item<double>();
      EXPECT_NEAR(actual.matrix[i][j] / std::sqrt(own * other), expected / std::sqrt(own * other), 0.2) << i << j;
    }
  }
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
