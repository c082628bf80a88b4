// Quality over held-out views. The render is clamped to 0..1 and rounded to 8 bits as a viewer would show it; the photo
// is the 8-bit image that the training used (same size, undistorted, composited on the same background). What is
// computed of the two stands in quality/metrics.h.
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
  std::string name;            // of the photo
  std::vector<double> values;  // one for each of Metrics(), in its order
};

// A view whose photo cannot be read or that cannot be rendered.
struct LeftOutView {
  std::string name, reason;
};

struct Evaluation {
  std::vector<ViewMetrics> views;
  std::vector<LeftOutView> left_out;
  std::vector<double> means;  // over the views, in the order of Metrics(); 0 if there are no views

  // The mean of the metric with this name (quality/metrics.h).
  double Mean(const char* metric) const;
};

// Renders each view of `view_indices` and compares it with its photo. One that fails is left out. `on_view` (may be
// empty) gets view, photo and render.
Evaluation Evaluate(const SplatModel& model, const data::Dataset& dataset, const std::vector<int>& view_indices,
                    data::ViewLoader& loader,
                    const std::function<void(const data::View&, const Image8& photo, const Image8& render)>& on_view);

}  // namespace splat::quality
