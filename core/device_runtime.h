// These tables have what a device's runtime offers besides kernels: its memory, marks in the work that is queued on it,
// and copies that run beside that work. Streams and events are opaque; the functions act on the current device.
#pragma once

#include <cstddef>
#include <cstdint>

namespace splat {

struct DeviceMemory {
  int64_t total = 0, free = 0;  // bytes
};

// Marks that the host or another stream can wait for. On the CPU, where everything is done when a call returns, a mark
// is a moment, and nothing waits.
struct DeviceEvents {
  void* (*make)(bool timed);  // timed: for milliseconds_between
  void (*destroy)(void* event);
  // Marks all that has been queued on the stream so far.
  void (*record)(void* event, void* stream);
  // Waits for what was recorded last.
  void (*wait_on_host)(void* event);
  // What is queued on the stream from now on runs after what was recorded last.
  void (*wait_on_stream)(void* event, void* stream);
  // Waits for the later mark.
  double (*milliseconds_between)(void* earlier, void* later);
};

struct DeviceCopies {
  // A stream that does not wait for the default one; null on the CPU.
  void* (*make_stream)();
  void (*destroy_stream)(void* stream);
  // Queues a copy between host and device, either way. The host's memory is pinned if the device is a GPU.
  void (*queue)(void* stream, void* to, const void* from, size_t bytes);
};

struct DeviceRuntime {
  DeviceMemory (*memory)();
  DeviceEvents events;
  DeviceCopies copies;
};

// The runtime of the process's own memory.
const DeviceRuntime& HostRuntime();

}  // namespace splat
