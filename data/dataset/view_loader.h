// The loader decodes the photos of views in the background and keeps a bounded number of bytes of 8-bit images.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/log.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_image.h"

namespace splat::data {

class ViewLoader {
 public:
  struct Options {
    int64_t cache_bytes = int64_t(2) << 30;  // decoded images are dropped, oldest use first, above this
    int threads = 1;                         // decoding threads; 0: every image is decoded by Get
    int prefetch = 4;                        // how many of the announced views are decoded ahead, if the cache has room
  };

  // `dataset` must outlive the loader.
  ViewLoader(const Dataset& dataset, const Options& options, LogSink log);
  // Waits for the images that are being decoded at the moment, at most one for each thread.
  ~ViewLoader();
  ViewLoader(const ViewLoader&) = delete;
  ViewLoader& operator=(const ViewLoader&) = delete;

  // Says which views will be asked for next, in order; replaces an earlier announcement. Asking for a view takes it,
  // and those announced before it, off the list. Asking for others is allowed.
  void Announce(const std::vector<int>& view_indices);

  // Waits for the images that are being decoded, calls `change`, which may change these views of the dataset but not
  // the sizes of their images, and drops their images: the next ones are of the views as they are then. It may be
  // called while no other thread is in Get.
  void Change(const std::vector<int>& view_indices, const std::function<void()>& change);

  // Returns the image of dataset.views[view_index]. An image that is not decoded yet is decoded on the calling thread,
  // and one that is being decoded is waited for. Rethrows a decoding error of that view. The result never depends on
  // timing. A view's warnings go to the log from here, on the calling thread, the first time that it is asked for.
  // Several threads may call this function if they may call the log sink.
  std::shared_ptr<const ViewImage> Get(int view_index);

  // Returns the bytes of the decoded images that are held, never above Options::cache_bytes: an image that does not fit
  // is returned without being kept. Images that a caller still holds, or that are being decoded, come on top.
  int64_t cached_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace splat::data
