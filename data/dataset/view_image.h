// The image of a view is its photo as it is trained on: LoadView decodes, turns, composites, undistorts and resizes it.
#pragma once

#include <array>
#include <cstdint>

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
// view.camera. Pixels have weight 0 if anything that they show is excluded by the mask, lies in the border or is
// transparent under AlphaUse::kMask. A truncated file is used with a warning in `log`; its missing rows have weight 0.
// Views of one camera may share `maps`. Throws splat::Error naming the file, also where no pixel counts.
ViewImage LoadView(const View& view, const std::array<float, 3>& background, const LogSink& log,
                   UndistortMaps* maps = nullptr);

// Returns how many bytes LoadView's result takes, which is known before decoding. The weights of truncated photos,
// which are few, come on top.
int64_t BytesOf(const View& view);

// The image, resized as ResizeImage does; a pixel counts if all of what it shows does.
ViewImage ResizeView(const ViewImage& view, int width, int height);

}  // namespace splat::data
