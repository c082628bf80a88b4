#include "data/dataset/view_loader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "core/check.h"
#include "data/photos/undistort.h"

namespace splat::data {
namespace {

// What decoding a view gave: an image or an error, and warnings for the caller of Get.
struct Decoded {
  std::shared_ptr<const ViewImage> image;
  std::exception_ptr error;
  std::vector<std::string> warnings;
};

Decoded Decode(const Dataset& dataset, int view, UndistortMaps& maps) {
  Decoded decoded;
  try {
    decoded.image = std::make_shared<const ViewImage>(LoadView(
        dataset.views[size_t(view)], dataset.background,
        [&](LogLevel, const std::string& line) { decoded.warnings.push_back(line); }, &maps));
  } catch (...) {
    decoded.error = std::current_exception();
  }
  return decoded;
}

}  // namespace

// One slot for each view. Bytes are reserved in `used_bytes` before a worker decodes, so that the bound holds at any
// time.
struct ViewLoader::State {
  enum class Status { kAbsent, kDecoding, kReady };
  struct Slot {
    Status status = Status::kAbsent;
    Decoded decoded;       // of kReady; an error takes no bytes and stays
    int64_t last_use = 0;  // of kReady
    bool warned = false;   // the view's warnings have been logged
  };

  const Dataset& dataset;
  const Options options;
  const LogSink log;
  std::unique_ptr<UndistortMaps> maps = std::make_unique<UndistortMaps>();
  mutable std::mutex mutex;                // guards everything below
  std::condition_variable work, progress;  // for workers; for callers that wait for an image
  std::vector<Slot> slots;                 // [views]
  std::deque<int> announced;
  int64_t used_bytes = 0;    // of images held and reserved
  int64_t cached_bytes = 0;  // of images held
  int64_t clock = 0;
  bool stop = false;
  std::vector<std::thread> workers;

  State(const Dataset& the_dataset, const Options& the_options, LogSink the_log)
      : dataset(the_dataset), options(the_options), log(std::move(the_log)), slots(the_dataset.views.size()) {}

  int64_t Bytes(int view) const { return BytesOf(dataset.views[size_t(view)]); }

  // The announced views that may be decoded ahead; their images are not dropped.
  size_t WindowSize() const { return std::min(announced.size(), size_t(std::max(0, options.prefetch))); }
  bool InWindow(int view) const {
    const auto end = announced.begin() + std::ptrdiff_t(WindowSize());
    return std::find(announced.begin(), end, view) != end;
  }

  // Drops images, oldest use first, until `bytes` more fit. False, with nothing dropped, if that cannot be.
  bool MakeRoom(int64_t bytes) {
    std::vector<std::pair<int64_t, int>> candidates;  // last use, view
    int64_t room = options.cache_bytes - used_bytes;
    if (bytes <= room) return true;
    for (size_t view = 0; view < slots.size(); ++view) {
      const Slot& slot = slots[view];
      if (slot.status != Status::kReady || !slot.decoded.image || InWindow(int(view))) continue;
      candidates.emplace_back(slot.last_use, int(view));
      room += Bytes(int(view));
    }
    if (bytes > room) return false;
    std::sort(candidates.begin(), candidates.end());
    for (size_t i = 0; options.cache_bytes - used_bytes < bytes; ++i) {
      Forget(candidates[i].second);
    }
    return true;
  }

  // Drops what is held of a view that is not being decoded.
  void Forget(int view) {
    Slot& slot = slots[size_t(view)];
    if (slot.decoded.image) {
      used_bytes -= Bytes(view);
      cached_bytes -= Bytes(view);
    }
    slot.status = Status::kAbsent;
    slot.decoded = {};
  }

  // Stores what was decoded; `keep` says that its bytes have been reserved.
  void Finish(int view, const Decoded& decoded, bool keep) {
    Slot& slot = slots[size_t(view)];
    const bool image_kept = keep && decoded.image;
    if (keep && !decoded.image) used_bytes -= Bytes(view);
    if (image_kept) cached_bytes += Bytes(view);
    slot.status = image_kept || decoded.error ? Status::kReady : Status::kAbsent;
    slot.decoded = slot.status == Status::kReady ? decoded : Decoded();
    slot.last_use = ++clock;
    progress.notify_all();
  }

  // The next view to decode ahead, with its bytes reserved; -1: none now.
  int ReserveNext() {
    for (size_t i = 0; i < WindowSize(); ++i) {
      const int view = announced[i];
      if (slots[size_t(view)].status != Status::kAbsent) continue;
      if (!MakeRoom(Bytes(view))) return -1;
      used_bytes += Bytes(view);
      slots[size_t(view)].status = Status::kDecoding;
      return view;
    }
    return -1;
  }

  void Work() {
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
      int view = -1;
      work.wait(lock, [&] { return stop || (view = ReserveNext()) >= 0; });
      if (stop) return;
      lock.unlock();
      const Decoded decoded = Decode(dataset, view, *maps);
      lock.lock();
      Finish(view, decoded, true);
    }
  }

  // Takes `view` and what was announced before it off the list.
  void TakeOffList(int view) {
    const auto found = std::find(announced.begin(), announced.end(), view);
    if (found != announced.end()) announced.erase(announced.begin(), found + 1);
  }

  // On the calling thread, with the mutex released meanwhile.
  Decoded DecodeHere(int view, std::unique_lock<std::mutex>& lock) {
    slots[size_t(view)].status = Status::kDecoding;
    lock.unlock();
    Decoded decoded = Decode(dataset, view, *maps);
    lock.lock();
    const bool keep = decoded.image && MakeRoom(Bytes(view));
    if (keep) used_bytes += Bytes(view);
    Finish(view, decoded, keep);
    return decoded;
  }
};

ViewLoader::ViewLoader(const Dataset& dataset, const Options& options, LogSink log)
    : state_(std::make_unique<State>(dataset, options, std::move(log))) {
  for (int i = 0; i < options.threads; ++i) state_->workers.emplace_back([this] { state_->Work(); });
}

ViewLoader::~ViewLoader() {
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->stop = true;
  }
  state_->work.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

void ViewLoader::Announce(const std::vector<int>& view_indices) {
  const int count = int(state_->slots.size());
  for (int view : view_indices) SPLAT_CHECK(view >= 0 && view < count, "view ", view, " of ", count, " was announced");
  {
    const std::lock_guard<std::mutex> lock(state_->mutex);
    state_->announced.assign(view_indices.begin(), view_indices.end());
  }
  state_->work.notify_all();
}

void ViewLoader::Change(const std::vector<int>& view_indices, const std::function<void()>& change) {
  State& state = *state_;
  std::unique_lock<std::mutex> lock(state.mutex);
  const auto decodes = [](const State::Slot& slot) { return slot.status == State::Status::kDecoding; };
  state.progress.wait(lock, [&] { return std::none_of(state.slots.begin(), state.slots.end(), decodes); });
  change();
  for (const int view : view_indices) state.Forget(view);
  state.maps = std::make_unique<UndistortMaps>();  // of lenses that are gone
}

std::shared_ptr<const ViewImage> ViewLoader::Get(int view_index) {
  State& state = *state_;
  SPLAT_CHECK(view_index >= 0 && view_index < int(state.slots.size()), "view ", view_index, " of ", state.slots.size(),
              " was asked for");
  State::Slot& slot = state.slots[size_t(view_index)];
  std::unique_lock<std::mutex> lock(state.mutex);
  // An image that is being decoded always arrives; it may be gone again if several callers compete for a small cache.
  state.progress.wait(lock, [&] { return slot.status != State::Status::kDecoding; });
  const Decoded decoded = slot.status == State::Status::kReady ? slot.decoded : state.DecodeHere(view_index, lock);
  slot.last_use = ++state.clock;
  state.TakeOffList(view_index);
  const bool warn = !std::exchange(slot.warned, true);
  lock.unlock();
  state.work.notify_all();
  if (warn) {
    for (const std::string& line : decoded.warnings) LogWarning(state.log, line);
  }
  if (decoded.error) std::rethrow_exception(decoded.error);
  return decoded.image;
}

int64_t ViewLoader::cached_bytes() const {
  const std::lock_guard<std::mutex> lock(state_->mutex);
  return state_->cached_bytes;
}

}  // namespace splat::data
