#include "rasterizer/torch/render.h"

#include <torch/library.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "rasterizer/torch/rasterize_ops.h"

namespace splat {

RenderSettings SettingsOf(const SplatModel& model, const std::array<float, 3>& background, double near) {
  RenderSettings settings;
  settings.near = near;
  settings.traits = model.traits;
  settings.traits->background = Rgb{background[0], background[1], background[2]};
  return settings;
}

SceneTraits DrawnTraits(const SplatModel& model, const RenderSettings& settings) {
  SceneTraits traits = settings.traits.value_or(model.traits);
  traits.sh_degree = std::min(traits.sh_degree, model.max_sh_degree());
  return traits;
}

RenderOutput Render(const SplatModel& model, const Camera& camera, const RenderSettings& settings) {
  using torch::Tensor;
  using Signature = std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor>(
      const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&, const Tensor&,
      const Tensor&, double, double, int64_t, const Tensor&, const Tensor&, int64_t);
  CheckModel(model);
  const SceneTraits traits = DrawnTraits(model, settings);
  RenderOutput out;
  out.stats.grad_mean_px = torch::zeros({model.count(), 2}, model.means.options().requires_grad(false));
  out.stats.abs_mean_px = torch::zeros_like(out.stats.grad_mean_px);
  const std::array<float, 3> color = BackgroundOf(traits);
  const Tensor background = torch::tensor({color[0], color[1], color[2]});
  static const auto op = c10::Dispatcher::singleton().findSchemaOrThrow("splat::rasterize", "").typed<Signature>();
  std::tie(out.image, out.alpha, out.depth, out.stats.visible, out.stats.half_extents) =
      op.call(model.means, model.log_scales, model.quats, model.opacity_logits, model.sh_dc, model.sh_rest,
              PackCamera(camera), background, settings.near, settings.far, traits.sh_degree, out.stats.grad_mean_px,
              out.stats.abs_mean_px, int64_t(traits.antialiasing));
  return out;
}

}  // namespace splat
