#include "tests/support/backends.h"

#include <limits>

#include "core/check.h"
#include "rasterizer/kernels/cuda_stages.h"
#include "rasterizer/math/tiles.h"
#include "tests/support/emulated_gpu.h"
#include "tests/support/stage_arrays.h"
#include "tests/support/test_device.h"

namespace splat::testing {
namespace {

// The stages of one backend in scalar T.
template <typename T>
struct StageCalls {
  void (*project)(const KernelContext&, const kernels::ProjectParams<T>&);
  kernels::InstanceCount (*count_instances)(const KernelContext&, const int32_t*, int64_t, int32_t*);
  void (*bin_splats)(const KernelContext&, const kernels::BinParams<T>&);
  void (*blend)(const KernelContext&, const kernels::BlendParams<T>&);
  void (*blend_backward)(const KernelContext&, const kernels::BlendBackwardParams<T>&);
  void (*project_backward)(const KernelContext&, const kernels::ProjectBackwardParams<T>&);
  const kernels::InstanceCount* (*count_on_device)(const KernelContext&, const int32_t*, int64_t, int32_t*) = nullptr;
};

StageCalls<float> CallsOf(const kernels::Stages& s) {
  return {s.project, s.count_instances, s.bin_splats, s.blend, s.blend_backward, s.project_backward, s.count_on_device};
}
StageCalls<double> DoubleCalls() {
  return {kernels::Project<double>,
          kernels::CountInstances,
          kernels::BinSplats<double>,
          kernels::Blend<double>,
          kernels::BlendBackward<double>,
          kernels::ProjectBackward<double>,
          nullptr};
}

template <typename T>
class KernelsBackend : public Backend {
 public:
  struct Settings {
    std::string name;
    int threads = 1;
    uint64_t order_seed = 0;  // of the emulation
    bool on_device = false;   // for Backend::OnDevice
    InstructionSet instruction_set = BestInstructionSet();
  };
  KernelsBackend(const StageCalls<T>& calls, std::shared_ptr<TestDevice> device, const Settings& settings)
      : calls_(calls), device_(std::move(device)), settings_(settings), executor_(settings.threads) {}

  std::string Name() const override { return settings_.name; }
  double Epsilon() const override { return double(std::numeric_limits<T>::epsilon()); }
  bool OnDevice() const override { return settings_.on_device; }

  ProjectedArrays Project(const RenderInput& input) const override {
    const Call call(*this);
    const DeviceSplats<T> splats(*device_, input.splats);
    const DeviceProjected<T> out(*device_, size_t(splats.count));
    calls_.project(call.context, {splats.View(), input.camera, input.options, out.View()});
    return out.Arrays();
  }

  TileLists Bin(const RenderInput& input, const ProjectedArrays& projected) const override {
    const Call call(*this);
    const BinArrays arrays(*device_, input, projected);
    const kernels::InstanceCount found = calls_.count_instances(call.context, arrays.projected.tile_counts.data(),
                                                                arrays.count, arrays.slot_begin.data());
    TileLists lists = BinInto(call, input, arrays, found, nullptr);
    lists.instances = found.instances;
    return lists;
  }

  TileLists BinPredicted(const RenderInput& input, const ProjectedArrays& projected, const kernels::InstanceCount& room,
                         kernels::InstanceCount* found) const override {
    const Call call(*this, 0);  // keys of 0 would be the first
    const BinArrays arrays(*device_, input, projected);
    const kernels::InstanceCount* on_device = calls_.count_on_device(call.context, arrays.projected.tile_counts.data(),
                                                                     arrays.count, arrays.slot_begin.data());
    device_->Download(found, on_device, sizeof(*found));
    TileLists lists = BinInto(call, input, arrays, room, on_device);
    lists.instances = found->instances;
    return lists;
  }

  PixelArrays Blend(const RenderInput& input, const ProjectedArrays& projected, const TileLists& lists) const override {
    const Call call(*this);
    const DeviceProjected<T> typed(*device_, projected);
    const DeviceLists device_lists(*device_, lists);
    const DevicePixels<T> out(*device_, size_t(input.camera.width) * size_t(input.camera.height));
    kernels::BlendParams<T> params = BlendParamsOf(input, typed, device_lists, out);
    calls_.blend(call.context, params);
    return {out.image.Doubles(), out.alpha.Doubles(), out.depth.Doubles()};
  }

  std::vector<double> BlendBackward(const RenderInput& input, const Rendered& forward,
                                    const PixelArrays& grad) const override {
    const Call call(*this);
    const DeviceProjected<T> projected(*device_, forward.projected);
    const DeviceLists lists(*device_, forward.lists);
    const DevicePixels<T> pixels(*device_, forward.pixels), typed_grad(*device_, grad);
    const Numbers<T> slots(*device_, size_t(lists.instances) * kernels::kSlotSize);
    kernels::BlendBackwardParams<T> params;
    params.forward = BlendParamsOf(input, projected, lists, pixels);
    params.grad = typed_grad.GradView();
    params.slots = slots.data();
    calls_.blend_backward(call.context, params);
    return slots.Doubles();
  }

  GradArrays ProjectBackward(const RenderInput& input, const Rendered& forward,
                             const std::vector<double>& slots) const override {
    const Call call(*this);
    const DeviceSplats<T> splats(*device_, input.splats);
    DeviceSplats<T> grad(*device_, input.splats);
    grad.Poison();
    const DeviceProjected<T> projected(*device_, forward.projected);
    const DeviceLists lists(*device_, forward.lists);
    const Numbers<T> typed_slots(*device_, slots);
    const Numbers<T> mean(*device_, size_t(2 * splats.count)), abs(*device_, size_t(2 * splats.count));
    calls_.project_backward(call.context, {{splats.View(), input.camera, input.options, projected.View()},
                                           lists.slot_begin.data(),
                                           typed_slots.data(),
                                           grad.GradView(),
                                           {mean.data(), abs.data()}});
    return {grad.Arrays(), mean.Doubles(), abs.Doubles()};
  }

 private:
  // What lives as long as one call of a stage.
  struct Call {
    TestScratch scratch;
    emulation::ScopedOrder order;
    KernelContext context;

    explicit Call(const KernelsBackend& backend, unsigned char scratch_fill = 0xff)
        : scratch(*backend.device_, scratch_fill), order({backend.settings_.order_seed}) {
      context.executor = &backend.executor_;
      context.scratch = &scratch;
      context.instruction_set = backend.settings_.instruction_set;
    }
  };

  struct BinArrays {
    DeviceProjected<T> projected;
    int64_t count;
    DeviceArray<int32_t> slot_begin, tile_begin;

    BinArrays(TestDevice& device, const RenderInput& input, const ProjectedArrays& p)
        : projected(device, p),
          count(int64_t(p.tile_counts.size())),
          slot_begin(device, Wild(size_t(count) + 1)),
          tile_begin(device, Wild(TilesOf(input) + 1)) {}

   private:
    static std::vector<int32_t> Wild(size_t size) { return std::vector<int32_t>(size, kWild32); }
    static size_t TilesOf(const RenderInput& input) {
      const math::TileGrid grid = math::TileGridOf(input.camera.width, input.camera.height);
      return size_t(grid.columns) * size_t(grid.rows);
    }
  };

  // All but the number of instances.
  TileLists BinInto(const Call& call, const RenderInput& input, const BinArrays& arrays,
                    const kernels::InstanceCount& size, const kernels::InstanceCount* found) const {
    const DeviceArray<kernels::TileInstance> entries(
        *device_, std::vector<kernels::TileInstance>(size_t(size.instances), {kWild32, kWild32}));
    calls_.bin_splats(call.context,
                      {arrays.count,
                       size.visible,
                       input.camera.width,
                       input.camera.height,
                       arrays.projected.View(),
                       {size.instances, arrays.slot_begin.data(), arrays.tile_begin.data(), entries.data()},
                       found});
    TileLists lists;
    lists.slot_begin = Converted<int64_t>(arrays.slot_begin.Get());
    lists.tile_begin = Converted<int64_t>(arrays.tile_begin.Get());
    for (const kernels::TileInstance& entry : entries.Get()) {
      lists.instance_splat.push_back(entry.splat);
      lists.instance_slot.push_back(entry.slot);
    }
    return lists;
  }

  static kernels::BlendParams<T> BlendParamsOf(const RenderInput& input, const DeviceProjected<T>& projected,
                                               const DeviceLists& lists, const DevicePixels<T>& pixels) {
    const auto& b = input.background;
    return {input.camera.width, input.camera.height, {T(b[0]), T(b[1]), T(b[2])},
            projected.View(),   lists.View(),        pixels.View()};
  }

  StageCalls<T> calls_;
  std::shared_ptr<TestDevice> device_;
  Settings settings_;
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

std::shared_ptr<const Backend> CpuFloatBackend(int threads, InstructionSet set) {
  return std::make_shared<KernelsBackend<float>>(
      CallsOf(kernels::CpuStages()), HostDevice(),
      KernelsBackend<float>::Settings{StrCat("CpuFloat", threads, "Threads_", NameOf(set)), threads, 0, false, set});
}
std::shared_ptr<const Backend> CpuDoubleBackend(int threads) {
  return std::make_shared<KernelsBackend<double>>(
      DoubleCalls(), HostDevice(),
      KernelsBackend<double>::Settings{StrCat("CpuDouble", threads, "Threads"), threads, 0, false});
}

std::shared_ptr<const Backend> EmulatedBackend(uint64_t order_seed) {
  const std::string name = order_seed == 0 ? "EmulatedCuda" : StrCat("EmulatedCudaShuffled", order_seed);
  return std::make_shared<KernelsBackend<float>>(CallsOf(kernels::emulated::DeviceStages()), HostDevice(),
                                                 KernelsBackend<float>::Settings{name, 1, order_seed, true});
}

std::vector<std::shared_ptr<const Backend>> CudaBackends() {
  const std::shared_ptr<TestDevice> device = CudaDevice();
  if (!device || !kernels::CudaStages()) return {};
  return {std::make_shared<KernelsBackend<float>>(CallsOf(*kernels::CudaStages()), device,
                                                  KernelsBackend<float>::Settings{"Cuda", 1, 0, true})};
}

std::vector<std::shared_ptr<const Backend>> DeviceBackends() {
  std::vector<std::shared_ptr<const Backend>> backends = {EmulatedBackend(0), EmulatedBackend(1), EmulatedBackend(2)};
  for (auto& cuda : CudaBackends()) backends.push_back(std::move(cuda));
  return backends;
}

std::vector<std::shared_ptr<const Backend>> UsableBackends() {
  std::vector<std::shared_ptr<const Backend>> backends = {CpuDoubleBackend()};
  for (const InstructionSet set : UsableInstructionSets()) backends.push_back(CpuFloatBackend(2, set));
  for (auto& backend : DeviceBackends()) backends.push_back(std::move(backend));
  return backends;
}

}  // namespace splat::testing
