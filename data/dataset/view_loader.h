// Decodes the photos of views in the background and keeps a bounded number of bytes of 8-bit images.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/image.h"
#include "core/log.h"
#include "data/dataset/dataset.h"
#include "data/photos/undistort.h"

namespace splat::data {

// A photo as it is trained on.
struct ViewImage {
  Image8 image;    // 3 channels
  Image8 weights;  // 1 channel: 255 for pixels that count, 0 for others; empty: all count
};

// Returns the view's image and weights: decoded, oriented to the model, composited, undistorted and resized to
// view.camera. Pixels have weight 0 if any of what they show is dropped by the mask, lies in the border or is
// transparent under AlphaUse::kMask. A truncated file is used with a warning in `log`; its missing rows have weight 0.
// Views of one camera may share `maps`. Throws splat::Error naming the file, also where no pixel counts.
ViewImage LoadView(const View& view, const std::array<float, 3>& background, const LogSink& log,
                   UndistortMaps* maps = nullptr);

// How many bytes LoadView's result takes, known before decoding. The weights of truncated photos, which are few, come
// on top.
int64_t BytesOf(const View& view);

// The image, resized as ResizeImage does; a pixel counts if all of what it shows does.
ViewImage ResizeView(const ViewImage& view, int width, int height);

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

  // Returns the image of dataset.views[view_index]. An image that is not decoded yet is decoded on the calling thread,
  // and one that is being decoded is waited for. Rethrows a decoding error of that view. The result never depends on
  // timing. A view's warnings go to the log from here, on the calling thread, the first time that it is asked for.
  // Several threads may call this function if they may call the log sink.
  std::shared_ptr<const ViewImage> Get(int view_index);

  // Returns the bytes of the decoded images that are held, never above Options::cache_bytes: an image that does not fit
  // is handed out without being kept. Images that a caller still holds, or that are being decoded, come on top.
  int64_t cached_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace splat::data
