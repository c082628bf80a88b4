// Focal lengths that are off come back while the scene is trained, right ones stay, and nothing else changes.
#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
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

TrainConfig Config(const char* poses, const char* focal, int iterations) {
  TrainConfig config;
  config.iterations = iterations;
  config.init.sh_degree = 0;
  config.poses.refine = poses;
  config.poses.focal = focal;
  config.poses.from = 0;
  config.density.refine_from = config.density.refine_until = 0;
  return config;
}

TEST(FocalRefinement, FocalLengthsThatAreOffComeBackAndRightOnesStay) {
  for (const char* poses : {"off", "on"}) {
    for (const double off : {0.02, -0.02, 0.0}) {
      SCOPED_TRACE(::testing::Message() << "poses " << poses << ", focal length off by " << off);
      RingSet set;
      set.dataset = WithFocalChanges(set.dataset, {off});
      const double before = set.TestPsnr(TrainFromTruth(CpuBackend(), set, Config(poses, "off", 800)).model);
      const TrainResult result = TrainFromTruth(CpuBackend(), set, Config(poses, "on", 800));
      ASSERT_EQ(result.focal_changes.size(), 1u);
      const double left = result.focal_changes[0] + off;
      RecordProperty(StrCat("left_", poses, "_", off), std::to_string(left));
      EXPECT_LT(std::abs(left), off == 0 ? 0.001 : 0.003);
      set.dataset = WithFocalChanges(set.dataset, result.focal_changes);
      const double after = set.TestPsnr(result.model);
      EXPECT_GT(after, before + (off == 0 ? -1 : 4)) << before;
    }
  }
}

// What structure from motion knows of the cameras, exactly: the pixels do not change with the focal length.
TEST(FocalRefinement, PointsThatPhotosSeeTellTheFocalLength) {
  RingSet set;
  for (data::View& view : set.dataset.views) {
    for (size_t i = 0; i < set.dataset.points.positions.size(); ++i) {
      const Vec3<double> seen = view.camera.camera_from_world * set.dataset.points.positions[i];
      if (seen.z > 0.5) view.observations.push_back({i, seen.x / seen.z, seen.y / seen.z});
    }
  }
  set.dataset = WithFocalChanges(set.dataset, {0.02});
  for (const char* poses : {"off", "on"}) {
    const TrainResult result = TrainOn(CpuBackend(), set.dataset, Config(poses, "on", 200), {});
    EXPECT_NEAR(result.focal_changes[0], -0.02, 0.001) << poses;
  }
}

// Off is off, and a lens that makes no step changes no bit.
TEST(FocalRefinement, CostsNoBitWhereItIsOffOrMovesNothing) {
  RingSet set;
  for (const char* poses : {"off", "on"}) {
    TrainConfig config = Config(poses, "on", 60);
    config.poses.until = 0;
    const TrainResult off = TrainOn(CpuBackend(), set.dataset, Config(poses, "off", 60), {});
    EXPECT_TRUE(off.focal_changes.empty());
    TrainConfig still = Config(poses, "off", 60);
    still.poses.until = 0;
    ExpectEqualBits(TrainOn(CpuBackend(), set.dataset, still, {}).model,
                    TrainOn(CpuBackend(), set.dataset, config, {}).model);
  }
}

TEST(FocalRefinement, EqualSeedsGiveEqualBitsAtAnyNumberOfThreads) {
  RingSet set;
  set.dataset = WithFocalChanges(set.dataset, {0.02});
  TrainConfig config = Config("on", "on", 60);
  config.threads = 1;
  const TrainResult one = TrainOn(CpuBackend(), set.dataset, config, {});
  config.threads = 3;
  const TrainResult three = TrainOn(CpuBackend(), set.dataset, config, {});
  EXPECT_NE(one.focal_changes[0], 0);
  EXPECT_EQ(one.focal_changes, three.focal_changes);
  ExpectEqualBits(one.model, three.model);
}

// Each lens has its own focal length, and one whose distortion is a polynomial of an angle keeps it.
TEST(FocalRefinement, EachLensHasItsOwn) {
  RingSet set;
  for (size_t i = 0; i < set.dataset.views.size(); ++i) set.dataset.views[i].lens = int(i % 3);
  set.dataset = WithFocalChanges(set.dataset, {0.02, -0.02, 0.02});
  for (data::View& view : set.dataset.views) {
    if (view.lens == 2) view.intrinsics.model = data::CameraModel::kOpenCvFisheye;
  }
  TrainConfig config = Config("off", "on", 200);
  config.poses.until = 0.2;
  const TrainResult result = TrainFromTruth(CpuBackend(), set, config);
  ASSERT_EQ(result.focal_changes.size(), 3u);
  EXPECT_LT(result.focal_changes[0], -0.004);
  EXPECT_GT(result.focal_changes[1], 0.004);
  EXPECT_EQ(result.focal_changes[2], 0);
}

// The emulated GPU uses each photo a step later than the CPU does; that changes little.
TEST(FocalRefinement, AGpuChangesTheFocalLengthAsTheCpuDoes) {
  RingSet set;
  set.dataset = WithFocalChanges(set.dataset, {0.02});
  const TrainConfig config = Config("on", "on", 40);
  const double cpu = TrainFromTruth(CpuBackend(), set, config).focal_changes[0];
  const double gpu = TrainFromTruth(EmulatedGpu(), set, config).focal_changes[0];
  EXPECT_LT(cpu, -0.01);
  EXPECT_NEAR(gpu, cpu, 0.002);
}

TEST(FocalRefinement, RefusesSeveralRanks) {
  RingSet set;
  Ranks ranks;
  ranks.count = 2;
  ranks.sum = [](const KernelContext&, const torch::Tensor&) {};
  const auto train = [&] { TrainOn(CpuBackend(), set.dataset, Config("off", "on", 2), {}, ranks); };
  EXPECT_NE(ErrorMessageOf(train).find("several ranks cannot refine focal lengths yet"), std::string::npos);
}

TEST(FocalRefinement, ATrainingGoesOnWithTheOptionThatItBeganWithOnly) {
  RingSet set;
  for (const char* begun : {"off", "on"}) {
    for (const char* focal : {"off", "on"}) {
      SCOPED_TRACE(StrCat("begun with ", begun, ", goes on with ", focal));
      TrainState state = InitialState(CpuBackend(), set.dataset, Config("off", begun, 2));
      const auto go_on = [&] { ContinueTraining(state, CpuBackend(), set.dataset, Config("off", focal, 2), {}); };
      if (std::string(begun) == focal) {
        EXPECT_NO_THROW(go_on());
      } else {
        EXPECT_NE(ErrorMessageOf(go_on).find("--refine-focal"), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace splat::train
