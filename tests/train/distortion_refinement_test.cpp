// A radial distortion that the lens does not have is taken back while the scene is trained, a right lens stays, and
// nothing else changes.
#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
#include "data/dataset/changed_lens.h"
#include "tests/support/error_message.h"
#include "tests/support/ring_set.h"
#include "tests/support/step_bench.h"
#include "train/pose_refinement.h"
#include "train/trainer.h"

namespace splat::train {
namespace {

using splat::testing::EmulatedGpu;
using splat::testing::ErrorMessageOf;
using splat::testing::ExpectEqualBits;
using splat::testing::RingSet;
using splat::testing::TrainFromTruth;

constexpr double kOff = 0.04;  // moves a corner by a pixel and a half

struct Refined {
  const char* poses = "off";
  const char* focal = "off";
  const char* distortion = "on";
};

TrainConfig Config(const Refined& refined, int iterations) {
  TrainConfig config;
  config.iterations = iterations;
  config.init.sh_degree = 0;
  config.poses.refine = refined.poses;
  config.poses.focal = refined.focal;
  config.poses.distortion = refined.distortion;
  config.poses.from = 0;
  config.density.refine_from = config.density.refine_until = 0;
  return config;
}

// The photos have no distortion, and the lenses are said to have these.
struct DistortedSet : RingSet {
  explicit DistortedSet(const std::vector<double>& distortions) {
    dataset = data::WithRadialChanges(dataset, distortions);
  }
};

TEST(DistortionRefinement, DistortionsThatAreOffComeBackAndRightOnesStay) {
  for (const char* poses : {"off", "on"}) {
    for (const double off : {kOff, -kOff, 0.0}) {
      SCOPED_TRACE(::testing::Message() << "poses " << poses << ", distortion off by " << off);
      DistortedSet set({off});
      const double before = set.TestPsnr(TrainFromTruth(CpuBackend(), set, Config({poses, "off", "off"}, 1000)).model);
      const TrainResult result = TrainFromTruth(CpuBackend(), set, Config({poses, "off", "on"}, 1000));
      ASSERT_EQ(result.distortion_changes.size(), 1u);
      const double left = result.distortion_changes[0] + off;
      RecordProperty(StrCat("left_", poses, "_", off), std::to_string(left));
      EXPECT_LT(std::abs(left), off == 0 ? 1e-9 : 0.2 * kOff);
      set.dataset = data::WithRadialChanges(set.dataset, result.distortion_changes);
      const double after = set.TestPsnr(result.model);
      RecordProperty(StrCat("psnr_", poses, "_", off), StrCat(before, " ", after));
      EXPECT_GT(after, before + (off == 0 ? -1e-9 : 3)) << before;
    }
  }
}

// Both are radial, and a wrong distortion must not become a wrong focal length.
TEST(DistortionRefinement, ComesBackBesideTheFocalLength) {
  for (const double focal : {0.0, 0.02}) {
    DistortedSet set({kOff});
    set.dataset = WithFocalChanges(set.dataset, {focal});
    const TrainResult result = TrainFromTruth(CpuBackend(), set, Config({"off", "on", "on"}, 1000));
    RecordProperty(StrCat("left_", focal), StrCat(result.distortion_changes[0] + kOff * std::exp(2 * focal), " ",
                                                  result.focal_changes[0] + focal));
    EXPECT_NEAR(result.distortion_changes[0], -kOff * std::exp(2 * focal), 0.25 * kOff);
    EXPECT_NEAR(result.focal_changes[0], -focal, 0.004);
  }
}

// What structure from motion knows of the cameras, exactly: its points are seen at the places that it has measured.
TEST(DistortionRefinement, PointsThatPhotosSeeTellTheDistortion) {
  RingSet set;
  for (data::View& view : set.dataset.views) {
    for (size_t i = 0; i < set.dataset.points.positions.size(); ++i) {
      const Vec3<double> seen = view.camera.camera_from_world * set.dataset.points.positions[i];
      const double u = seen.x / seen.z, v = seen.y / seen.z;
      if (seen.z > 0.5 && std::hypot(u, v) < 1) view.observations.push_back({i, u, v});
    }
  }
  set.dataset = data::WithRadialChanges(set.dataset, {kOff});
  for (const char* poses : {"off", "on"}) {
    TrainConfig config = Config({poses, "off", "on"}, 300);
    config.poses.track_weight = 1;
    const TrainResult result = TrainOn(CpuBackend(), set.dataset, config, {});
    EXPECT_NEAR(result.distortion_changes[0], -kOff, 0.1 * kOff) << poses;
  }
}

// Off is off, and a lens that makes no step changes no bit.
TEST(DistortionRefinement, CostsNoBitWhereItIsOffOrMovesNothing) {
  RingSet set;
  for (const char* poses : {"off", "on"}) {
    TrainConfig config = Config({poses, "off", "on"}, 60), still = Config({poses, "off", "off"}, 60);
    config.poses.until = still.poses.until = 0;
    const TrainResult on = TrainOn(CpuBackend(), set.dataset, config, {}),
                      off = TrainOn(CpuBackend(), set.dataset, still, {});
    EXPECT_TRUE(off.distortion_changes.empty());
    EXPECT_EQ(on.distortion_changes, std::vector<double>{0});
    ExpectEqualBits(off.model, on.model);
  }
}

TEST(DistortionRefinement, EqualSeedsGiveEqualBitsAtAnyNumberOfThreads) {
  const DistortedSet set({kOff});
  TrainConfig config = Config({"on", "on", "on"}, 100);
  config.threads = 1;
  const TrainResult one = TrainFromTruth(CpuBackend(), set, config);
  config.threads = 3;
  const TrainResult three = TrainFromTruth(CpuBackend(), set, config);
  EXPECT_NE(one.distortion_changes[0], 0);
  EXPECT_EQ(one.distortion_changes, three.distortion_changes);
  ExpectEqualBits(one.model, three.model);
}

// Each lens has its own distortion, and one whose distortion is a polynomial of an angle keeps it.
TEST(DistortionRefinement, EachLensHasItsOwn) {
  RingSet set;
  for (size_t i = 0; i < set.dataset.views.size(); ++i) set.dataset.views[i].lens = int(i % 3);
  set.dataset = data::WithRadialChanges(set.dataset, {kOff, -kOff, 0});
  for (data::View& view : set.dataset.views) {
    if (view.lens == 2) view.intrinsics = {data::CameraModel::kOpenCvFisheye, 72, 56, {50, 50, 36, 28, 0, 0, 0, 0}};
  }
  const TrainResult result = TrainFromTruth(CpuBackend(), set, Config({}, 1000));
  ASSERT_EQ(result.distortion_changes.size(), 3u);
  EXPECT_LT(result.distortion_changes[0], -0.2 * kOff);
  EXPECT_GT(result.distortion_changes[1], 0.2 * kOff);
  EXPECT_EQ(result.distortion_changes[2], 0);
}

// What a GPU has kept of the photos is dropped as well.
TEST(DistortionRefinement, AGpuChangesTheDistortionAsTheCpuDoes) {
  const DistortedSet set({kOff});
  const TrainConfig config = Config({"on", "off", "on"}, 90);
  const TrainResult cpu = TrainFromTruth(CpuBackend(), set, config), gpu = TrainFromTruth(EmulatedGpu(), set, config);
  EXPECT_LT(cpu.distortion_changes[0], -0.6 * kOff);
  EXPECT_NEAR(gpu.distortion_changes[0], cpu.distortion_changes[0], 0.05 * kOff);
}

TEST(DistortionRefinement, RefusesSeveralRanks) {
  RingSet set;
  Ranks ranks;
  ranks.count = 2;
  ranks.sum = [](const KernelContext&, const torch::Tensor&) {};
  const auto train = [&] { TrainOn(CpuBackend(), set.dataset, Config({}, 2), {}, ranks); };
  EXPECT_NE(ErrorMessageOf(train).find("several ranks cannot refine distortions yet"), std::string::npos);
}

TEST(DistortionRefinement, ATrainingGoesOnWithTheOptionThatItBeganWithOnly) {
  RingSet set;
  for (const char* begun : {"off", "on"}) {
    for (const char* distortion : {"off", "on"}) {
      SCOPED_TRACE(StrCat("begun with ", begun, ", goes on with ", distortion));
      TrainState state = InitialState(CpuBackend(), set.dataset, Config({"off", "off", begun}, 2));
      const auto go_on = [&] {
        ContinueTraining(state, CpuBackend(), set.dataset, Config({"off", "off", distortion}, 2), {});
      };
      if (std::string(begun) == distortion) {
        EXPECT_NO_THROW(go_on());
      } else {
        EXPECT_NE(ErrorMessageOf(go_on).find("--refine-distortion"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace splat::train
