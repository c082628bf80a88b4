#include "train/density/noise.h"

#include "rasterizer/torch/tensor_view.h"
#include "rasterizer/torch/torch_device.h"
#include "train/kernels/density/noise_stages.h"

namespace splat::train {

void AddNoise(SplatModel& model, const Backend& backend, double rate, Random& random) {
  const int64_t count = model.count();
  const StageScope scope(backend.device);
  NoiseParams params;
  params.count = count;
  params.opacity_logits = PointerTo<float>(model.opacity_logits, {count}, "opacity_logits", backend.device);
  params.log_scales = PointerTo<float>(model.log_scales, {count, 3}, "log_scales", backend.device);
  params.quats = PointerTo<float>(model.quats, {count, 4}, "quats", backend.device);
  params.means = PointerTo<float>(model.means, {count, 3}, "means", backend.device);
  params.rate = float(rate);
  params.random_state = random.state();
  backend.density.add_noise(scope.context(), params);
  random.Skip(uint64_t(count) * kDrawsPerNoise);
}

}  // namespace splat::train
