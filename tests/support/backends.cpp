#include "tests/support/backends.h"

#include <limits>

#include "core/check.h"
#include "rasterizer/math/tiles.h"
#include "rasterizer/pipeline.h"
#include "tests/support/device_arena.h"
#include "tests/support/emulated_gpu.h"
#include "tests/support/stage_arrays.h"
#include "tests/support/test_device.h"

namespace splat::testing {
namespace {

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
  KernelsBackend(const kernels::RenderStages<T>& stages, std::shared_ptr<TestDevice> device, const Settings& settings)
      : stages_(stages), device_(std::move(device)), settings_(settings), executor_(settings.threads) {}

  std::string Name() const override { return settings_.name; }
  double Epsilon() const override { return double(std::numeric_limits<T>::epsilon()); }
  bool OnDevice() const override { return settings_.on_device; }

  Rendered Render(const RenderInput& input) const override {
    const Pass pass(*this);
    const DeviceSplats<T> splats(*device_, input.splats);
    const PassResult<T> result = pass.pipeline.Forward(InputOf(input, splats.View()));
    return {pass.Projected(), pass.Lists(result), pass.Pixels()};
  }

  ProjectedArrays Project(const RenderInput& input) const override {
    const Pass pass(*this);
    const DeviceSplats<T> splats(*device_, input.splats);
    const PassResult<T> result = pass.pipeline.Begin(InputOf(input, splats.View()));
    stages_.project(pass.context, result.project);
    return pass.Projected();
  }

  TileLists Bin(const RenderInput& input, const ProjectedArrays& projected) const override {
    const Pass pass(*this);
    const DeviceProjected<T> typed(*device_, projected);
    PassResult<T> result = ResultOf(input, typed);
    pass.pipeline.MakeLists(result);
    return pass.Lists(result);
  }

  TileLists BinPredicted(const RenderInput& input, const ProjectedArrays& projected, const kernels::InstanceCount& room,
                         kernels::InstanceCount* found) const override {
    const Pass pass(*this, 0);  // keys of 0 would be the first
    const DeviceProjected<T> typed(*device_, projected);
    const int64_t count = int64_t(projected.tile_counts.size());
    const math::TileGrid grid = math::TileGridOf(input.camera.width, input.camera.height);
    const DeviceArray<int32_t> slot_begin(*device_, count + 1),
        tile_begin(*device_, int64_t(grid.columns) * grid.rows + 1);
    const DeviceArray<kernels::TileInstance> entries(*device_, room.instances);
    const kernels::InstanceCount* on_device =
        stages_.count_on_device(pass.context, typed.tile_counts.data(), count, slot_begin.data());
    device_->Download(found, on_device, sizeof(*found));
    const kernels::TileListView list = {room.instances, slot_begin.data(), tile_begin.data(), entries.data()};
    stages_.bin_splats(pass.context,
                       {count, room.visible, input.camera.width, input.camera.height, typed.View(), list, on_device});
    return ListsOf(found->instances, slot_begin.Get(), tile_begin.Get(), entries.Get());
  }

  PixelArrays Blend(const RenderInput& input, const ProjectedArrays& projected, const TileLists& lists) const override {
    const Pass pass(*this);
    const DeviceProjected<T> typed(*device_, projected);
    const DeviceLists device_lists(*device_, lists);
    PassResult<T> result = ResultOf(input, typed, &device_lists);
    pass.pipeline.Blend(result);
    return pass.Pixels();
  }

  std::vector<double> BlendBackward(const RenderInput& input, const Rendered& forward,
                                    const PixelArrays& grad) const override {
    const Pass pass(*this);
    const DeviceProjected<T> projected(*device_, forward.projected);
    const DeviceLists lists(*device_, forward.lists);
    const DevicePixels<T> pixels(*device_, forward.pixels), typed_grad(*device_, grad);
    PassResult<T> result = ResultOf(input, projected, &lists);
    result.blend.out = pixels.View();
    pass.pipeline.Backward(result, typed_grad.GradView());
    return Converted<double>(pass.arena.template Get<T>(kSlots));
  }

  GradArrays ProjectBackward(const RenderInput& input, const Rendered& forward,
                             const std::vector<double>& slots) const override {
    const Pass pass(*this);
    const DeviceSplats<T> splats(*device_, input.splats);
    DeviceSplats<T> grad(*device_, input.splats);
    grad.Poison();
    const DeviceProjected<T> projected(*device_, forward.projected);
    const DeviceLists lists(*device_, forward.lists);
    const Numbers<T> typed_slots(*device_, slots);
    const Numbers<T> mean(*device_, size_t(2 * splats.count)), abs(*device_, size_t(2 * splats.count));
    stages_.project_backward(pass.context, {{splats.View(), input.camera, input.options, projected.View()},
                                            lists.slot_begin.data(),
                                            typed_slots.data(),
                                            grad.GradView(),
                                            {mean.data(), abs.data()}});
    return {grad.Arrays(), mean.Doubles(), abs.Doubles()};
  }

  std::vector<double> CameraGradient(const RenderInput& input, const Rendered& forward,
                                     const std::vector<double>& slots) const override {
    const Pass pass(*this);
    const DeviceSplats<T> splats(*device_, input.splats);
    const DeviceProjected<T> projected(*device_, forward.projected);
    const DeviceLists lists(*device_, forward.lists);
    const Numbers<T> typed_slots(*device_, slots);
    const Numbers<double> gradient(*device_, size_t(kernels::kCameraNumbers));
    stages_.camera_gradient(pass.context, {{splats.View(), input.camera, input.options, projected.View()},
                                           lists.slot_begin.data(),
                                           typed_slots.data(),
                                           gradient.data()});
    return gradient.Doubles();
  }

 private:
  // What lives as long as the stages of one call.
  struct Pass {
    TestScratch scratch;
    emulation::ScopedOrder order;
    KernelContext context;
    mutable DeviceArena arena;
    Pipeline<T> pipeline;

    explicit Pass(const KernelsBackend& backend, unsigned char scratch_fill = 0xff)
        : scratch(*backend.device_, scratch_fill),
          order({backend.settings_.order_seed}),
          arena(*backend.device_),
          pipeline{backend.stages_, context, arena} {
      context.executor = &backend.executor_;
      context.scratch = &scratch;
      context.instruction_set = backend.settings_.instruction_set;
    }
    ProjectedArrays Projected() const {
      return ArraysOf(Converted<double>(arena.template Get<T>(kRecords)), arena.template Get<int32_t>(kTileCounts));
    }
    TileLists Lists(const PassResult<T>& result) const {
      return ListsOf(result.blend.list.instances, arena.template Get<int32_t>(kSlotBegin),
                     arena.template Get<int32_t>(kTileBegin), arena.template Get<kernels::TileInstance>(kEntries));
    }
    PixelArrays Pixels() const {
      return {Converted<double>(arena.template Get<T>(kImage)), Converted<double>(arena.template Get<T>(kAlpha)),
              Converted<double>(arena.template Get<T>(kDepth))};
    }
  };

  static PassInput<T> InputOf(const RenderInput& input, const kernels::SplatsView<T>& splats) {
    const auto& b = input.background;
    return {splats, input.camera, input.options, {T(b[0]), T(b[1]), T(b[2])}, true};
  }

  // Returns the result of a forward pass whose splats are projected, and whose lists are made if they are given.
  static PassResult<T> ResultOf(const RenderInput& input, const DeviceProjected<T>& projected,
                                const DeviceLists* lists = nullptr) {
    kernels::SplatsView<T> splats;
    splats.count = projected.tile_counts.size();
    PassResult<T> result = WithoutResults(InputOf(input, splats));
    result.project.out = result.blend.projected = projected.View();
    if (lists) {
      result.blend.list = lists->View();
      result.rows = lists->instances;
    }
    return result;
  }

  static TileLists ListsOf(int64_t instances, const std::vector<int32_t>& slot_begin,
                           const std::vector<int32_t>& tile_begin, const std::vector<kernels::TileInstance>& entries) {
    TileLists lists;
    lists.instances = instances;
    lists.slot_begin = Converted<int64_t>(slot_begin);
    lists.tile_begin = Converted<int64_t>(tile_begin);
    for (const kernels::TileInstance& entry : entries) {
      lists.instance_splat.push_back(entry.splat);
      lists.instance_slot.push_back(entry.slot);
    }
    return lists;
  }

  kernels::RenderStages<T> stages_;
  std::shared_ptr<TestDevice> device_;
  Settings settings_;
  mutable ThreadPool executor_;
};

}  // namespace

GradArrays Backend::RenderBackward(const RenderInput& input, const Rendered& forward, const PixelArrays& grad) const {
  return ProjectBackward(input, forward, BlendBackward(input, forward, grad));
}

std::shared_ptr<const Backend> CpuFloatBackend(int threads, InstructionSet set) {
  return std::make_shared<KernelsBackend<float>>(
      kernels::CpuBackend().render, HostDevice(),
      KernelsBackend<float>::Settings{StrCat("CpuFloat", threads, "Threads_", NameOf(set)), threads, 0, false, set});
}
std::shared_ptr<const Backend> CpuDoubleBackend(int threads) {
  return std::make_shared<KernelsBackend<double>>(
      kernels::CpuDoubleStages(), HostDevice(),
      KernelsBackend<double>::Settings{StrCat("CpuDouble", threads, "Threads"), threads});
}

std::shared_ptr<const Backend> EmulatedBackend(uint64_t order_seed) {
  const std::string name = order_seed == 0 ? "EmulatedCuda" : StrCat("EmulatedCudaShuffled", order_seed);
  return std::make_shared<KernelsBackend<float>>(kernels::emulated::DeviceBackend().render, HostDevice(),
                                                 KernelsBackend<float>::Settings{name, 1, order_seed, true});
}

std::vector<std::shared_ptr<const Backend>> CudaBackends() {
  const std::shared_ptr<TestDevice> device = CudaDevice();
  const kernels::Backend* cuda = kernels::CudaBackend().backend;
  if (!device || !cuda) return {};
  return {std::make_shared<KernelsBackend<float>>(cuda->render, device,
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
