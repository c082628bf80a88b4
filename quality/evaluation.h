// An evaluation measures quality over held-out views. The render is clamped to 0..1 and rounded to 8 bits as a viewer
// would show it; the photo is the 8-bit image that the training used (same size, undistorted, composited on the same
// background). What is computed of the two stands in quality/metrics.h.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/image.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "quality/color_correction.h"
#include "quality/metrics.h"
#include "rasterizer/torch/splat_model.h"

namespace splat::quality {

// This text says how images are compared, for reports.
constexpr const char* kHowImagesAreCompared =
    "renders clamped and rounded to 8 bits, also after a correction, against the photos in 8 bits: same size, "
    "undistorted, on the same background, over the pixels that masks and borders leave";

// What is computed of each view.
struct EvaluationPlan {
  std::vector<Metric> metrics = RunMetrics();
  std::vector<Correction> corrections;  // the metrics are also computed after each of these
};

// Values of one view, or means over views.
struct MetricValues {
  std::vector<double> raw;                     // [metrics]; NaN where one is not defined
  std::vector<std::vector<double>> corrected;  // [corrections][metrics]
};

struct ViewMetrics {
  std::string name;  // of the photo
  MetricValues values;
};

// A view whose photo cannot be read or that cannot be rendered.
struct LeftOutView {
  std::string name, reason;
};

struct Evaluation {
  EvaluationPlan plan;
  std::vector<ViewMetrics> views;
  std::vector<LeftOutView> left_out;
  MetricValues means;  // over the views for which a value is defined; NaN if there are none

  // The mean of the metric with this name (quality/metrics.h), without correction.
  double Mean(const char* metric) const;
};

// A view that was compared.
struct ComparedView {
  const data::View& view;
  const data::ViewImage& photo;
  const Image8& render;
  const MetricValues& values;
};

// Renders each view of `view_indices` and compares it with its photo. One that fails is left out. `on_view` (may be
// empty) gets each that does not.
Evaluation Evaluate(const SplatModel& model, const data::Dataset& dataset, const std::vector<int>& view_indices,
                    data::ViewLoader& loader, const EvaluationPlan& plan,
                    const std::function<void(const ComparedView&)>& on_view);

}  // namespace splat::quality
