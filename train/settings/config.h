// The config holds all settings of a training run, with defaults beside the fields; it is read from and written to JSON
// (configs/*.json), strictly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/option.h"
#include "train/density/density_config.h"
#include "train/kernels/update/adam_math.h"

namespace splat::train {

struct OptimizerConfig {
  double means_lr = 1.6e-4;        // x scene extent, at the first step; decays exponentially to
  double means_lr_final = 1.6e-6;  // x scene extent, at the last step (Kerbl et al. 2023)
  double log_scales_lr = 5e-3;
  double quats_lr = 1e-3;
  double opacity_logits_lr = 0.05;
  double sh_dc_lr = 2.5e-3;
  double sh_rest_lr = 2.5e-3 / 20;
  double beta1 = kAdamBeta1, beta2 = kAdamBeta2;
  double epsilon = kAdamEpsilon;
};

struct LossConfig {
  double ssim_weight = 0.2;  // loss = (1 - w) L1 + w (1 - SSIM); 0..1
  // These terms are added to the loss: weight x mean of all opacities, weight x mean of the scales of all axes in units
  // of the scene.
  double opacity_weight = 0, scale_weight = 0;
};

struct InitConfig {
  int64_t random_points = 20000;  // if the poses come without points
  double opacity = 0.1;
  double scale = 1.0;  // x mean distance to the three nearest neighbours
  int sh_degree = 3;   // stored
};

// These settings say how photos of the same scene may differ (train/color_term.h).
struct ColorConfig {
  // off; exposure: a gain for each photo; full: also white balance, and vignetting of the lens; auto: one of these,
  // from the photos (train/choose_color.h)
  std::string mode = "off";
  double rate = 2e-3;  // of the parameters at its highest; a larger one follows from
  double reach = 1;    // how far (stops, latents) a photo's comes in a run if every update pulls one way
};

// Poses of the training photos that are refined with the scene (train/pose_refinement.h).
struct PoseConfig {
  // off; on; auto: where the poses may need it (train/choose_poses.h), and as long as they do
  std::string refine = "auto";
  std::string focal = "off";       // off; on: the focal length of each lens, too, also with poses that stay
  std::string distortion = "off";  // off; on: its radial distortion, for which photos are undistorted anew
  int from = 500;              // steps (of 30,000) before poses move; a short run waits a share of it that is longer
  double until = 0.8;          // share of the run after which they stay
  double track_weight = 1e-4;  // in the loss, of each observation of a point of structure from motion (docs/results.md)
};

struct TrainConfig {
  int iterations = 0;  // 0: the default of the device (train/settings/default_steps.h)
  uint64_t seed = 42;
  std::string device = "auto";  // auto, cpu, cuda
  int threads = 0;              // 0: all cores
  std::string instruction_set =
      "auto";                  // of the CPU's vectors: auto (the best one), or a name of core/instruction_set.h
  int sh_degree_every = 1000;  // steps (of 30,000) between rises of the active SH degree
  Rgb background = {0, 0, 0};
  std::string remove_floaters = "off";  // off; on: splats that no two photos support (train/remove_floaters.h)
  std::string sky = "auto";    // off; on: splats far away where photos show sky; auto: out of doors (train/sky_shell.h)
  int resolution_levels = -1;  // training starts at 1 / 2^levels of the resolution and doubles it on the way; 0: none;
                               // -1: chosen from the size
  double cache_gigabytes = 2;  // decoded photos kept in memory
  OptimizerConfig optimizer;
  LossConfig loss;
  ColorConfig color;
  PoseConfig poses;
  DensityConfig density;
  InitConfig init;
};

// The rows of all settings, in the order in which they are printed. They refer to `config`.
std::vector<Option> OptionsOf(TrainConfig& config);

// The config with another strategy and the settings that it wants (StrategyKind::preset).
TrainConfig WithStrategy(const TrainConfig& config, const std::string& strategy);

// Puts "density.refine_every=50" over `config`, with the value as JSON would have it, and text without quotes. Throws
// splat::Error for an unknown key, naming the nearest, and for a value that breaks the option's own bounds. Bounds
// between two options are left to ConfigViolations, because the next assignment may repair them.
TrainConfig ApplyAssignment(const TrainConfig& config, const std::string& assignment);

// Returns all settings as JSON, indented by two spaces; a file of it, as the only layer, gives the same config.
std::string ConfigToJson(const TrainConfig& config);

// Returns one message for each violated bound, those between two options included, and none if all hold.
std::vector<std::string> ConfigViolations(const TrainConfig& config);

}  // namespace splat::train
