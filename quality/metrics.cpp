#include "quality/metrics.h"

#include "core/check.h"
#include "quality/image_quality.h"
#include "rasterizer/torch/render.h"

namespace splat::quality {

Image8 RenderToImage8(const SplatModel& model, const Camera& camera, const std::array<float, 3>& background) {
  const torch::NoGradGuard no_grad;
  RenderSettings settings;
  settings.background = background;
  const torch::Tensor image = Render(model, camera, settings).image.cpu();
  return RoundedTo8Bits(image.data_ptr<float>(), camera.width, camera.height, 3);
}

Evaluation Evaluate(const SplatModel& model, const data::Dataset& dataset, const std::vector<int>& view_indices,
                    data::ViewLoader& loader,
                    const std::function<void(const data::View&, const Image8& photo, const Image8& render)>& on_view) {
  Evaluation evaluation;
  loader.Announce(view_indices);
  for (const int index : view_indices) {
    const data::View& view = dataset.views[size_t(index)];
    const auto photo = loader.Get(index);
    const Image8 render = RenderToImage8(model, view.camera, dataset.background);
    evaluation.views.push_back({view.name, Psnr(*photo, render), Ssim(*photo, render)});
    evaluation.psnr += evaluation.views.back().psnr / double(view_indices.size());
    evaluation.ssim += evaluation.views.back().ssim / double(view_indices.size());
    if (on_view) on_view(view, *photo, render);
  }
  return evaluation;
}

}  // namespace splat::quality
