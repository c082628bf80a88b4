// All settings of a training run, with defaults beside the fields; JSON in and out (configs/*.json), strict.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace splat::train {

struct OptimizerConfig {
  double means_lr = 1.6e-4;        // x scene extent, at the first step; decays exponentially to
  double means_lr_final = 1.6e-6;  // x scene extent, at the last step (Kerbl et al. 2023)
  double log_scales_lr = 5e-3;
  double quats_lr = 1e-3;
  double opacity_logits_lr = 0.05;
  double sh_dc_lr = 2.5e-3;
  double sh_rest_lr = 2.5e-3 / 20;
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-15;
};

struct LossConfig {
  double ssim_weight = 0.2;  // loss = (1 - w) L1 + w (1 - SSIM); 0..1
  // Added to it: weight x mean of all opacities, weight x mean of the scales of all axes in units of the scene.
  double opacity_weight = 0, scale_weight = 0;
};

// Of DensityConfig::strategy.
constexpr const char* kAdaptive = "adaptive";  // Kerbl et al. 2023: clone, split, prune, reset
constexpr const char* kMcmc = "mcmc";          // Kheradmand et al. 2024: relocate, add, walk

// Density control. Steps are those of a run of 30,000; DensitySchedule (train/schedule.h) scales them to other
// lengths.
struct DensityConfig {
  std::string strategy = kAdaptive;
  int refine_from = 500, refine_until = 15000, refine_every = 100;  // steps
  int opacity_reset_every = 3000;                                   // steps; 0: never
  // Mean over the views that saw a splat of |dL/d(its mean in normalised device coordinates)|, above which it is
  // refined.
  double grad_threshold = 2e-4;
  bool absolute_gradient = false;  // use per-pixel absolute gradients (AbsGS); wants a larger threshold
  double split_scale = 0.01;       // x extent: larger splats are split, smaller ones cloned
  double prune_opacity = 0.005;    // below it a splat is removed, or relocated
  double prune_scale = 0.1;        // x extent: larger splats are removed after the first opacity reset
  double reset_opacity = 0.01;     // what opacity is cut to at a reset
  int64_t max_gaussians = 0;       // 0: a limit chosen from the memory of the machine
  double growth = 0.05;            // mcmc: share of the splats that a refinement adds
  double noise = 1e7;              // mcmc: of the random walk, x rate of the means / extent^2; 0: none
  double visible_per_pixel = 1;  // splats a view sees on average for each of its pixels, at which growth ends; 0: never
};

struct InitConfig {
  int64_t random_points = 20000;  // if the poses come without points
  double opacity = 0.1;
  double scale = 1.0;  // x mean distance to the three nearest neighbours
  int sh_degree = 3;   // stored
};

struct TrainConfig {
  int iterations = 0;  // 0: 30,000 on a GPU, and on a CPU what docs/training.md says
  uint64_t seed = 42;
  std::string device = "auto";  // auto, cpu, cuda
  int threads = 0;              // 0: all cores
  std::string instruction_set =
      "auto";                  // of the CPU's vectors: auto (the best one), or a name of core/instruction_set.h
  int sh_degree_every = 1000;  // steps (of 30,000) between rises of the active SH degree
  std::array<double, 3> background = {0, 0, 0};
  int resolution_levels = -1;  // training starts at 1 / 2^levels of the resolution and doubles it on the way; 0: none;
                               // -1: chosen from the size
  double cache_gigabytes = 2;  // decoded photos kept in memory
  OptimizerConfig optimizer;
  LossConfig loss;
  DensityConfig density;
  InitConfig init;
};

// The config with another strategy and the settings that it wants, those of configs/mcmc.json for kMcmc.
TrainConfig WithStrategy(const TrainConfig& config, const std::string& strategy);

// JSON text (an object; missing keys keep the value that `config` has) over `config`. Unknown keys, wrong types and
// broken bounds are all reported in one splat::Error, each as option, value, bound. `where` (file name) begins the
// message.
TrainConfig ParseConfig(const TrainConfig& config, const std::string& json_text, const std::string& where);

// "density.grad_threshold=3e-4" over `config`; the value as JSON would have it, text without quotes. Throws
// splat::Error for an unknown key, naming the nearest, and for a value that breaks the option's own bounds. Bounds
// between two options are left to ConfigViolations, for the next assignment may mend them.
TrainConfig ApplyAssignment(const TrainConfig& config, const std::string& assignment);

// All settings as JSON, two spaces indented; ParseConfig of it gives the same config.
std::string ConfigToJson(const TrainConfig& config);

// One message for each violated bound, also those between two options; empty if all hold.
std::vector<std::string> ConfigViolations(const TrainConfig& config);

// A line for each option: name, default, bounds, meaning.
std::string ConfigHelp();

}  // namespace splat::train
