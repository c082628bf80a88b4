#include "bench/timed_backend.h"

#include "core/check.h"

namespace splat::bench {

// The stages are functions without an object: this is how they find the recorder.
TimedBackend* TimedBackend::active_ = nullptr;

template <typename Work>
auto TimedBackend::Time(StepStage stage, const Work& work) {
  // Ends the call also where the stage returns something.
  struct Span {
    TimedBackend& recorder;
    StepStage stage;
    int begin = recorder.timeline_.Mark();
    ~Span() { recorder.calls_.push_back({stage, begin, recorder.timeline_.Mark()}); }
  };
  const Span span{*active_, stage};
  return work(active_->real_);
}

TimedBackend::TimedBackend(const train::Backend& backend) : real_(backend), timed_(backend), timeline_(backend.device) {
  SPLAT_CHECK(!active_, "only one backend is timed at a time");
  active_ = this;
  using Context = KernelContext;
  using train::Backend;
  timed_.render.project = [](const Context& context, const kernels::ProjectParams<float>& params) {
    Time(kProject, [&](const Backend& real) { real.render.project(context, params); });
  };
  timed_.render.count_instances = [](const Context& context, const int32_t* tile_counts, int64_t count,
                                     int32_t* slots) {
    return Time(kCount,
                [&](const Backend& real) { return real.render.count_instances(context, tile_counts, count, slots); });
  };
  if (timed_.render.count_on_device) {
    timed_.render.count_on_device = [](const Context& context, const int32_t* tile_counts, int64_t count,
                                       int32_t* slots) {
      return Time(kCount,
                  [&](const Backend& real) { return real.render.count_on_device(context, tile_counts, count, slots); });
    };
  }
  timed_.render.bin_splats = [](const Context& context, const kernels::BinParams<float>& params) {
    Time(kBin, [&](const Backend& real) { real.render.bin_splats(context, params); });
  };
  timed_.render.blend = [](const Context& context, const kernels::BlendParams<float>& params) {
    Time(kBlend, [&](const Backend& real) { real.render.blend(context, params); });
  };
  timed_.render.blend_backward = [](const Context& context, const kernels::BlendBackwardParams<float>& params) {
    Time(kBlendBackward, [&](const Backend& real) { real.render.blend_backward(context, params); });
  };
  timed_.loss = [](const Context& context, const train::LossParams& params, train::LossSums* sums) {
    Time(kLoss, [&](const Backend& real) { real.loss(context, params, sums); });
  };
  timed_.update.backward_and_adam = [](const Context& context, const train::BackwardAdamParams& params) {
    Time(kBackwardAndAdam, [&](const Backend& real) { real.update.backward_and_adam(context, params); });
  };
}

TimedBackend::~TimedBackend() {
  active_ = nullptr;
}

std::array<std::vector<double>, kStepStages> TimedBackend::TakeTimes() {
  std::array<std::vector<double>, kStepStages> times;
  for (const Call& call : calls_) times[call.stage].push_back(timeline_.MillisecondsBetween(call.begin, call.end));
  calls_.clear();
  timeline_.Clear();
  return times;
}

}  // namespace splat::bench
