#include "tests/support/backends.h"

#include <limits>

#include "core/check.h"
#include "rasterizer/math/tiles.h"

namespace splat::testing {
namespace {

constexpr int64_t kWild = std::numeric_limits<int64_t>::min() / 3;
constexpr int32_t kWild32 = std::numeric_limits<int32_t>::min() / 3;

template <typename T>
std::vector<T> Poisoned(int64_t size) {
  return std::vector<T>(size_t(size), std::numeric_limits<T>::quiet_NaN());
}

template <typename To, typename From>
std::vector<To> Converted(const std::vector<From>& values) {
  return std::vector<To>(values.begin(), values.end());
}

// Projected splats in the backend's scalar.
template <typename T>
struct TypedProjected {
  std::vector<T> means_px, conics, half_extents_px, opacities, colors, depths;
  std::vector<int32_t> tile_counts;

  explicit TypedProjected(int64_t n)
      : means_px(Poisoned<T>(2 * n)),
        conics(Poisoned<T>(3 * n)),
        half_extents_px(Poisoned<T>(2 * n)),
        opacities(Poisoned<T>(n)),
        colors(Poisoned<T>(3 * n)),
        depths(Poisoned<T>(n)),
        tile_counts(size_t(n), kWild32) {}
  explicit TypedProjected(const ProjectedArrays& p)
      : means_px(Converted<T>(p.means_px)),
        conics(Converted<T>(p.conics)),
        half_extents_px(Converted<T>(p.half_extents_px)),
        opacities(Converted<T>(p.opacities)),
        colors(Converted<T>(p.colors)),
        depths(Converted<T>(p.depths)),
        tile_counts(p.tile_counts) {}

  kernels::ProjectedView<T> View() {
    return {means_px.data(), conics.data(), half_extents_px.data(), opacities.data(),
            colors.data(),   depths.data(), tile_counts.data()};
  }
  ProjectedArrays Arrays() const {
    return {Converted<double>(means_px),
            Converted<double>(conics),
            Converted<double>(half_extents_px),
            Converted<double>(opacities),
            Converted<double>(colors),
            Converted<double>(depths),
            tile_counts};
  }
};

template <typename T>
struct TypedSplats {
  int64_t count;
  int sh_rest_count;
  std::vector<T> means, log_scales, quats, opacity_logits, sh_dc, sh_rest;

  explicit TypedSplats(const SplatArrays& s)
      : count(s.count),
        sh_rest_count(s.sh_rest_count),
        means(Converted<T>(s.means)),
        log_scales(Converted<T>(s.log_scales)),
        quats(Converted<T>(s.quats)),
        opacity_logits(Converted<T>(s.opacity_logits)),
        sh_dc(Converted<T>(s.sh_dc)),
        sh_rest(Converted<T>(s.sh_rest)) {}

  void Poison() {
    for (auto* group : {&means, &log_scales, &quats, &opacity_logits, &sh_dc, &sh_rest}) {
      *group = Poisoned<T>(int64_t(group->size()));
    }
  }
  T* ShRest() { return sh_rest.empty() ? nullptr : sh_rest.data(); }
  kernels::SplatsView<T> View() {
    return {count,        sh_rest_count,         means.data(), log_scales.data(),
            quats.data(), opacity_logits.data(), sh_dc.data(), ShRest()};
  }
  kernels::SplatsGradView<T> GradView() {
    return {means.data(), log_scales.data(), quats.data(), opacity_logits.data(), sh_dc.data(), ShRest()};
  }
  SplatArrays Arrays() const {
    SplatArrays s(count, sh_rest_count);
    s.means = Converted<double>(means);
    s.log_scales = Converted<double>(log_scales);
    s.quats = Converted<double>(quats);
    s.opacity_logits = Converted<double>(opacity_logits);
    s.sh_dc = Converted<double>(sh_dc);
    s.sh_rest = Converted<double>(sh_rest);
    return s;
  }
};

template <typename T>
struct TypedPixels {
  std::vector<T> image, alpha, depth;

  kernels::PixelsView<T> View() { return {image.data(), alpha.data(), depth.data()}; }
  kernels::PixelsGradView<T> GradView() const {
    return {image.data(), alpha.empty() ? nullptr : alpha.data(), depth.empty() ? nullptr : depth.data()};
  }
};

template <typename T>
TypedPixels<T> TypedPixelsOf(const PixelArrays& p) {
  return {Converted<T>(p.image), Converted<T>(p.alpha), Converted<T>(p.depth)};
}

// The kernels only read through the list's pointers after binning, but the view is one for both directions.
kernels::TileListView ListView(TileLists& lists) {
  return {lists.instances, lists.slot_begin.data(), lists.tile_begin.data(), lists.instance_splat.data(),
          lists.instance_slot.data()};
}

template <typename T>
class CpuBackend : public Backend {
 public:
  explicit CpuBackend(int threads) : executor_(threads) {}

  std::string Name() const override {
    return StrCat("Cpu", sizeof(T) == 4 ? "Float" : "Double", executor_.Threads(), "Threads");
  }
  double Epsilon() const override { return double(std::numeric_limits<T>::epsilon()); }

  ProjectedArrays Project(const RenderInput& input) const override {
    TypedSplats<T> splats(input.splats);
    TypedProjected<T> out(splats.count);
    kernels::Project<T>(Context(), {splats.View(), input.camera, input.options, out.View()});
    return out.Arrays();
  }

  TileLists Bin(const RenderInput& input, const ProjectedArrays& projected) const override {
    TypedProjected<T> typed(projected);
    const int64_t n = int64_t(projected.tile_counts.size());
    const math::TileGrid grid = math::TileGridOf(input.camera.width, input.camera.height);
    TileLists lists;
    lists.slot_begin.assign(size_t(n) + 1, kWild);
    lists.tile_begin.assign(size_t(grid.columns) * size_t(grid.rows) + 1, kWild);
    lists.instances = kernels::CountInstances(typed.tile_counts.data(), n, lists.slot_begin.data());
    lists.instance_splat.assign(size_t(lists.instances), kWild32);
    lists.instance_slot.assign(size_t(lists.instances), kWild);
    kernels::BinSplats<T>(Context(), {n, input.camera.width, input.camera.height, typed.View(), ListView(lists)});
    return lists;
  }

  PixelArrays Blend(const RenderInput& input, const ProjectedArrays& projected, const TileLists& lists) const override {
    TypedProjected<T> typed(projected);
    TileLists copy = lists;
    const int64_t pixels = int64_t(input.camera.width) * input.camera.height;
    TypedPixels<T> out{Poisoned<T>(3 * pixels), Poisoned<T>(pixels), Poisoned<T>(pixels)};
    kernels::Blend<T>(Context(), BlendParamsOf(input, typed, copy, out));
    return {Converted<double>(out.image), Converted<double>(out.alpha), Converted<double>(out.depth)};
  }

  std::vector<double> BlendBackward(const RenderInput& input, const Rendered& forward,
                                    const PixelArrays& grad) const override {
    TypedProjected<T> projected(forward.projected);
    TileLists lists = forward.lists;
    TypedPixels<T> pixels = TypedPixelsOf<T>(forward.pixels);
    const TypedPixels<T> typed_grad = TypedPixelsOf<T>(grad);
    std::vector<T> slots = Poisoned<T>(lists.instances * kernels::kSlotSize);
    kernels::BlendBackward<T>(Context(),
                              {BlendParamsOf(input, projected, lists, pixels), typed_grad.GradView(), slots.data()});
    return Converted<double>(slots);
  }

  GradArrays ProjectBackward(const RenderInput& input, const Rendered& forward,
                             const std::vector<double>& slots) const override {
    TypedSplats<T> splats(input.splats), grad(input.splats);
    grad.Poison();
    TypedProjected<T> projected(forward.projected);
    const std::vector<T> typed_slots = Converted<T>(slots);
    std::vector<T> mean = Poisoned<T>(2 * splats.count), abs = Poisoned<T>(2 * splats.count);
    kernels::ProjectBackward<T>(Context(), {{splats.View(), input.camera, input.options, projected.View()},
                                            forward.lists.slot_begin.data(),
                                            typed_slots.data(),
                                            grad.GradView(),
                                            {mean.data(), abs.data()}});
    return {grad.Arrays(), Converted<double>(mean), Converted<double>(abs)};
  }

 private:
  kernels::KernelContext Context() const { return {&executor_}; }

  static kernels::BlendParams<T> BlendParamsOf(const RenderInput& input, TypedProjected<T>& projected, TileLists& lists,
                                               TypedPixels<T>& pixels) {
    const auto& b = input.background;
    return {input.camera.width, input.camera.height, {T(b[0]), T(b[1]), T(b[2])},
            projected.View(),   ListView(lists),     pixels.View()};
  }

  mutable ThreadPool executor_;
};

}  // namespace

Rendered Backend::Render(const RenderInput& input) const {
  Rendered r;
  r.projected = Project(input);
  r.lists = Bin(input, r.projected);
  r.pixels = Blend(input, r.projected, r.lists);
  return r;
}

GradArrays Backend::RenderBackward(const RenderInput& input, const Rendered& forward, const PixelArrays& grad) const {
  return ProjectBackward(input, forward, BlendBackward(input, forward, grad));
}

std::shared_ptr<const Backend> CpuFloatBackend(int threads) {
  return std::make_shared<CpuBackend<float>>(threads);
}
std::shared_ptr<const Backend> CpuDoubleBackend(int threads) {
  return std::make_shared<CpuBackend<double>>(threads);
}

std::vector<std::shared_ptr<const Backend>> UsableBackends() {
  return {CpuFloatBackend(), CpuDoubleBackend()};
}

}  // namespace splat::testing
