// Project, ProjectBackward and CameraGradient on the CPU. One task is a chunk of splats
// (rasterizer/kernels/project/project_splats.h).
#include <array>
#include <vector>

#include "core/check.h"
#include "rasterizer/kernels/kernels.h"
#include "rasterizer/kernels/project/project_splats.h"
#include "rasterizer/kernels/records.h"
#include "rasterizer/kernels/simd_kernels.h"

namespace splat::kernels {
namespace {

constexpr int64_t kChunk = 1024;  // splats a task

template <typename T>
math::ProjectLimits LimitsOf(const ProjectParams<T>& params) {
  CheckShDegree(params.options.sh_degree, params.splats.sh_rest_count);
  return {params.options.near, params.options.far, params.options.sh_degree, params.options.antialiasing};
}

template <typename T>
ProjectConstants<T> ConstantsOf(const ProjectParams<T>& params) {
  return {math::MakePinholeCamera<T>(params.camera), LimitsOf(params),
          math::TileGridOf(params.camera.width, params.camera.height)};
}

// `of_chunk` as CameraGradient of ProjectSplats.
template <typename T, typename OfChunk>
void SumCameraGradient(const KernelContext& context, const CameraGradientParams<T>& params, const OfChunk& of_chunk) {
  const ProjectConstants<T> view = ConstantsOf(params.forward);
  const int64_t count = params.forward.splats.count;
  std::vector<std::array<double, kCameraNumbers>> sums(size_t((count + kChunk - 1) / kChunk));
  ParallelFor(*context.executor, count, kChunk, [&](int64_t begin, int64_t end) {
    of_chunk(params, view, begin, end, sums[size_t(begin / kChunk)].data());
  });
  for (int k = 0; k < kCameraNumbers; ++k) {
    double sum = 0;
    for (const auto& chunk : sums) sum += chunk[size_t(k)];
    params.gradient[k] = sum;
  }
}

}  // namespace

void CheckShDegree(int degree, int sh_rest_count) {
  SPLAT_CHECK(degree >= 0 && degree <= math::kMaxShDegree && math::ShRestCount(degree) <= sh_rest_count, "sh_degree ",
              degree, ": must be 0 to ", math::kMaxShDegree, " and at most what the model stores (", sh_rest_count,
              " coefficients per channel beyond the first)");
}

template <>
void Project<float>(const KernelContext& context, const ProjectParams<float>& params) {
  const ProjectConstants<float> view = ConstantsOf(params);
  const auto project = SimdKernelsOf(context.instruction_set).project;
  ParallelFor(*context.executor, params.splats.count, kChunk,
              [&](int64_t begin, int64_t end) { project(params, view, begin, end); });
}
template <>
void Project<double>(const KernelContext& context, const ProjectParams<double>& params) {
  const ProjectConstants<double> view = ConstantsOf(params);
  ParallelFor(*context.executor, params.splats.count, kChunk,
              [&](int64_t begin, int64_t end) { ProjectSplats<double>::Forward(params, view, begin, end); });
}

template <>
void ProjectBackward<float>(const KernelContext& context, const ProjectBackwardParams<float>& params) {
  const ProjectConstants<float> view = ConstantsOf(params.forward);
  const auto backward = SimdKernelsOf(context.instruction_set).project_backward;
  ParallelFor(*context.executor, params.forward.splats.count, kChunk,
              [&](int64_t begin, int64_t end) { backward(params, view, begin, end); });
}
template <>
void ProjectBackward<double>(const KernelContext& context, const ProjectBackwardParams<double>& params) {
  const ProjectConstants<double> view = ConstantsOf(params.forward);
  ParallelFor(*context.executor, params.forward.splats.count, kChunk,
              [&](int64_t begin, int64_t end) { ProjectSplats<double>::Backward(params, view, begin, end); });
}

template <>
void CameraGradient<float>(const KernelContext& context, const CameraGradientParams<float>& params) {
  SumCameraGradient(context, params, SimdKernelsOf(context.instruction_set).camera_gradient);
}
template <>
void CameraGradient<double>(const KernelContext& context, const CameraGradientParams<double>& params) {
  SumCameraGradient(context, params, ProjectSplats<double>::CameraGradient);
}

}  // namespace splat::kernels
