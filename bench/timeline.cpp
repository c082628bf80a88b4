#include "bench/timeline.h"

namespace splat::bench {

Timeline::~Timeline() {
  for (void* event : events_) events_of_.destroy(event);
}

int Timeline::Mark() {
  if (used_ == events_.size()) events_.push_back(events_of_.make(true));
  events_of_.record(events_[used_], CurrentStream(device_));
  return int(used_++);
}

double Timeline::MillisecondsBetween(int earlier, int later) {
  return events_of_.milliseconds_between(events_[size_t(earlier)], events_[size_t(later)]);
}

}  // namespace splat::bench
