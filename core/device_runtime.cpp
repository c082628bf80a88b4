#include "core/device_runtime.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "core/machine_limits.h"

namespace splat {
namespace {

using Moment = std::chrono::steady_clock::time_point;

DeviceMemory Memory() {
  const int64_t page = sysconf(_SC_PAGE_SIZE);
  const GroupLimits limits = ReadGroupLimits();
  return {std::min(limits.memory, int64_t(sysconf(_SC_PHYS_PAGES)) * page),
          std::min(limits.free, int64_t(sysconf(_SC_AVPHYS_PAGES)) * page)};
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
