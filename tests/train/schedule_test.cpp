#include "train/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "train/density/strategies.h"

namespace splat::train {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

template <typename Predicate>
std::vector<int> StepsWhere(int steps, const Predicate& predicate) {
  std::vector<int> found;
  for (int step = 1; step <= steps; ++step) {
    if (predicate(step)) found.push_back(step);
  }
  return found;
}

std::vector<int> Densifications(const DensitySchedule& schedule, int steps) {
  return StepsWhere(steps, [&](int step) { return schedule.Densifies(step); });
}

// The schedule of a run by the strategy of the config.
DensitySchedule Schedule(const DensityConfig& config, int steps) {
  return {config, steps, StrategyNamed(config.strategy).wanted_densifications};
}

TEST(ShDegreeAtTest, RisesEveryThousandStepsOfThirtyThousand) {
  EXPECT_EQ(ShDegreeAt(999, 30000, 1000, 3), 0);
  EXPECT_EQ(ShDegreeAt(1000, 30000, 1000, 3), 1);
  EXPECT_EQ(ShDegreeAt(2999, 30000, 1000, 3), 2);
  EXPECT_EQ(ShDegreeAt(3000, 30000, 1000, 3), 3);
  EXPECT_EQ(ShDegreeAt(30000, 30000, 1000, 3), 3);
  EXPECT_EQ(ShDegreeAt(30000, 30000, 1000, 1), 1);
}

TEST(ShDegreeAtTest, ShortRunsUseAllDegreesForMostOfTheirSteps) {
  for (int steps : {10, 100, 500, 2000, 7000}) {
    EXPECT_EQ(ShDegreeAt(1, steps, 1000, 3), steps >= 45 ? 0 : 1) << steps;
    EXPECT_EQ(ShDegreeAt((steps * 6 + 9) / 10, steps, 1000, 3), 3) << steps;
  }
  EXPECT_EQ(ShDegreeAt(1, 1, 1000, 3), 1);
  EXPECT_EQ(ShDegreeAt(1, 30000, 0, 3), 3);
}

TEST(DownscaleAtTest, DoublesAtEqualIntervalsOfTheFirstThird) {
  const auto first_steps = [](int steps, int levels) {
    std::vector<int> changes;
    for (int step = 2; step <= steps; ++step) {
      if (DownscaleAt(step, steps, levels) != DownscaleAt(step - 1, steps, levels)) changes.push_back(step);
    }
    return changes;
  };
  EXPECT_THAT(first_steps(30000, 2), ElementsAre(5000, 10000));
  EXPECT_THAT(first_steps(6000, 1), ElementsAre(2000));
  EXPECT_EQ(DownscaleAt(1, 30000, 2), 4);
  EXPECT_EQ(DownscaleAt(5000, 30000, 2), 2);
  EXPECT_EQ(DownscaleAt(10000, 30000, 2), 1);
  EXPECT_EQ(DownscaleAt(1, 30000, 0), 1);
}

TEST(DownscaleAtTest, TheLastStepIsAlwaysAtFullResolution) {
  for (int steps : {1, 2, 3, 5, 10, 500}) {
    for (int levels = 0; levels <= 4; ++levels) EXPECT_EQ(DownscaleAt(steps, steps, levels), 1) << steps;
  }
}

TEST(ChooseResolutionLevelsTest, KeepsTheSmallestImageAbove320Pixels) {
  EXPECT_EQ(ChooseResolutionLevels(639, 480), 0);
  EXPECT_EQ(ChooseResolutionLevels(640, 427), 1);
  EXPECT_EQ(ChooseResolutionLevels(427, 640), 1);
  EXPECT_EQ(ChooseResolutionLevels(1280, 720), 2);
  EXPECT_EQ(ChooseResolutionLevels(8000, 6000), 2);
  EXPECT_EQ(ChooseResolutionLevels(1, 1), 0);
}

TEST(PoseWindowTest, LastsFromTheOptionToAShareOfTheRun) {
  const PoseWindow window = PoseWindowOf({}, 30000);
  EXPECT_EQ(window.from, 500);
  EXPECT_EQ(window.until, 24000);
  EXPECT_FALSE(window.Contains(500) || window.Contains(24001));
  EXPECT_TRUE(window.Contains(501) && window.Contains(24000));
}

TEST(PoseWindowTest, AShortRunWaitsForAShareOfIt) {
  PoseConfig config;
  EXPECT_EQ(PoseWindowOf(config, 2000).from, 400);
  EXPECT_EQ(PoseWindowOf(config, 4000).from, 500);
  EXPECT_EQ(PoseWindowOf(config, 100000).from, 1667);
  config.from = 0;
  EXPECT_EQ(PoseWindowOf(config, 2000).from, 0);
}

std::vector<int> DistortionSteps(const PoseWindow& window, int photos) {
  std::vector<int> steps;
  for (int step = 0; step <= window.until + photos; ++step) {
    if (DistortionStepAt(window, step, photos) == DistortionStep::kChange) steps.push_back(step);
  }
  return steps;
}

TEST(DistortionScheduleTest, BeginsAfterAThirdOfTheStepsInWhichPosesMove) {
  const PoseWindow window = DistortionWindowOf({}, 30000);
  EXPECT_EQ(window.from, 500 + 23500 / 3);
  EXPECT_EQ(window.until, 24000);
}

TEST(DistortionScheduleTest, ChangesEightTimesAfterWholePassesOverThePhotos) {
  EXPECT_EQ(DistortionSteps({200, 800}, 6), (std::vector<int>{272, 350, 422, 500, 572, 650, 722, 800}));
  EXPECT_EQ(DistortionSteps({200, 800}, 30), (std::vector<int>{260, 350, 410, 500, 560, 650, 710, 800}));
}

TEST(DistortionScheduleTest, AShortRunChangesAfterTwoPassesOrOnce) {
  EXPECT_EQ(DistortionSteps({200, 800}, 80), (std::vector<int>{360, 520, 760}));
  EXPECT_EQ(DistortionSteps({200, 800}, 250), (std::vector<int>{700}));
  EXPECT_EQ(DistortionSteps({200, 800}, 600), (std::vector<int>{800}));
  EXPECT_EQ(DistortionSteps({200, 800}, 601), std::vector<int>{});
  EXPECT_EQ(DistortionSteps({200, 0}, 10), std::vector<int>{});
  EXPECT_EQ(DistortionSteps({200, 800}, 0), std::vector<int>{});
}

TEST(DistortionScheduleTest, LooksAtEachPhotoOnceBeforeAChange) {
  int looked = 0;
  for (int step = 200; step <= 360; ++step) {
    const DistortionStep what = DistortionStepAt({200, 800}, step, 80);
    EXPECT_EQ(what != DistortionStep::kNone, step > 280) << step;
    looked += what != DistortionStep::kNone ? 1 : 0;
  }
  EXPECT_EQ(looked, 80);
}

TEST(DensityScheduleTest, ThirtyThousandStepsGiveThePublishedNumbers) {
  const DensitySchedule schedule = Schedule({}, 30000);
  EXPECT_EQ(schedule.refine_from(), 500);
  EXPECT_EQ(schedule.refine_until(), 15000);
  EXPECT_EQ(schedule.refine_every(), 100);
  const std::vector<int> densifications = Densifications(schedule, 30000);
  EXPECT_EQ(densifications.front(), 600);
  EXPECT_EQ(densifications.back(), 14900);
  EXPECT_THAT(densifications, SizeIs(144));
  EXPECT_TRUE(schedule.Collects(14999));
  EXPECT_FALSE(schedule.Collects(15000));
}

TEST(DensityScheduleTest, LongerRunsScaleUp) {
  const DensitySchedule schedule = Schedule({}, 60000);
  EXPECT_EQ(schedule.refine_every(), 200);
}

TEST(DensityScheduleTest, SevenThousandStepsSettleFirst) {
  const DensitySchedule schedule = Schedule({}, 7000);
  EXPECT_EQ(schedule.refine_from(), 500);
  EXPECT_EQ(schedule.refine_until(), 3500);
  EXPECT_EQ(schedule.refine_every(), 100);
}

TEST(DensityScheduleTest, TwoThousandStepsDensifyEightTimes) {
  const DensitySchedule schedule = Schedule({}, 2000);
  EXPECT_EQ(schedule.refine_from(), 300);
  EXPECT_EQ(schedule.refine_until(), 1000);
  EXPECT_EQ(schedule.refine_every(), 87);
  EXPECT_THAT(Densifications(schedule, 2000), ElementsAre(348, 435, 522, 609, 696, 783, 870, 957));
}

TEST(DensityScheduleTest, ShortRunsRelocateOften) {
  DensityConfig config;
  config.strategy = "mcmc";
  config.refine_until = 25000;
  EXPECT_EQ(Schedule(config, 30000).refine_every(), 100);
  EXPECT_EQ(Schedule(config, 7000).refine_every(), 66);
  EXPECT_EQ(Schedule(config, 2000).refine_every(), 25);
}

TEST(DensityScheduleTest, VeryShortRunsStayInBounds) {
  const DensitySchedule five_hundred = Schedule({}, 500);
  EXPECT_THAT(Densifications(five_hundred, 500), ElementsAre(100, 125, 150, 175, 200, 225));
  const DensitySchedule one = Schedule({}, 1);
  EXPECT_THAT(Densifications(one, 1), IsEmpty());
  EXPECT_FALSE(one.Collects(1));
}

TEST(DensityScheduleTest, OptionsOfTheUserHold) {
  DensityConfig config;
  config.refine_every = 10;
  EXPECT_EQ(Schedule(config, 30000).refine_every(), 10);
  EXPECT_EQ(Schedule(config, 2000).refine_every(), 10);
  config = {};
  config.refine_from = config.refine_until = 0;
  EXPECT_THAT(Densifications(Schedule(config, 2000), 2000), IsEmpty());
}

}  // namespace
}  // namespace splat::train
