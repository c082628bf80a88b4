#include "rasterizer/torch/render_image8.h"

#include <algorithm>

#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/torch_device.h"

namespace splat {

ImageF RenderToImage(const SplatModel& model, const Camera& camera, const std::array<float, 3>& background,
                     double near) {
  const torch::NoGradGuard no_grad;
  CheckModel(model);
  CheckCamera(camera);
  const torch::Device device = model.means.device();
  const StageScope scope(device);
  SceneTensors scene = SceneOf(model, camera, SettingsOf(model, background, near));
  scene.with_depth = false;
  const torch::Tensor rendered = ForwardPass({BackendOf(device).render, scope.context()}, scene).image.cpu();
  ImageF image(camera.width, camera.height, 3);
  std::copy_n(rendered.data_ptr<float>(), image.pixels.size(), image.pixels.begin());
  return image;
}

Image8 RenderToImage8(const SplatModel& model, const Camera& camera, const std::array<float, 3>& background,
                      double near) {
  const ImageF image = RenderToImage(model, camera, background, near);
  return RoundedTo8Bits(image.pixels.data(), image.width, image.height, 3);
}

}  // namespace splat
