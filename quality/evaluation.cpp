#include "quality/evaluation.h"

#include <cmath>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "core/reason.h"
#include "rasterizer/torch/process_executor.h"
#include "rasterizer/torch/render_image8.h"

namespace splat::quality {

double Evaluation::Mean(const char* metric) const {
  return means.raw[IndexOfMetric(plan.metrics, metric)];
}

namespace {

// Each metric of each image is a task of its own.
MetricValues Compare(const EvaluationPlan& plan, const data::ViewImage& photo, const Image8& render) {
  Executor& executor = ProcessExecutor();
  const size_t metrics = plan.metrics.size(), corrections = plan.corrections.size();
  MetricValues values;
  values.raw.resize(metrics);
  values.corrected.assign(corrections, std::vector<double>(metrics));
  std::vector<Image8> corrected(corrections);
  executor.Run(int64_t(corrections), [&](int64_t task) {
    corrected[size_t(task)] = plan.corrections[size_t(task)].correct(photo.image, render, photo.weights);
  });
  executor.Run(int64_t((1 + corrections) * metrics), [&](int64_t task) {
    const size_t metric = size_t(task) % metrics, image = size_t(task) / metrics;
    double& value = image == 0 ? values.raw[metric] : values.corrected[image - 1][metric];
    value = plan.metrics[metric].compare(photo.image, image == 0 ? render : corrected[image - 1], photo.weights);
  });
  return values;
}

// The mean of what `value_of` takes out of each view, where that is a number.
template <typename ValueOf>
double MeanOf(const std::vector<ViewMetrics>& views, const ValueOf& value_of) {
  double sum = 0;
  size_t count = 0;
  for (const ViewMetrics& view : views) {
    const double value = value_of(view.values);
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count > 0 ? sum / double(count) : std::numeric_limits<double>::quiet_NaN();
}

MetricValues MeansOf(const EvaluationPlan& plan, const std::vector<ViewMetrics>& views) {
  MetricValues means;
  means.corrected.resize(plan.corrections.size());
  for (size_t i = 0; i < plan.metrics.size(); ++i) {
    means.raw.push_back(MeanOf(views, [&](const MetricValues& values) { return values.raw[i]; }));
    for (size_t c = 0; c < plan.corrections.size(); ++c) {
      means.corrected[c].push_back(MeanOf(views, [&](const MetricValues& values) { return values.corrected[c][i]; }));
    }
  }
  return means;
}

}  // namespace

Evaluation Evaluate(const SplatModel& model, const data::Dataset& dataset, const std::vector<int>& view_indices,
                    data::ViewLoader& loader, const EvaluationPlan& plan,
                    const std::function<void(const ComparedView&)>& on_view) {
  Evaluation evaluation;
  evaluation.plan = plan;
  loader.Announce(view_indices);
  for (const int index : view_indices) {
    const data::View& view = dataset.views[size_t(index)];
    std::shared_ptr<const data::ViewImage> photo;
    Image8 render;
    ViewMetrics metrics = {view.name, {}};
    try {
      photo = loader.Get(index);
      render = RenderToImage8(model, view.camera, dataset.background, dataset.near);
      metrics.values = Compare(plan, *photo, render);
    } catch (const std::exception& error) {
      evaluation.left_out.push_back({view.name, ReasonOf(error)});
      continue;
    }
    evaluation.views.push_back(metrics);
    if (on_view) on_view({view, *photo, render, metrics.values});
  }
  evaluation.means = MeansOf(plan, evaluation.views);
  return evaluation;
}

}  // namespace splat::quality
