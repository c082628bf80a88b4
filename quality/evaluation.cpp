#include "quality/evaluation.h"

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "core/reason.h"
#include "quality/metrics.h"
#include "rasterizer/torch/render_image8.h"

namespace splat::quality {

double Evaluation::Mean(const char* metric) const {
  return means[IndexOfMetric(metric)];
}

namespace {

struct ComparedView {
  std::shared_ptr<const data::ViewImage> photo;
  Image8 render;
  ViewMetrics metrics;
};

ComparedView Compare(const SplatModel& model, const data::Dataset& dataset, int index, data::ViewLoader& loader) {
  const data::View& view = dataset.views[size_t(index)];
  ComparedView compared = {
      loader.Get(index), RenderToImage8(model, view.camera, dataset.background, dataset.near), {view.name, {}}};
  for (const Metric& metric : Metrics()) {
    compared.metrics.values.push_back(metric.compare(compared.photo->image, compared.render, compared.photo->weights));
  }
  return compared;
}

}  // namespace

Evaluation Evaluate(const SplatModel& model, const data::Dataset& dataset, const std::vector<int>& view_indices,
                    data::ViewLoader& loader,
                    const std::function<void(const data::View&, const Image8& photo, const Image8& render)>& on_view) {
  Evaluation evaluation;
  evaluation.means.assign(Metrics().size(), 0);
  loader.Announce(view_indices);
  for (const int index : view_indices) {
    const data::View& view = dataset.views[size_t(index)];
    std::optional<ComparedView> compared;
    try {
      compared = Compare(model, dataset, index, loader);
    } catch (const std::exception& error) {
      evaluation.left_out.push_back({view.name, ReasonOf(error)});
      continue;
    }
    evaluation.views.push_back(compared->metrics);
    if (on_view) on_view(view, compared->photo->image, compared->render);
  }
  for (size_t i = 0; i < Metrics().size(); ++i) {
    for (const ViewMetrics& view : evaluation.views) {
      evaluation.means[i] += view.values[i] / double(evaluation.views.size());
    }
  }
  return evaluation;
}

}  // namespace splat::quality
