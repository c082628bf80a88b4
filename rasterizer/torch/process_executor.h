// The process has one executor, which is its pool of threads. An operator that LibTorch's dispatcher calls has no
// argument to carry an executor, so there is one pool per process, made at its first use. LibTorch's own pool is not
// used: its OpenMP threads spin while they wait, which tripled the processor time of a training on a busy machine
// (docs/architecture.md, "Threads").
#pragma once

#include "core/instruction_set.h"
#include "core/parallel.h"

namespace splat {

// Every stage of rendering and training runs on it. Calls from several threads at once are served one after the other.
Executor& ProcessExecutor();

// Sets the size of the pool; 0 stands for every core that the process may run on. LibTorch's own pool is set to one
// thread. This function must not be called while a stage runs.
void UseThreads(int threads);

// The instruction set of the stages' vectors, at first the best that the machine has. `set` must be a usable one, and
// must not be changed while a stage runs.
InstructionSet ProcessInstructionSet();
void UseInstructionSet(InstructionSet set);

}  // namespace splat
