#include "rasterizer/torch/rasterize_ops.h"

#include <torch/library.h>

#include <cmath>
#include <tuple>

#include "core/check.h"
#include "rasterizer/torch/render_passes.h"
#include "rasterizer/torch/tensor_arena.h"
#include "rasterizer/torch/tensor_view.h"
#include "rasterizer/torch/torch_device.h"

namespace splat {

torch::Tensor PackCamera(const Camera& camera) {
  torch::Tensor packed = torch::empty({18}, torch::kFloat64);
  double* p = packed.data_ptr<double>();
  const auto& r = camera.camera_from_world.rotation;
  const auto& t = camera.camera_from_world.translation;
  const double values[18] = {double(camera.width),
                             double(camera.height),
                             camera.fx,
                             camera.fy,
                             camera.cx,
                             camera.cy,
                             r(0, 0),
                             r(0, 1),
                             r(0, 2),
                             r(1, 0),
                             r(1, 1),
                             r(1, 2),
                             r(2, 0),
                             r(2, 1),
                             r(2, 2),
                             t.x,
                             t.y,
                             t.z};
  std::copy(values, values + 18, p);
  return packed;
}

Camera UnpackCamera(const torch::Tensor& packed) {
  const double* p = PointerTo<double>(packed, {18}, "camera");
  SPLAT_CHECK(std::isfinite(p[0]) && std::isfinite(p[1]) && std::abs(p[0]) <= kMostCameraSide_px &&
                  std::abs(p[1]) <= kMostCameraSide_px,
              "camera: size ", p[0], " x ", p[1], " px, expected 1 to ", kMostCameraSide_px);
  Camera camera;
  camera.width = int(p[0]);
  camera.height = int(p[1]);
  camera.fx = p[2];
  camera.fy = p[3];
  camera.cx = p[4];
  camera.cy = p[5];
  for (int i = 0; i < 9; ++i) camera.camera_from_world.rotation(i / 3, i % 3) = p[6 + i];
  camera.camera_from_world.translation = {p[15], p[16], p[17]};
  CheckCamera(camera);
  return camera;
}

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The dispatcher calls functions with the schema's arguments one by one: hence the long parameter lists of this file,
// which end at SceneOf.
constexpr char kSchemaForward[] =
    "rasterize_forward(Tensor means, Tensor log_scales, Tensor quats, Tensor opacity_logits, Tensor sh_dc, "
    "Tensor sh_rest, Tensor camera, Tensor background, float near, float far, int sh_degree, "
    "bool antialiased=False) -> "
    "(Tensor image, Tensor alpha, Tensor depth, Tensor[] saved)";
constexpr char kSchemaBackward[] =
    "rasterize_backward(Tensor grad_image, Tensor? grad_alpha, Tensor? grad_depth, Tensor[] model, Tensor camera, "
    "Tensor background, float near, float far, int sh_degree, Tensor[] pixels, Tensor[] saved, "
    "Tensor(a!) grad_mean_px, Tensor(b!) abs_mean_px, bool antialiased=False) -> Tensor[]";
constexpr char kSchema[] =
    "rasterize(Tensor means, Tensor log_scales, Tensor quats, Tensor opacity_logits, Tensor sh_dc, Tensor sh_rest, "
    "Tensor camera, Tensor background, float near, float far, int sh_degree, Tensor grad_mean_px, "
    "Tensor abs_mean_px, bool antialiased=False) -> (Tensor image, Tensor alpha, Tensor depth, Tensor visible, Tensor "
    "half_extents)";

// Phrased so that NaN is refused.
void CheckScalars(double near, double far, int64_t sh_degree) {
  SPLAT_CHECK(near > 0 && std::isfinite(near), "near: is ", near, ", expected a finite number above 0");
  SPLAT_CHECK(far > near, "far: is ", far, ", expected more than near (", near, ")");
  SPLAT_CHECK(sh_degree >= 0 && sh_degree <= math::kMaxShDegree, "sh_degree: is ", sh_degree, ", expected 0 to ",
              math::kMaxShDegree);
}

SceneTensors SceneOf(at::TensorList model, const Tensor& packed_camera, const Tensor& background,
                     const kernels::ProjectOptions& options) {
  SPLAT_CHECK(int64_t(model.size()) == kSplatArrays, "model: holds ", model.size(), " tensors, expected ",
              kSplatArrays);
  SceneTensors scene;
  for (int array = 0; array < kSplatArrays; ++array) scene.model[array] = model[size_t(array)];
  scene.camera = UnpackCamera(packed_camera);
  const float* color = PointerTo<float>(background, {3}, "background");
  for (int k = 0; k < 3; ++k) {
    SPLAT_CHECK(std::isfinite(color[k]), "background: entry ", k, " is ", color[k], ", expected a finite number");
  }
  scene.background = {color[0], color[1], color[2]};
  scene.options = options;
  return scene;
}

// What the gradient needs of the forward pass travels through autograd as a list in this order.
std::vector<Tensor> ToList(const ForwardTensors& f) {
  return {f.records, f.tile_counts, f.slot_begin, f.tile_begin, f.entries};
}

ForwardTensors FromLists(at::TensorList pixels, at::TensorList saved) {
  SPLAT_CHECK(saved.size() == 5 && pixels.size() == 3, "rasterize_backward: saved holds ", saved.size(),
              " tensors, expected 5; pixels ", pixels.size(), ", expected 3");
  SPLAT_CHECK(saved[4].dim() == 2, "entries: has shape ", saved[4].sizes(), ", expected [-1, 2]");
  return {saved[0], saved[1], saved[2], saved[3], saved[4], pixels[0], pixels[1], pixels[2]};
}

// NOLINTBEGIN(readability-function-size): the schema has that many arguments.
std::tuple<Tensor, Tensor, Tensor, std::vector<Tensor>> RasterizeForward(
    const Tensor& means, const Tensor& log_scales, const Tensor& quats, const Tensor& opacity_logits,
    const Tensor& sh_dc, const Tensor& sh_rest, const Tensor& packed_camera, const Tensor& background, double near,
    double far, int64_t sh_degree, bool antialiased) {
  CheckScalars(near, far, sh_degree);
  const SceneTensors scene = SceneOf({means, log_scales, quats, opacity_logits, sh_dc, sh_rest}, packed_camera,
                                     background, {near, far, int(sh_degree), antialiased});
  const StageScope scope(means.device());
  const ForwardTensors out = ForwardPass({BackendOf(means.device()).render, scope.context()}, scene);
  return {out.image, out.alpha, out.depth, ToList(out)};
}

std::vector<Tensor> RasterizeBackward(const Tensor& grad_image, const c10::optional<Tensor>& grad_alpha,
                                      const c10::optional<Tensor>& grad_depth, at::TensorList model,
                                      const Tensor& packed_camera, const Tensor& background, double near, double far,
                                      int64_t sh_degree, at::TensorList pixels, at::TensorList saved,
                                      const Tensor& grad_mean_px, const Tensor& abs_mean_px, bool antialiased) {
  CheckScalars(near, far, sh_degree);
  const SceneTensors scene = SceneOf(model, packed_camera, background, {near, far, int(sh_degree), antialiased});
  const ForwardTensors forward = FromLists(pixels, saved);
  const torch::Device device = grad_image.device();
  const StageScope scope(device);
  const kernels::RenderStages<float>& stages = BackendOf(device).render;
  const PixelGradTensors grad = {grad_image, grad_alpha.value_or(Tensor()), grad_depth.value_or(Tensor())};
  TensorArena arena(device);  // of the slots
  kernels::ProjectBackwardParams<float> project = BackwardPass({stages, scope.context(), arena}, scene, forward, grad);
  std::vector<Tensor> grads;
  grads.reserve(model.size());
  for (const Tensor& tensor : model) grads.push_back(torch::empty_like(tensor));
  for (int array = 0; array < kSplatArrays; ++array) {
    const Tensor& out = grads[size_t(array)];
    project.grad[array] = out.numel() > 0 ? out.data_ptr<float>() : nullptr;
  }
  const int64_t n = model[0].size(0);
  project.stats = {PointerTo<float>(grad_mean_px, {n, 2}, "grad_mean_px", device),
                   PointerTo<float>(abs_mean_px, {n, 2}, "abs_mean_px", device)};
  stages.project_backward(scope.context(), project);
  return grads;
}

// Places in what autograd keeps for the backward pass: the model, camera and background, three tensors of pixels, and
// what the forward pass has saved.
constexpr int kCamera = kSplatArrays, kPixels = kCamera + 2, kSaved = kPixels + 3;

class RasterizeFunction : public torch::autograd::Function<RasterizeFunction> {
 public:
  static variable_list forward(AutogradContext* ctx, const Tensor& means, const Tensor& log_scales, const Tensor& quats,
                               const Tensor& opacity_logits, const Tensor& sh_dc, const Tensor& sh_rest,
                               const Tensor& camera, const Tensor& background, double near, double far,
                               int64_t sh_degree, const Tensor& grad_mean_px, const Tensor& abs_mean_px,
                               bool antialiased) {
    const at::AutoDispatchBelowADInplaceOrView below_autograd;
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("splat::rasterize_forward", "")
                               .typed<decltype(RasterizeForward)>();
    auto [image, alpha, depth, saved] = op.call(means, log_scales, quats, opacity_logits, sh_dc, sh_rest, camera,
                                                background, near, far, sh_degree, antialiased);
    variable_list keep = {means,  log_scales, quats, opacity_logits, sh_dc, sh_rest,
                          camera, background, image, alpha,          depth};
    keep.insert(keep.end(), saved.begin(), saved.end());
    ctx->save_for_backward(keep);
    ctx->saved_data["near"] = near;
    ctx->saved_data["far"] = far;
    ctx->saved_data["sh_degree"] = sh_degree;
    ctx->saved_data["antialiased"] = antialiased;
    ctx->saved_data["grad_mean_px"] = grad_mean_px;
    ctx->saved_data["abs_mean_px"] = abs_mean_px;
    ctx->set_materialize_grads(false);
    const ForwardTensors passed = FromLists({image, alpha, depth}, saved);
    const Tensor visible = passed.tile_counts > 0;
    const Tensor half_extents = passed.records.slice(1, kernels::kRecordHalf).clone(at::MemoryFormat::Contiguous);
    ctx->mark_non_differentiable({visible, half_extents});
    return {image, alpha, depth, visible, half_extents};
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list kept = ctx->get_saved_variables();
    const std::vector<Tensor> model(kept.begin(), kept.begin() + kSplatArrays),
        pixels(kept.begin() + kPixels, kept.begin() + kSaved), saved(kept.begin() + kSaved, kept.end());
    const auto contiguous = [](const Tensor& grad) {
      return grad.defined() ? c10::optional<Tensor>(grad.contiguous()) : c10::optional<Tensor>();
    };
    const Tensor grad_image = grads[0].defined() ? grads[0].contiguous() : torch::zeros_like(pixels[0]);
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("splat::rasterize_backward", "")
                               .typed<decltype(RasterizeBackward)>();
    std::vector<Tensor> out =
        op.call(grad_image, contiguous(grads[1]), contiguous(grads[2]), model, kept[kCamera], kept[kCamera + 1],
                ctx->saved_data["near"].toDouble(), ctx->saved_data["far"].toDouble(),
                ctx->saved_data["sh_degree"].toInt(), pixels, saved, ctx->saved_data["grad_mean_px"].toTensor(),
                ctx->saved_data["abs_mean_px"].toTensor(), ctx->saved_data["antialiased"].toBool());
    out.resize(14);  // camera, background, near, far, sh_degree, the statistics and the flag have no gradient
    return out;
  }
};

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> Rasterize(
    const Tensor& means, const Tensor& log_scales, const Tensor& quats, const Tensor& opacity_logits,
    const Tensor& sh_dc, const Tensor& sh_rest, const Tensor& camera, const Tensor& background, double near, double far,
    int64_t sh_degree, const Tensor& grad_mean_px, const Tensor& abs_mean_px, bool antialiased) {
  const variable_list out =
      RasterizeFunction::apply(means, log_scales, quats, opacity_logits, sh_dc, sh_rest, camera, background, near, far,
                               sh_degree, grad_mean_px, abs_mean_px, antialiased);
  return {out[0], out[1], out[2], out[3], out[4]};
}

// NOLINTEND(readability-function-size)

TORCH_LIBRARY(splat, library) {
  library.def(kSchema);
  library.def(kSchemaForward);
  library.def(kSchemaBackward);
}
TORCH_LIBRARY_IMPL(splat, CPU, library) {
  ImplementOnDevice(library);
}
TORCH_LIBRARY_IMPL(splat, Autograd, library) {
  library.impl("rasterize", Rasterize);
}
// Without gradients (torch.no_grad, inference tensors) the same function runs and records nothing.
TORCH_LIBRARY_IMPL(splat, CompositeExplicitAutograd, library) {
  library.impl("rasterize", Rasterize);
}

}  // namespace

void ImplementOnDevice(torch::Library& library) {
  library.impl("rasterize_forward", RasterizeForward);
  library.impl("rasterize_backward", RasterizeBackward);
}

}  // namespace splat
