// This header has the settings of densification: those that all strategies share, and a struct for each strategy. Steps
// are those of a run of 30,000; DensitySchedule (train/schedule.h) scales them to other lengths. The options are
// described in train/density/strategies.cpp and in the file of each strategy.
#pragma once

#include <cstdint>
#include <string>

namespace splat::train {

struct AdaptiveConfig {
  int opacity_reset_every = 3000;  // steps; 0: never
  // A splat is cloned or split above this mean, over the views that saw it, of |dL/d(its mean in normalised device
  // coordinates)|.
  double grad_threshold = 2e-4;
  bool absolute_gradient = false;  // use per-pixel absolute gradients (AbsGS); wants a larger threshold
  double split_scale = 0.01;       // x extent: larger splats are split, smaller ones cloned
  double prune_scale = 0;          // x extent: larger splats are removed after the first opacity reset; 0: none is
  double reset_opacity = 0.01;     // what opacity is cut to at a reset
};

struct McmcConfig {
  double growth = 0.05;  // share of the splats that a densification step adds
  double noise = 1e7;    // of the random walk, x rate of the means / extent^2; 0: none
};

struct DensityConfig {
  std::string strategy = "adaptive";                                // a name in Strategies()
  int refine_from = 500, refine_until = 15000, refine_every = 100;  // steps
  double prune_opacity = 0.005;                                     // below it a splat is removed, or relocated
  int64_t max_gaussians = 0;                                        // 0: a limit chosen from the memory of the machine
  double visible_per_pixel = 1;  // splats a view sees on average for each of its pixels, at which growth ends; 0: never
  AdaptiveConfig adaptive;
  McmcConfig mcmc;
};

}  // namespace splat::train
