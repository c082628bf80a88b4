// Decodes the photos of views in the background and keeps a bounded number of bytes of 8-bit images.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/image.h"
#include "core/log.h"
#include "data/dataset.h"

namespace splat::data {

// The view's picture as trained on: decoded, oriented to the model, composited, undistorted, resized to view.camera. 3 channels.
// Throws splat::Error naming the file; a truncated file is warned of in `log` and used.
Image8 LoadView(const View& view, const std::array<float, 3>& background, const LogSink& log);

class ViewLoader {
 public:
  struct Options {
    int64_t cache_bytes = int64_t(2) << 30;  // decoded images are dropped, oldest use first, above this
    int threads = 1;                         // decoding threads
    int prefetch = 4;                        // how many of the announced views are decoded ahead
  };

  // `dataset` must outlive the loader.
  ViewLoader(const Dataset& dataset, const Options& options, LogSink log);
  ~ViewLoader();
  ViewLoader(const ViewLoader&) = delete;
  ViewLoader& operator=(const ViewLoader&) = delete;

  // Says which views will be asked for next, in order; replaces an earlier announcement.
  void Announce(const std::vector<int>& view_indices);

  // The picture of dataset.views[view_index]; waits if it is not decoded yet. Rethrows a decoding error of that view.
  // What comes back never depends on timing.
  std::shared_ptr<const Image8> Get(int view_index);

  int64_t cached_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace splat::data
