#include "train/settings/config_fields.h"

#include <cmath>

#include "core/check.h"
#include "core/instruction_set.h"

namespace splat::train {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

// clang-format off
FieldBounds Any() { return {}; }
FieldBounds AtLeast(double min) { return {min, kNone, false, false}; }
FieldBounds Above(double min) { return {min, kNone, true, false}; }
FieldBounds Between(double min, double max) { return {min, max, false, false}; }
FieldBounds Inside(double min, double max) { return {min, max, true, true}; }      // both excluded
FieldBounds FromBelow(double min, double max) { return {min, max, false, true}; }  // the upper one excluded
// clang-format on

}  // namespace

std::string FieldBounds::Text() const {
  const bool has_min = std::isfinite(min), has_max = std::isfinite(max);
  if (has_min && has_max && !above_min && !below_max) return StrCat("between ", min, " and ", max);
  std::string text;
  if (has_min) text = StrCat(above_min ? "above " : "at least ", min);
  if (has_max) text += StrCat(has_min ? " and " : "", below_max ? "below " : "at most ", max);
  return text;
}

// clang-format off
#define SPLAT_FIELD(path) #path, [](TrainConfig& config) -> FieldRef { return &config.path; }

const std::vector<ConfigField>& ConfigFields() {
  static const std::vector<ConfigField> fields = {
      {SPLAT_FIELD(iterations), AtLeast(0), {}, "steps of training; 0: 30000 on a GPU, fewer on a CPU"},
      {SPLAT_FIELD(seed), Any(), {}, "of all randomness; the same seed gives the same scene on a CPU"},
      {SPLAT_FIELD(device), Any(), {"auto", "cpu", "cuda"}, "where to train; auto: a GPU if there is one"},
      {SPLAT_FIELD(threads), AtLeast(0), {}, "of the CPU; 0: all cores; the result does not depend on it"},
      {SPLAT_FIELD(instruction_set), Any(), InstructionSetNames(), "of the CPU's vectors; auto: the fastest that the machine has"},
      {SPLAT_FIELD(sh_degree_every), AtLeast(0), {}, "steps (of 30000) between rises of the colours' degree; 0: all at once"},
      {SPLAT_FIELD(background), Between(0, 1), {}, "red, green and blue behind the splats"},
      {SPLAT_FIELD(resolution_levels), Between(-1, 4), {}, "start at 1 / 2^levels of the resolution; -1: chosen from the size"},
      {SPLAT_FIELD(cache_gigabytes), AtLeast(0), {}, "decoded photos kept in memory"},
      {SPLAT_FIELD(optimizer.means_lr), Above(0), {}, "rate of the means at the start, x scene extent"},
      {SPLAT_FIELD(optimizer.means_lr_final), Above(0), {}, "rate of the means at the end, x scene extent"},
      {SPLAT_FIELD(optimizer.log_scales_lr), AtLeast(0), {}, "rate of the logarithms of the scales"},
      {SPLAT_FIELD(optimizer.quats_lr), AtLeast(0), {}, "rate of the rotations"},
      {SPLAT_FIELD(optimizer.opacity_logits_lr), AtLeast(0), {}, "rate of the opacity logits"},
      {SPLAT_FIELD(optimizer.sh_dc_lr), AtLeast(0), {}, "rate of the base colours"},
      {SPLAT_FIELD(optimizer.sh_rest_lr), AtLeast(0), {}, "rate of the view-dependent colours"},
      {SPLAT_FIELD(optimizer.beta1), FromBelow(0, 1), {}, "decay of Adam's first moment"},
      {SPLAT_FIELD(optimizer.beta2), FromBelow(0, 1), {}, "decay of Adam's second moment"},
      {SPLAT_FIELD(optimizer.epsilon), Above(0), {}, "added to Adam's denominator"},
      {SPLAT_FIELD(loss.ssim_weight), Between(0, 1), {}, "w in (1 - w) L1 + w (1 - SSIM)"},
      {SPLAT_FIELD(loss.opacity_weight), AtLeast(0), {}, "weight in the loss of the mean opacity"},
      {SPLAT_FIELD(loss.scale_weight), AtLeast(0), {}, "weight in the loss of the mean scale, in units of the scene"},
      {SPLAT_FIELD(density.strategy), Any(), {kAdaptive, kMcmc}, "adaptive: clone, split, prune, reset; mcmc: relocate, add, walk"},
      {SPLAT_FIELD(density.refine_from), AtLeast(0), {}, "step (of 30000) after which splats are added and removed"},
      {SPLAT_FIELD(density.refine_until), AtLeast(0), {}, "step (of 30000) before which that ends"},
      {SPLAT_FIELD(density.refine_every), AtLeast(1), {}, "steps (of 30000) between two refinements"},
      {SPLAT_FIELD(density.opacity_reset_every), AtLeast(0), {}, "steps (of 30000) between two opacity resets; 0: never"},
      {SPLAT_FIELD(density.grad_threshold), Above(0), {}, "mean screen gradient above which a splat is refined"},
      {SPLAT_FIELD(density.absolute_gradient), Any(), {}, "sum absolute gradients of pixels; wants a larger threshold"},
      {SPLAT_FIELD(density.split_scale), Above(0), {}, "larger splats are split, smaller ones cloned; x scene extent"},
      {SPLAT_FIELD(density.prune_opacity), FromBelow(0, 1), {}, "splats below this opacity are removed; mcmc: relocated"},
      {SPLAT_FIELD(density.prune_scale), Above(0), {}, "larger splats are removed, after the first reset; x scene extent"},
      {SPLAT_FIELD(density.reset_opacity), Inside(0, 1), {}, "what a reset cuts the opacities to"},
      {SPLAT_FIELD(density.growth), Between(0, 1), {}, "mcmc: share of the splats that a refinement adds"},
      {SPLAT_FIELD(density.noise), AtLeast(0), {}, "mcmc: strength of the random walk of transparent splats; 0: none"},
      {SPLAT_FIELD(density.max_gaussians), AtLeast(0), {}, "most splats; 0: chosen from the memory of the machine"},
      {SPLAT_FIELD(density.visible_per_pixel), AtLeast(0), {}, "growth ends when a view sees so many splats for each of its pixels; 0: never"},
      {SPLAT_FIELD(init.random_points), AtLeast(1), {}, "splats to start with if the poses come without points"},
      {SPLAT_FIELD(init.opacity), Inside(0, 1), {}, "of a new splat"},
      {SPLAT_FIELD(init.scale), Above(0), {}, "of a new splat, x mean distance to its three nearest neighbours"},
      {SPLAT_FIELD(init.sh_degree), Between(0, 3), {}, "degree of the spherical harmonics of the colours"},
  };
  return fields;
}

#undef SPLAT_FIELD
// clang-format on

}  // namespace splat::train
