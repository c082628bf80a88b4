// This header changes the size of an image.
#pragma once

#include "core/image.h"

namespace splat::data {

// Resizes by area-averaging where the result is smaller, and bicubically where it is larger.
Image8 ResizeImage(const Image8& image, int width, int height);

}  // namespace splat::data
