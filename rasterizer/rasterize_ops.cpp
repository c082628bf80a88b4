#include "rasterizer/rasterize_ops.h"

#include <torch/library.h>

#include <cmath>
#include <tuple>

#include "core/check.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/math/tiles.h"
#include "rasterizer/process_executor.h"
#include "rasterizer/tensor_view.h"

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
  for (int i = 0; i < 18; ++i) SPLAT_CHECK(std::isfinite(p[i]), "camera: entry ", i, " is not finite");
  SPLAT_CHECK(p[0] >= 1 && p[1] >= 1 && p[0] <= 65536 && p[1] <= 65536, "camera: size ", p[0], " x ", p[1],
              " px, expected 1 to 65536");
  SPLAT_CHECK(p[2] > 0 && p[3] > 0, "camera: focal lengths ", p[2], ", ", p[3], " px, expected more than 0");
  Camera camera;
  camera.width = int(p[0]);
  camera.height = int(p[1]);
  camera.fx = p[2];
  camera.fy = p[3];
  camera.cx = p[4];
  camera.cy = p[5];
  for (int i = 0; i < 9; ++i) camera.camera_from_world.rotation(i / 3, i % 3) = p[6 + i];
  camera.camera_from_world.translation = {p[15], p[16], p[17]};
  return camera;
}

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The dispatcher calls functions with the schema's arguments one by one: hence the long parameter lists of this file,
// which end at Scene.
constexpr char kSchemaForward[] =
    "rasterize_forward(Tensor means, Tensor log_scales, Tensor quats, Tensor opacity_logits, Tensor sh_dc, "
    "Tensor sh_rest, Tensor camera, Tensor background, float near, float far, int sh_degree) -> "
    "(Tensor image, Tensor alpha, Tensor depth, Tensor[] saved)";
constexpr char kSchemaBackward[] =
    "rasterize_backward(Tensor grad_image, Tensor? grad_alpha, Tensor? grad_depth, Tensor[] model, Tensor camera, "
    "Tensor background, float near, float far, int sh_degree, Tensor[] pixels, Tensor[] saved, "
    "Tensor(a!) grad_mean_px, Tensor(b!) abs_mean_px) -> Tensor[]";
constexpr char kSchema[] =
    "rasterize(Tensor means, Tensor log_scales, Tensor quats, Tensor opacity_logits, Tensor sh_dc, Tensor sh_rest, "
    "Tensor camera, Tensor background, float near, float far, int sh_degree, Tensor grad_mean_px, "
    "Tensor abs_mean_px) -> (Tensor image, Tensor alpha, Tensor depth, Tensor visible, Tensor half_extents)";

// What the gradient needs of the forward pass, by name; travels through autograd as a list in this order.
struct Saved {
  Tensor means_px;        // [N, 2]
  Tensor conics;          // [N, 3]
  Tensor half_extents;    // [N, 2]
  Tensor opacities;       // [N]
  Tensor colors;          // [N, 3]
  Tensor depths;          // [N]
  Tensor tile_counts;     // [N] int32
  Tensor slot_begin;      // [N + 1] int64
  Tensor tile_begin;      // [tiles + 1] int64
  Tensor instance_splat;  // [I] int32
  Tensor instance_slot;   // [I] int64

  std::vector<Tensor> ToList() const {
    return {means_px,    conics,     half_extents, opacities,      colors,       depths,
            tile_counts, slot_begin, tile_begin,   instance_splat, instance_slot};
  }
  static Saved FromList(at::ArrayRef<Tensor> list) {
    SPLAT_CHECK(list.size() == 11, "rasterize_backward: saved holds ", list.size(), " tensors, expected 11");
    return {list[0], list[1], list[2], list[3], list[4], list[5], list[6], list[7], list[8], list[9], list[10]};
  }
};

struct Scene {
  std::vector<Tensor> model;  // the six tensors of SplatModel
  Tensor camera, background;
  double near, far;
  int64_t sh_degree;
};

kernels::ProjectedView<float> ViewOf(const Saved& s, int64_t n) {
  return {PointerTo<float>(s.means_px, {n, 2}, "means_px"),
          PointerTo<float>(s.conics, {n, 3}, "conics"),
          PointerTo<float>(s.half_extents, {n, 2}, "half_extents"),
          PointerTo<float>(s.opacities, {n}, "opacities"),
          PointerTo<float>(s.colors, {n, 3}, "colors"),
          PointerTo<float>(s.depths, {n}, "depths"),
          PointerTo<int32_t>(s.tile_counts, {n}, "tile_counts")};
}

kernels::TileListView ListOf(const Saved& s, int64_t n) {
  kernels::TileListView list;
  list.instances = s.instance_splat.size(0);
  list.slot_begin = PointerTo<int64_t>(s.slot_begin, {n + 1}, "slot_begin");
  list.tile_begin = PointerTo<int64_t>(s.tile_begin, {-1}, "tile_begin");
  list.instance_splat = PointerTo<int32_t>(s.instance_splat, {-1}, "instance_splat");
  list.instance_slot = PointerTo<int64_t>(s.instance_slot, {list.instances}, "instance_slot");
  return list;
}

kernels::ProjectParams<float> ProjectParamsOf(const Scene& scene, const Saved& saved) {
  const int64_t n = scene.model[0].size(0), k = scene.model[5].dim() == 3 ? scene.model[5].size(1) : -1;
  kernels::ProjectParams<float> params;
  params.splats.count = n;
  params.splats.means = PointerTo<float>(scene.model[0], {n, 3}, "means");
  params.splats.log_scales = PointerTo<float>(scene.model[1], {n, 3}, "log_scales");
  params.splats.quats = PointerTo<float>(scene.model[2], {n, 4}, "quats");
  params.splats.opacity_logits = PointerTo<float>(scene.model[3], {n}, "opacity_logits");
  params.splats.sh_dc = PointerTo<float>(scene.model[4], {n, 3}, "sh_dc");
  params.splats.sh_rest = PointerTo<float>(scene.model[5], {n, k, 3}, "sh_rest");
  params.splats.sh_rest_count = int(k);
  SPLAT_CHECK(
      scene.sh_degree >= 0 && scene.sh_degree <= math::kMaxShDegree && math::ShRestCount(int(scene.sh_degree)) <= k,
      "sh_degree: ", scene.sh_degree, " needs more coefficients than the ", k, " of sh_rest");
  params.camera = UnpackCamera(scene.camera);
  params.options = {scene.near, scene.far, int(scene.sh_degree)};
  params.out = ViewOf(saved, n);
  return params;
}

kernels::BlendParams<float> BlendParamsOf(const Scene& scene, const Camera& camera, const Saved& saved,
                                          const std::vector<Tensor>& pixels) {
  const int64_t n = scene.model[0].size(0), h = camera.height, w = camera.width;
  kernels::BlendParams<float> params;
  params.width = camera.width;
  params.height = camera.height;
  const float* background = PointerTo<float>(scene.background, {3}, "background");
  std::copy(background, background + 3, params.background);
  params.projected = ViewOf(saved, n);
  params.list = ListOf(saved, n);
  params.out = {PointerTo<float>(pixels[0], {h, w, 3}, "image"), PointerTo<float>(pixels[1], {h, w}, "alpha"),
                PointerTo<float>(pixels[2], {h, w}, "depth")};
  return params;
}

Saved AllocateProjected(int64_t n, int64_t tiles) {
  Saved s;
  s.means_px = torch::empty({n, 2});
  s.conics = torch::empty({n, 3});
  s.half_extents = torch::empty({n, 2});
  s.opacities = torch::empty({n});
  s.colors = torch::empty({n, 3});
  s.depths = torch::empty({n});
  s.tile_counts = torch::empty({n}, torch::kInt32);
  s.slot_begin = torch::empty({n + 1}, torch::kInt64);
  s.tile_begin = torch::empty({tiles + 1}, torch::kInt64);
  return s;
}

std::tuple<Tensor, Tensor, Tensor, std::vector<Tensor>> RasterizeForward(
    const Tensor& means, const Tensor& log_scales, const Tensor& quats, const Tensor& opacity_logits,
    const Tensor& sh_dc, const Tensor& sh_rest, const Tensor& packed_camera, const Tensor& background, double near,
    double far, int64_t sh_degree) {
  const Scene scene{
      {means, log_scales, quats, opacity_logits, sh_dc, sh_rest}, packed_camera, background, near, far, sh_degree};
  const Camera camera = UnpackCamera(packed_camera);
  const math::TileGrid grid = math::TileGridOf(camera.width, camera.height);
  const int64_t n = means.size(0);
  Saved saved = AllocateProjected(n, int64_t(grid.columns) * grid.rows);
  const kernels::KernelContext context{&ProcessExecutor()};
  kernels::Project(context, ProjectParamsOf(scene, saved));
  const int64_t instances = kernels::CountInstances(n > 0 ? saved.tile_counts.data_ptr<int32_t>() : nullptr, n,
                                                    saved.slot_begin.data_ptr<int64_t>());
  saved.instance_splat = torch::empty({instances}, torch::kInt32);
  saved.instance_slot = torch::empty({instances}, torch::kInt64);
  kernels::BinSplats(context,
                     kernels::BinParams<float>{n, camera.width, camera.height, ViewOf(saved, n), ListOf(saved, n)});
  const std::vector<Tensor> pixels = {torch::empty({camera.height, camera.width, 3}),
                                      torch::empty({camera.height, camera.width}),
                                      torch::empty({camera.height, camera.width})};
  kernels::Blend(context, BlendParamsOf(scene, camera, saved, pixels));
  return {pixels[0], pixels[1], pixels[2], saved.ToList()};
}

std::vector<Tensor> RasterizeBackward(const Tensor& grad_image, const c10::optional<Tensor>& grad_alpha,
                                      const c10::optional<Tensor>& grad_depth, std::vector<Tensor> model,
                                      const Tensor& packed_camera, const Tensor& background, double near, double far,
                                      int64_t sh_degree, std::vector<Tensor> pixels, std::vector<Tensor> saved_list,
                                      Tensor grad_mean_px, Tensor abs_mean_px) {
  const Scene scene{model, packed_camera, background, near, far, sh_degree};
  const Camera camera = UnpackCamera(packed_camera);
  const Saved saved = Saved::FromList(saved_list);
  const int64_t n = model[0].size(0), h = camera.height, w = camera.width;
  const kernels::KernelContext context{&ProcessExecutor()};

  kernels::BlendBackwardParams<float> blend;
  blend.forward = BlendParamsOf(scene, camera, saved, pixels);
  blend.grad.image = PointerTo<float>(grad_image, {h, w, 3}, "grad_image");
  if (grad_alpha) blend.grad.alpha = PointerTo<float>(*grad_alpha, {h, w}, "grad_alpha");
  if (grad_depth) blend.grad.depth = PointerTo<float>(*grad_depth, {h, w}, "grad_depth");
  const Tensor slots = torch::empty({blend.forward.list.instances, kernels::kSlotSize});
  blend.slots = PointerTo<float>(slots, {-1, kernels::kSlotSize}, "slots");
  kernels::BlendBackward(context, blend);

  kernels::ProjectBackwardParams<float> project;
  project.forward = ProjectParamsOf(scene, saved);
  project.slot_begin = blend.forward.list.slot_begin;
  project.slots = blend.slots;
  std::vector<Tensor> grads;
  for (const Tensor& tensor : model) grads.push_back(torch::empty_like(tensor));
  float* pointers[6];
  for (int i = 0; i < 6; ++i) pointers[i] = grads[i].numel() > 0 ? grads[i].data_ptr<float>() : nullptr;
  project.grad = {pointers[0], pointers[1], pointers[2], pointers[3], pointers[4], pointers[5]};
  project.stats = {PointerTo<float>(grad_mean_px, {n, 2}, "grad_mean_px"),
                   PointerTo<float>(abs_mean_px, {n, 2}, "abs_mean_px")};
  kernels::ProjectBackward(context, project);
  return grads;
}

class RasterizeFunction : public torch::autograd::Function<RasterizeFunction> {
 public:
  static variable_list forward(AutogradContext* ctx, const Tensor& means, const Tensor& log_scales, const Tensor& quats,
                               const Tensor& opacity_logits, const Tensor& sh_dc, const Tensor& sh_rest,
                               const Tensor& camera, const Tensor& background, double near, double far,
                               int64_t sh_degree, const Tensor& grad_mean_px, const Tensor& abs_mean_px) {
    const at::AutoDispatchBelowADInplaceOrView below_autograd;
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("splat::rasterize_forward", "")
                               .typed<decltype(RasterizeForward)>();
    auto [image, alpha, depth, saved] =
        op.call(means, log_scales, quats, opacity_logits, sh_dc, sh_rest, camera, background, near, far, sh_degree);
    variable_list keep = {means,  log_scales, quats, opacity_logits, sh_dc, sh_rest,
                          camera, background, image, alpha,          depth};
    keep.insert(keep.end(), saved.begin(), saved.end());
    ctx->save_for_backward(keep);
    ctx->saved_data["near"] = near;
    ctx->saved_data["far"] = far;
    ctx->saved_data["sh_degree"] = sh_degree;
    ctx->saved_data["grad_mean_px"] = grad_mean_px;
    ctx->saved_data["abs_mean_px"] = abs_mean_px;
    ctx->set_materialize_grads(false);
    const Tensor visible = Saved::FromList(saved).tile_counts > 0;
    const Tensor half_extents = Saved::FromList(saved).half_extents.clone();
    ctx->mark_non_differentiable({visible, half_extents});
    return {image, alpha, depth, visible, half_extents};
  }

  static variable_list backward(AutogradContext* ctx, variable_list grads) {
    const variable_list kept = ctx->get_saved_variables();
    const std::vector<Tensor> model(kept.begin(), kept.begin() + 6), pixels(kept.begin() + 8, kept.begin() + 11),
        saved(kept.begin() + 11, kept.end());
    const auto contiguous = [](const Tensor& grad) {
      return grad.defined() ? c10::optional<Tensor>(grad.contiguous()) : c10::optional<Tensor>();
    };
    const Tensor grad_image = grads[0].defined() ? grads[0].contiguous() : torch::zeros_like(pixels[0]);
    static const auto op = c10::Dispatcher::singleton()
                               .findSchemaOrThrow("splat::rasterize_backward", "")
                               .typed<decltype(RasterizeBackward)>();
    std::vector<Tensor> out = op.call(
        grad_image, contiguous(grads[1]), contiguous(grads[2]), model, kept[6], kept[7],
        ctx->saved_data["near"].toDouble(), ctx->saved_data["far"].toDouble(), ctx->saved_data["sh_degree"].toInt(),
        pixels, saved, ctx->saved_data["grad_mean_px"].toTensor(), ctx->saved_data["abs_mean_px"].toTensor());
    out.resize(13);  // camera, background, near, far, sh_degree and the statistics have no gradient
    return out;
  }
};

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> Rasterize(const Tensor& means, const Tensor& log_scales,
                                                             const Tensor& quats, const Tensor& opacity_logits,
                                                             const Tensor& sh_dc, const Tensor& sh_rest,
                                                             const Tensor& camera, const Tensor& background,
                                                             double near, double far, int64_t sh_degree,
                                                             const Tensor& grad_mean_px, const Tensor& abs_mean_px) {
  const variable_list out = RasterizeFunction::apply(means, log_scales, quats, opacity_logits, sh_dc, sh_rest, camera,
                                                     background, near, far, sh_degree, grad_mean_px, abs_mean_px);
  return {out[0], out[1], out[2], out[3], out[4]};
}

TORCH_LIBRARY(splat, library) {
  library.def(kSchema);
  library.def(kSchemaForward);
  library.def(kSchemaBackward);
}
TORCH_LIBRARY_IMPL(splat, CPU, library) {
  library.impl("rasterize_forward", RasterizeForward);
  library.impl("rasterize_backward", RasterizeBackward);
}
TORCH_LIBRARY_IMPL(splat, Autograd, library) {
  library.impl("rasterize", Rasterize);
}
// Without gradients (torch.no_grad, inference tensors) the same function runs and records nothing.
TORCH_LIBRARY_IMPL(splat, CompositeExplicitAutograd, library) {
  library.impl("rasterize", Rasterize);
}

}  // namespace
}  // namespace splat
