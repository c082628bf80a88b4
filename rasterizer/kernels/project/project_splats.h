// This header runs Project, ProjectBackward and CameraGradient for some splats on the CPU, for any kind of lanes
// (core/lanes.h); each lane is a splat (docs/math.md, sections 1 to 5, 8 and 13). Visible splats are gathered, so that
// what only they need runs on full vectors.
#pragma once

#include <cstdint>

#include "core/lanes.h"
#include "rasterizer/kernels/bin/tile_spans.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/math/project_splat.h"

namespace splat::kernels {

// These numbers are the same for all splats of a view.
template <typename S>
struct ProjectConstants {
  math::PinholeCamera<S> camera;
  math::ProjectLimits limits;
  math::TileGrid grid;
};

// Everything is a member of one class for each kind of lanes, as in TileBlend.
template <typename L>
class ProjectSplats {
 public:
  using S = ScalarOf<L>;

  // These functions treat the splats [begin, end).
  static void Forward(const ProjectParams<S>& params, const ProjectConstants<S>& view, int64_t begin, int64_t end);
  static void Backward(const ProjectBackwardParams<S>& params, const ProjectConstants<S>& view, int64_t begin,
                       int64_t end);
  // Leaves their sum in gradient [kCameraNumbers].
  static void CameraGradient(const CameraGradientParams<S>& params, const ProjectConstants<S>& view, int64_t begin,
                             int64_t end, double* gradient);

 private:
  static constexpr int kLanes = LanesOf<L>::kCount;
  static constexpr int kBlock = 128;  // splats whose visible ones are gathered, in the first-level cache
  static_assert(kBlock % kLanes == 0, "a block is whole vectors");
  static constexpr int kMaxRestNumbers = 3 * math::kMaxShRest;

  // The splats in the lanes of a vector. Lanes that are left over repeat the first, and do as it does.
  struct Splats {
    int64_t index[kLanes];
    int count;  // without repetitions

    // index_of(lane) for lane < count.
    template <typename IndexOf>
    Splats(int size, const IndexOf& index_of) : count(size) {
      for (int lane = 0; lane < kLanes; ++lane) index[lane] = index_of(lane < count ? lane : 0);
    }
    // Their rows of an array of `width` numbers a splat.
    void Load(const S* array, int width, int columns, L* column) const {
      LoadRows<L>(array, width, index, columns, column);
    }
    void Store(const L* column, int columns, S* array, int width) const {
      StoreRows<L>(column, columns, array, width, index);
    }
  };

  static Vec3<L> LoadVec3(const Splats& splats, const S* array) {
    L v[3];
    splats.Load(array, 3, 3, v);
    return {v[0], v[1], v[2]};
  }
  static void StoreVec3(const Vec3<L>& v, const Splats& splats, S* array) {
    const L column[3] = {v.x, v.y, v.z};
    splats.Store(column, 3, array, 3);
  }

  // Loads the parameters of the splats without those of the colour.
  static math::StoredSplat<L> LoadStored(const SplatsView<S>& view, const Splats& splats) {
    math::StoredSplat<L> stored;
    stored.mean = LoadVec3(splats, view.means);
    stored.log_scale = LoadVec3(splats, view.log_scales);
    L quat[4];
    splats.Load(view.quats, 4, 4, quat);
    stored.quat = {quat[0], quat[1], quat[2], quat[3]};
    splats.Load(view.opacity_logits, 1, 1, &stored.opacity_logit);
    stored.sh_dc = nullptr;
    stored.sh_rest = nullptr;
    return stored;
  }

  // The coefficients of the colour that the active degree uses.
  struct Colors {
    L dc[3], rest[kMaxRestNumbers];

    Colors(const SplatsView<S>& view, int degree, const Splats& splats) {
      splats.Load(view.sh_dc, 3, 3, dc);
      splats.Load(view.sh_rest, 3 * view.sh_rest_count, 3 * math::ShRestCount(degree), rest);
    }
  };

  // `record` where the condition holds, and 0 elsewhere.
  static void StoreRecordsWhere(MaskOf<L> condition, const math::ProjectedSplat<L>& splat, const Splats& splats,
                                S* records) {
    L record[kRecordSize];
    StoreRecord(splat, record);
    for (L& number : record) number = Select(condition, number, L(0));
    splats.Store(record, kRecordSize, records, kRecordSize);
  }

  // The visible splats of a block.
  struct Visible {
    int64_t index[kBlock];
    int size = 0;

    void Add(MaskOf<L> visible, const Splats& splats, int count) {
      alignas(64) S is_visible[kLanes];
      StoreLanes<L>(Select(visible, L(1), L(0)), is_visible);
      for (int lane = 0; lane < count; ++lane) {
        index[size] = splats.index[lane];
        size += is_visible[lane] > S(0) ? 1 : 0;
      }
    }
    int LanesFrom(int k) const { return size - k < kLanes ? size - k : kLanes; }
    Splats SplatsFrom(int k) const {
      return Splats(LanesFrom(k), [&](int lane) { return index[k + lane]; });
    }
  };

  // Calls body(splats) for the visible splats, a vector at a time. The coefficients of the next vector's splats are
  // prefetched meanwhile: they are most of what is read of a splat, and no processor predicts which ones come next.
  template <typename Body>
  static void ForEachVector(const Visible& visible, const SplatsView<S>& view, int degree, const Body& body) {
    constexpr int64_t kLine = 64 / sizeof(S);
    const int64_t width = 3 * int64_t(view.sh_rest_count), used = 3 * math::ShRestCount(degree);
    for (int k = 0; k < visible.size; k += kLanes) {
      for (int next = k + kLanes; next < visible.size && next < k + 2 * kLanes; ++next) {
        const S* row = view.sh_rest + width * visible.index[next];
        for (int64_t i = 0; i < used; i += kLine) __builtin_prefetch(row + i);
      }
      body(visible.SplatsFrom(k));
    }
  }

  // Functions with kMode take limits.antialiasing from it.
  template <Antialiasing kMode>
  static math::ProjectLimits Specialized(math::ProjectLimits limits) {
    limits.antialiasing = kMode;
    return limits;
  }

  template <Antialiasing kMode>
  static Visible StoreGeometry(const ProjectParams<S>& params, const math::PinholeCamera<L>& camera,
                               const math::ProjectLimits& limits, int64_t begin, int count);
  static void FinishVisible(const ProjectParams<S>& params, const ProjectConstants<S>& view,
                            const math::PinholeCamera<L>& camera, const Splats& splats);

  // The sums of the splats' slots, each in slot order. Params: ProjectBackwardParams or CameraGradientParams.
  template <typename Params>
  static void SumSlots(const Params& params, const Splats& splats, L* sum);
  // The gradient of visible splats, a math::SplatBackward or math::SplatAndCameraBackward; `sum` [kSlotSize] and
  // `grad_projected` get what it comes from.
  template <typename Result, typename Params>
  static Result GradOf(const Params& params, const math::PinholeCamera<L>& camera, const math::ProjectLimits& limits,
                       const Splats& splats, L* sum, math::ProjectedSplatGrad<L>& grad_projected);
  static void ClearGrad(const ProjectBackwardParams<S>& params, int64_t i);
  template <Antialiasing kMode>
  static void VisibleBackward(const ProjectBackwardParams<S>& params, const math::PinholeCamera<L>& camera,
                              const math::ProjectLimits& limits, const Splats& splats);
  template <Antialiasing kMode>
  static void AddCameraGradient(const CameraGradientParams<S>& params, const math::PinholeCamera<L>& camera,
                                const math::ProjectLimits& limits, const Splats& splats, double* gradient);
};

// Makes the records without colour of the splats [begin, begin + count), and says which of them are visible as far as
// is known.
template <typename L>
template <Antialiasing kMode>
__attribute__((flatten)) typename ProjectSplats<L>::Visible ProjectSplats<L>::StoreGeometry(
    const ProjectParams<S>& params, const math::PinholeCamera<L>& camera, const math::ProjectLimits& any_limits,
    int64_t begin, int count) {
  const math::ProjectLimits limits = Specialized<kMode>(any_limits);
  Visible visible;
  for (int k = 0; k < count; k += kLanes) {
    const int lanes = count - k < kLanes ? count - k : kLanes;
    const Splats splats(lanes, [&](int lane) { return begin + k + lane; });
    math::ProjectedSplat<L> splat = math::ProjectGeometry(camera, limits, LoadStored(params.splats, splats));
    splat.color = {L(0), L(0), L(0)};
    StoreRecordsWhere(splat.visible, splat, splats, params.out.records);
    visible.Add(splat.visible, splats, lanes);
  }
  return visible;
}

// Adds colour and number of tiles. A splat that turns out to be hidden loses its record.
template <typename L>
__attribute__((flatten)) void ProjectSplats<L>::FinishVisible(const ProjectParams<S>& params,
                                                              const ProjectConstants<S>& view,
                                                              const math::PinholeCamera<L>& camera,
                                                              const Splats& splats) {
  L record[kRecordSize];
  splats.Load(params.out.records, kRecordSize, kRecordSize, record);
  math::ProjectedSplat<L> splat = ProjectedSplatOf(record);
  const Colors colors(params.splats, view.limits.sh_degree, splats);
  math::ProjectColor(view.limits, LoadVec3(splats, params.splats.means) - camera.center, colors.dc, colors.rest, splat);
  const L tiles = Select(splat.visible, TileSpans<L>::Count(EllipseOf(record), view.grid), L(0));
  StoreRecordsWhere(tiles > L(0), splat, splats, params.out.records);
  alignas(64) S counts[kLanes];
  StoreLanes<L>(tiles, counts);
  for (int lane = 0; lane < kLanes; ++lane) params.out.tile_counts[splats.index[lane]] = int32_t(counts[lane]);
}

template <typename L>
void ProjectSplats<L>::Forward(const ProjectParams<S>& params, const ProjectConstants<S>& view, int64_t begin,
                               int64_t end) {
  const math::PinholeCamera<L> camera = math::CameraInLanes<L>(view.camera);
  const auto store_geometry = ForAntialiasing(view.limits.antialiasing, [](auto mode) {
    return &ProjectSplats::template StoreGeometry<decltype(mode)::value>;
  });
  for (int64_t first = begin; first < end; first += kBlock) {
    const int count = end - first < kBlock ? int(end - first) : kBlock;
    const Visible visible = store_geometry(params, camera, view.limits, first, count);
    for (int i = 0; i < count; ++i) params.out.tile_counts[first + i] = 0;
    ForEachVector(visible, params.splats, view.limits.sh_degree,
                  [&](const Splats& splats) { FinishVisible(params, view, camera, splats); });
  }
}

template <typename L>
template <typename Params>
void ProjectSplats<L>::SumSlots(const Params& params, const Splats& splats, L* sum) {
  S sums[kLanes][kSlotSize];
  int64_t rows[kLanes];
  for (int lane = 0; lane < kLanes; ++lane) {
    S total[kSlotSize] = {};
    const int64_t end = params.slot_begin[splats.index[lane] + 1];
    for (int64_t slot = params.slot_begin[splats.index[lane]]; slot < end; ++slot) {
      for (int k = 0; k < kSlotSize; ++k) total[k] += params.slots[slot * kSlotSize + k];
    }
    for (int k = 0; k < kSlotSize; ++k) sums[lane][k] = total[k];
    rows[lane] = lane;
  }
  LoadRows<L>(sums[0], kSlotSize, rows, kSlotSize, sum);
}

template <typename L>
template <typename Result, typename Params>
Result ProjectSplats<L>::GradOf(const Params& params, const math::PinholeCamera<L>& camera,
                                const math::ProjectLimits& limits, const Splats& splats, L* sum,
                                math::ProjectedSplatGrad<L>& grad_projected) {
  const SplatsView<S>& view = params.forward.splats;
  L record[kRecordSize];
  SumSlots(params, splats, sum);
  splats.Load(params.forward.out.records, kRecordSize, kRecordSize, record);
  grad_projected = GradFromSlots(record, sum);
  math::StoredSplat<L> stored = LoadStored(view, splats);
  const Colors colors(view, limits.sh_degree, splats);
  stored.sh_dc = colors.dc;
  stored.sh_rest = colors.rest;
  return math::SplatBackwardTo<Result>(camera, limits, stored, grad_projected);
}

// Sets all of a splat's gradient and statistics to 0.
template <typename L>
void ProjectSplats<L>::ClearGrad(const ProjectBackwardParams<S>& params, int64_t i) {
  const auto clear = [i](S* array, int width) {
    for (int k = 0; k < width; ++k) array[width * i + k] = S(0);
  };
  for (int array = 0; array < kSplatArrays; ++array) {
    clear(params.grad[array], WidthOf(array, params.forward.splats.sh_rest_count));
  }
  if (params.stats.grad_mean_px) clear(params.stats.grad_mean_px, 2);
  if (params.stats.abs_mean_px) clear(params.stats.abs_mean_px, 2);
}

// The gradient of visible splats; coefficients beyond the active degree are left alone.
template <typename L>
template <Antialiasing kMode>
__attribute__((flatten)) void ProjectSplats<L>::VisibleBackward(const ProjectBackwardParams<S>& params,
                                                                const math::PinholeCamera<L>& camera,
                                                                const math::ProjectLimits& any_limits,
                                                                const Splats& splats) {
  const math::ProjectLimits limits = Specialized<kMode>(any_limits);
  L sum[kSlotSize];
  math::ProjectedSplatGrad<L> grad;
  const auto out = GradOf<math::SplatBackward<L>>(params, camera, limits, splats, sum, grad);
  StoreVec3(out.splat.mean, splats, params.grad.means);
  StoreVec3(out.splat.log_scale, splats, params.grad.log_scales);
  const L quat[4] = {out.splat.quat.w, out.splat.quat.x, out.splat.quat.y, out.splat.quat.z};
  splats.Store(quat, 4, params.grad.quats, 4);
  splats.Store(&out.splat.opacity_logit, 1, params.grad.opacity_logits, 1);
  L grad_dc[3], grad_rest[kMaxRestNumbers];
  math::ShCoefficientsBackward(limits.sh_degree, out.direction, out.grad_color, grad_dc, grad_rest);
  splats.Store(grad_dc, 3, params.grad.sh_dc, 3);
  splats.Store(grad_rest, 3 * math::ShRestCount(limits.sh_degree), params.grad.sh_rest,
               3 * params.forward.splats.sh_rest_count);
  if (params.stats.grad_mean_px) {
    const L mean[2] = {grad.mean.x, grad.mean.y};
    splats.Store(mean, 2, params.stats.grad_mean_px, 2);
  }
  if (params.stats.abs_mean_px) splats.Store(sum + kSlotAbsMean, 2, params.stats.abs_mean_px, 2);
}

template <typename L>
void ProjectSplats<L>::Backward(const ProjectBackwardParams<S>& params, const ProjectConstants<S>& view, int64_t begin,
                                int64_t end) {
  const math::PinholeCamera<L> camera = math::CameraInLanes<L>(view.camera);
  const auto visible_backward = ForAntialiasing(view.limits.antialiasing, [](auto mode) {
    return &ProjectSplats::template VisibleBackward<decltype(mode)::value>;
  });
  const bool some_unused = math::ShRestCount(view.limits.sh_degree) < params.forward.splats.sh_rest_count;
  for (int64_t first = begin; first < end; first += kBlock) {
    const int64_t last = end - first < kBlock ? end : first + kBlock;
    Visible visible;
    for (int64_t i = first; i < last; ++i) {
      const bool is_visible = params.forward.out.tile_counts[i] > 0;
      if (!is_visible || some_unused) ClearGrad(params, i);
      visible.index[visible.size] = i;
      visible.size += is_visible ? 1 : 0;
    }
    ForEachVector(visible, params.forward.splats, view.limits.sh_degree,
                  [&](const Splats& splats) { visible_backward(params, camera, view.limits, splats); });
  }
}

// Adds the parts of visible splats to gradient [kCameraNumbers], in their order.
template <typename L>
template <Antialiasing kMode>
__attribute__((flatten)) void ProjectSplats<L>::AddCameraGradient(const CameraGradientParams<S>& params,
                                                                  const math::PinholeCamera<L>& camera,
                                                                  const math::ProjectLimits& any_limits,
                                                                  const Splats& splats, double* gradient) {
  L sum[kSlotSize];
  math::ProjectedSplatGrad<L> grad_projected;
  const math::CameraGrad<L> grad = GradOf<math::SplatAndCameraBackward<L>>(
                                       params, camera, Specialized<kMode>(any_limits), splats, sum, grad_projected)
                                       .camera;
  const auto usable = IsFinite(grad);
  L column[kCameraNumbers] = {grad.translation.x, grad.translation.y, grad.translation.z, grad.rotation.x,
                              grad.rotation.y,    grad.rotation.z,    grad.focal,         grad.radial};
  for (int k = 0; k < kCameraNumbers; ++k) {
    alignas(64) S parts[kLanes];
    StoreLanes<L>(Select(usable, column[k], L(0)), parts);
    for (int lane = 0; lane < splats.count; ++lane) gradient[k] += double(parts[lane]);
  }
}

template <typename L>
void ProjectSplats<L>::CameraGradient(const CameraGradientParams<S>& params, const ProjectConstants<S>& view,
                                      int64_t begin, int64_t end, double* gradient) {
  const math::PinholeCamera<L> camera = math::CameraInLanes<L>(view.camera);
  const auto add = ForAntialiasing(view.limits.antialiasing, [](auto mode) {
    return &ProjectSplats::template AddCameraGradient<decltype(mode)::value>;
  });
  for (int k = 0; k < kCameraNumbers; ++k) gradient[k] = 0;
  for (int64_t first = begin; first < end; first += kBlock) {
    const int64_t last = end - first < kBlock ? end : first + kBlock;
    Visible visible;
    for (int64_t i = first; i < last; ++i) {
      visible.index[visible.size] = i;
      visible.size += params.forward.out.tile_counts[i] > 0 ? 1 : 0;
    }
    ForEachVector(visible, params.forward.splats, view.limits.sh_degree,
                  [&](const Splats& splats) { add(params, camera, view.limits, splats, gradient); });
  }
}

}  // namespace splat::kernels
