// An event is a mark in the work that is queued on a backend's device, which the host or another stream can wait for.
#pragma once

#include <memory>

#include "rasterizer/kernels/backend.h"

namespace splat {

class DeviceEvent {
 public:
  explicit DeviceEvent(const kernels::Backend& backend) : events_(&backend.events) {}

  // `stream` is one of the device, which is the current one.
  void Record(void* stream) {
    if (!event_) event_ = {events_->make(false), events_->destroy};
    events_->record(event_.get(), stream);
  }
  // Waits for what was recorded last; returns at once if nothing was.
  void WaitOnHost() const {
    if (event_) events_->wait_on_host(event_.get());
  }
  // What is queued on the stream from now on runs after what was recorded last.
  void WaitOnStream(void* stream) const {
    if (event_) events_->wait_on_stream(event_.get(), stream);
  }

 private:
  const DeviceEvents* events_;
  std::unique_ptr<void, void (*)(void*)> event_{nullptr, nullptr};  // from the first Record on
};

}  // namespace splat
