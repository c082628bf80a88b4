// The schedule says what changes in the course of a run, except for the learning rates (train/learning_rates.h), as
// pure functions of the step. Steps count from 1, the first, to `steps`, the last. Options that are steps mean those of
// a run of 30,000 and are scaled to the run's length; a run of 30,000 keeps them as they are.
#pragma once

#include "train/settings/config.h"

namespace splat::train {

constexpr int kReferenceSteps = 30000;

// Returns an option in steps of the reference run in steps of this one, rounded.
int ScaledSteps(int option, int steps);

// Returns the step after which something begins: after `from` of the reference run's steps, but in a short run not
// before the splats have settled, which is after a share of the run or `from` steps of its own, whichever is less.
int BeginningOf(int from, double share, int steps);

// Returns the degree of the spherical harmonics in use. It is 0 at first, and one more every `every` (scaled, at least
// 1) steps up to `max_degree`; `every` = 0 gives max_degree at once. With the default 1000 all four are in use after a
// tenth of the run.
int ShDegreeAt(int step, int steps, int every, int max_degree);

// The image is trained at 1 / DownscaleAt of its resolution: DownscaleAt is 2^levels at first, halves at equal
// intervals, and is 1 from a third of the run on. With 2 levels the resolution is a quarter in the first sixth and half
// in the second.
int DownscaleAt(int step, int steps, int levels);

// The largest number of halvings, at most 2, after which the longer side still has 320 pixels.
int ChooseResolutionLevels(int width, int height);

// The steps in which poses move: after `from`, up to `until`.
struct PoseWindow {
  int from = 0, until = 0;

  bool Contains(int step) const { return step > from && step <= until; }
};
// Returns those of a run. They begin after config.from (of 30,000) steps, but in a short run not before the splats have
// settled: after a share of the run or config.from steps of its own, whichever is less.
PoseWindow PoseWindowOf(const PoseConfig& config, int steps);

// Returns the steps in which distortions of lenses change: all but the first third of those in which poses move,
// because a scene that is not sharp yet asks for another distortion.
PoseWindow DistortionWindowOf(const PoseConfig& config, int steps);

// What a step of that window does for the distortions of lenses: nothing; look at what the photo says of them; or that,
// and at its end change them, for which all photos are undistorted anew.
enum class DistortionStep { kNone, kLook, kChange };
// They change at most eight times, after equal numbers of passes over the `photos`, two or more each. Of these the last
// one is looked at: the scene follows the change before in the others. A window of a single pass has one change.
DistortionStep DistortionStepAt(const PoseWindow& window, int step, int photos);

// When splats are densified. Beyond scaling, short runs differ in this, so that they neither densify on the large
// gradients of a model that has not settled nor look at too few views:
// - the first densification step waits for 15 % of the run, or for the option's own number of steps if that is less;
// - densification steps are as far apart as the option says, or nearer (but at least 25 steps) where the run has no
//   room for as many as the strategy wants (StrategyKind::wanted_densifications).
class DensitySchedule {
 public:
  DensitySchedule(const DensityConfig& config, int steps, int wanted_densifications);

  // Whether splats are added and removed after this step.
  bool Densifies(int step) const;
  // Whether the screen gradients of this step count for a later densification step.
  bool Collects(int step) const { return step < refine_until_; }

  int steps() const { return steps_; }  // of the run
  // The scaled options, in steps of this run.
  int refine_from() const { return refine_from_; }
  int refine_until() const { return refine_until_; }
  int refine_every() const { return refine_every_; }

 private:
  int steps_, refine_from_, refine_until_, refine_every_;
};

}  // namespace splat::train
