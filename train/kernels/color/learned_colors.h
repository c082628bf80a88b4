// This header applies the colours that a training has learned (scene/photo_colors.h) to the pixels of a view.
#pragma once

#include "core/image.h"
#include "core/parallel.h"
#include "scene/photo_colors.h"
#include "train/kernels/color/color_math.h"

namespace splat::train {

// Returns what a photo's pixels need. The photo's lens is one of `colors`.
ViewColor<float> ViewColorOf(const PhotoColors& colors, const PhotoColor& photo);

// The render as the photo would have seen it; 3 channels.
ImageF AsPhotoShows(const ViewColor<float>& view, const ImageF& render, Executor& executor);

}  // namespace splat::train
