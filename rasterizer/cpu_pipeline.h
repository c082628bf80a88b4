// A pipeline on the CPU needs no more than threads: its memory is the process's own.
#pragma once

#include "rasterizer/pipeline.h"

namespace splat {

class CpuPipeline {
 public:
  // The executor outlives the object.
  explicit CpuPipeline(Executor& executor) { context_.executor = &executor; }
  CpuPipeline(const CpuPipeline&) = delete;
  CpuPipeline& operator=(const CpuPipeline&) = delete;

  // Valid as long as the object is; so are the results that it returns, until its next pass.
  const Pipeline<float>& get() const { return pipeline_; }

 private:
  KernelContext context_;
  HostArena arena_;
  Pipeline<float> pipeline_ = {kernels::CpuBackend().render, context_, arena_};
};

}  // namespace splat
