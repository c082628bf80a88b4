// These stages apply a photo's colours (color_math.h) to the pixels of a view: they compute what the photo would have
// seen of the render, the gradient of that, and the means that are held at zero.
#pragma once

#include <cstdint>

#include "core/kernel_context.h"
#include "train/kernels/color/color_math.h"
#include "train/kernels/color/color_pixels.h"

namespace splat::train {

// A view and the numbers of its photo and camera, which lie on the device as the pixels do.
struct ColorParams {
  int width = 0, height = 0;
  const float* image = nullptr;   // [H, W, 3] the render
  const float* photo = nullptr;   // [kPhotoColorNumbers]
  const float* camera = nullptr;  // [kCameraColorNumbers]; null: the photo's exposure is all that is applied
};

struct ColorForwardParams {
  ColorParams view;
  float* changed_image = nullptr;  // [H, W, 3] overwritten
};

// All outputs but grad_image are overwritten; numbers that are not applied get 0. Sums over the pixels have an order
// that does not depend on the number of threads.
struct ColorBackwardParams {
  ColorParams view;
  float* grad_image = nullptr;   // [H, W, 3] comes as dL/dchanged_image, leaves as dL/dimage
  float* grad_photo = nullptr;   // [kPhotoColorNumbers]
  float* grad_camera = nullptr;  // [kCameraColorNumbers] with the gradient of the penalties; unused without a camera
};

// The listed rows of a table are moved by one vector, so that the mean of each column over them is 0.
struct CenterRowsParams {
  float* values = nullptr;  // [..., columns]
  int columns = 0;          // 1 ... kPhotoColorNumbers
  const int32_t* rows = nullptr;
  int64_t count = 0;  // of `rows`
};

// Throw splat::Error for sizes or pointers that cannot be.
void CheckColorForwardParams(const ColorForwardParams& params);
void CheckColorBackwardParams(const ColorBackwardParams& params);
void CheckCenterRowsParams(const CenterRowsParams& params);

struct ColorStages {
  void (*forward)(const KernelContext&, const ColorForwardParams&);
  void (*backward)(const KernelContext&, const ColorBackwardParams&);
  void (*center_rows)(const KernelContext&, const CenterRowsParams&);
};
ColorStages CpuColorStages();

// PhotoPixel of each pixel of an image on the CPU: from rows.image to rows.changed, whatever rows it names.
void ApplyViewColor(const KernelContext& context, const ColorRows& rows);

}  // namespace splat::train
