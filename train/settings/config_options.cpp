// What is known of each setting, in one place; the rows of densification are in train/density/strategies.cpp.
#include "core/format.h"
#include "core/instruction_set.h"
#include "core/option_groups.h"
#include "train/density/strategies.h"
#include "train/settings/config.h"
#include "train/settings/default_steps.h"

namespace splat::train {
namespace {

std::vector<Option> RunOptionsOf(TrainConfig& config) {
  return {
      Option("iterations", config.iterations, "Training steps")
          .Between(0, 10'000'000)
          .LeastStandsFor(FormatCount(kDefaultStepsCpu) + " on a CPU, " + FormatCount(kDefaultStepsCuda) + " on a GPU")
          .Flag("-n,--iterations N", kTrainingGroup),
      Option("seed", config.seed, "Seed of all randomness; the same gives the same scene on a CPU")
          .AtLeast(0)
          .Flag("--seed N", kTrainingGroup),
      Option("device", config.device, "Where to train: auto takes a GPU if there is one")
          .OneOf({"auto", "cpu", "cuda"})
          .Flag("--device auto|cpu|cuda", kMachineGroup),
      Option("threads", config.threads, "CPU threads, on which the result does not depend; 0: all cores")
          .Between(0, 1024)
          .Flag("--threads N", kMachineGroup),
      Option("instruction_set", config.instruction_set,
             "Kind of the CPU's vector instructions that the program computes with; auto takes the fastest that this "
             "machine has")
          .OneOf(InstructionSetNames()),
      Option("sh_degree_every", config.sh_degree_every,
             "Steps (of 30000) between rises of the colours' degree; 0: all at once")
          .AtLeast(0),
      Option(
          "background", config.background,
          "Colour behind the scene and behind transparent photos: black, white, #rrggbb, r,g,b in 0..1; auto: black, "
          "with splats for the sky where the photos show one (--sky)")
          .Between(0, 1)
          .Flag("--background COLOR", kTrainingGroup),
      Option("remove_floaters", config.remove_floaters,
             "Remove splats that hang in the air: those that fewer than two photos from different places show, where a "
             "photo does not count for what is right before its lens")
          .OneOf({"off", "on"})
          .Flag("--remove-floaters off|on", kTrainingGroup),
      Option("sky", config.sky,
             "Begin with splats far away where the photos show sky; auto does so where they were taken out of doors")
          .OneOf({"auto", "off", "on"})
          .Flag("--sky auto|off|on", kTrainingGroup),
      Option("resolution_levels", config.resolution_levels,
             "Training starts at 1 / 2^levels of the resolution; -1: chosen from the size")
          .Between(-1, 4),
      Option("cache_gigabytes", config.cache_gigabytes, "Memory for decoded photos")
          .Between(0, 1e5)
          .Flag("--cache-gigabytes GB", kMachineGroup),
  };
}

std::vector<Option> OptionsOf(OptimizerConfig& config) {
  return {
      Option("means_lr", config.means_lr, "Rate of the means at the start, x scene extent").Above(0),
      Option("means_lr_final", config.means_lr_final, "Rate of the means at the end, x scene extent").Above(0),
      Option("log_scales_lr", config.log_scales_lr, "Rate of the logarithms of the scales").AtLeast(0),
      Option("quats_lr", config.quats_lr, "Rate of the rotations").AtLeast(0),
      Option("opacity_logits_lr", config.opacity_logits_lr, "Rate of the opacity logits").AtLeast(0),
      Option("sh_dc_lr", config.sh_dc_lr, "Rate of the base colours").AtLeast(0),
      Option("sh_rest_lr", config.sh_rest_lr, "Rate of the view-dependent colours").AtLeast(0),
      Option("beta1", config.beta1, "Decay of Adam's first moment").FromBelow(0, 1),
      Option("beta2", config.beta2, "Decay of Adam's second moment").FromBelow(0, 1),
      Option("epsilon", config.epsilon, "Added to Adam's denominator").Above(0),
  };
}

std::vector<Option> OptionsOf(LossConfig& config) {
  return {
      Option("ssim_weight", config.ssim_weight, "w in (1 - w) L1 + w (1 - SSIM)").Between(0, 1),
      Option("opacity_weight", config.opacity_weight, "Weight in the loss of the mean opacity").AtLeast(0),
      Option("scale_weight", config.scale_weight, "Weight in the loss of the mean scale, in units of the scene")
          .AtLeast(0),
  };
}

std::vector<Option> OptionsOf(ColorConfig& config) {
  return {
      Option("mode", config.mode,
             "Colours between photos: exposure learns a gain for each, full also its white balance and the vignetting "
             "of the lens; auto chooses from the photos; the scene is written without them")
          .OneOf({"off", "auto", "exposure", "full"})
          .Flag("--color off|auto|exposure|full", kTrainingGroup),
      Option("rate", config.rate, "Rate of the vignetting, and the smallest one of the colours of photos").AtLeast(0),
      Option("reach", config.reach, "How far the colours of a photo can come in a run, in stops; 0: as the rate lets")
          .AtLeast(0),
  };
}

std::vector<Option> OptionsOf(PoseConfig& config) {
  return {
      Option(
          "refine", config.refine,
          "Move the cameras of the training photos with the scene, where their poses are slightly off; auto looks at "
          "where the poses come from, and ends it where they turn out right")
          .OneOf({"off", "auto", "on"})
          .Flag("--refine-poses off|auto|on", kTrainingGroup),
      Option("focal", config.focal, "Change the focal length of each lens with the scene, where it is slightly off")
          .OneOf({"off", "on"})
          .Flag("--refine-focal off|on", kTrainingGroup),
      Option("distortion", config.distortion,
             "Change the radial distortion of each lens with the scene, where it is slightly off")
          .OneOf({"off", "on"})
          .Flag("--refine-distortion off|on", kTrainingGroup),
      Option("from", config.from, "Steps (of 30000) before poses move").AtLeast(0),
      Option("until", config.until, "Share of the run after which poses stay as they are").Between(0, 1),
      Option("track_weight", config.track_weight,
             "Weight in the loss of each observation of a point of structure from motion")
          .AtLeast(0),
  };
}

std::vector<Option> OptionsOf(InitConfig& config) {
  return {
      Option("random_points", config.random_points, "Splats to start with if the poses come without points").AtLeast(1),
      Option("opacity", config.opacity, "Opacity of a new splat").Inside(0, 1),
      Option("scale", config.scale, "Size of a new splat, x mean distance to its three nearest neighbours").Above(0),
      Option("sh_degree", config.sh_degree, "How much colour may change with the direction of view, 0 to 3")
          .Between(0, 3)
          .Flag("--sh-degree N", kTrainingGroup),
  };
}

}  // namespace

std::vector<Option> OptionsOf(TrainConfig& config) {
  std::vector<Option> options = RunOptionsOf(config);
  Append(options, OptionsOf(config.optimizer), "optimizer.");
  Append(options, OptionsOf(config.loss), "loss.");
  Append(options, OptionsOf(config.color), "color.");
  Append(options, OptionsOf(config.poses), "poses.");
  Append(options, OptionsOf(config.density), "density.");
  Append(options, OptionsOf(config.init), "init.");
  return options;
}

}  // namespace splat::train
