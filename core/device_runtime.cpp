#include "core/device_runtime.h"

#include <chrono>
#include <cstring>

#include "core/machine_limits.h"

namespace splat {
namespace {

using Moment = std::chrono::steady_clock::time_point;

DeviceMemory Memory() {
  const MachineMemory memory = UsableMemory();
  return {memory.total, memory.free};
}

void* MakeMoment(bool) {
  return new Moment;
}
void DestroyMoment(void* moment) {
  delete static_cast<Moment*>(moment);
}
void RecordMoment(void* moment, void*) {
  *static_cast<Moment*>(moment) = std::chrono::steady_clock::now();
}
void NoWaitOnHost(void*) {}
void NoWaitOnStream(void*, void*) {}
double MillisecondsBetween(void* earlier, void* later) {
  const auto time = *static_cast<Moment*>(later) - *static_cast<Moment*>(earlier);
  return std::chrono::duration<double, std::milli>(time).count();
}

void* NoStream() {
  return nullptr;
}
void DestroyNoStream(void*) {}
void Copy(void*, void* to, const void* from, size_t bytes) {
  if (bytes > 0) std::memcpy(to, from, bytes);
}

}  // namespace

const DeviceRuntime& HostRuntime() {
  static const DeviceRuntime runtime = {
      Memory,
      {MakeMoment, DestroyMoment, RecordMoment, NoWaitOnHost, NoWaitOnStream, MillisecondsBetween},
      {NoStream, DestroyNoStream, Copy}};
  return runtime;
}

}  // namespace splat
