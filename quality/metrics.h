// Quality over held-out views. Conventions: the render is clamped to 0..1 and rounded to 8 bits as a viewer would show
// it, the photo is the 8-bit image the training used (same size, undistorted, composited on the same background);
// PSNR over all channels and pixels with peak 255, SSIM with an 11x11 Gaussian window of sigma 1.5, zero padding
// outside, per channel, mean.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/image.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "rasterizer/torch/splat_model.h"

namespace splat::quality {

struct ViewMetrics {
  std::string name;
  double psnr = 0;  // dB; capped at 100 for equal images
  double ssim = 0;
};

struct Evaluation {
  std::vector<ViewMetrics> views;
  double psnr = 0, ssim = 0;  // means over the views; 0 if there are none
};

// Renders each view of `view_indices` and compares it with its photo. `on_view` (may be empty) gets name, photo and
// render.
Evaluation Evaluate(const SplatModel& model, const data::Dataset& dataset, const std::vector<int>& view_indices,
                    data::ViewLoader& loader,
                    const std::function<void(const data::View&, const Image8& photo, const Image8& render)>& on_view);

// Renders one camera to 8 bits.
Image8 RenderToImage8(const SplatModel& model, const Camera& camera, const std::array<float, 3>& background);

}  // namespace splat::quality
