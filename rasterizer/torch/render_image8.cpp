#include "rasterizer/torch/render_image8.h"

#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/torch_device.h"

namespace splat {

Image8 RenderToImage8(const SplatModel& model, const Camera& camera, const std::array<float, 3>& background,
                      double near) {
  const torch::NoGradGuard no_grad;
  CheckModel(model);
  CheckCamera(camera);
  const torch::Device device = model.means.device();
  const StageScope scope(device);
  RenderSettings settings;
  settings.near = near;
  settings.traits = model.traits;
  settings.traits->background = Rgb{background[0], background[1], background[2]};
  SceneTensors scene = SceneOf(model, camera, settings);
  scene.with_depth = false;
  const torch::Tensor image = ForwardPass({BackendOf(device).render, scope.context()}, scene).image.cpu();
  return RoundedTo8Bits(image.data_ptr<float>(), camera.width, camera.height, 3);
}

}  // namespace splat
