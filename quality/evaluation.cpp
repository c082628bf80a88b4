#include "quality/evaluation.h"

#include "quality/metrics.h"
#include "rasterizer/torch/render_image.h"

namespace splat::quality {

double Evaluation::Mean(const char* metric) const {
  return means[IndexOfMetric(metric)];
}

Evaluation Evaluate(const SplatModel& model, const data::Dataset& dataset, const std::vector<int>& view_indices,
                    data::ViewLoader& loader,
                    const std::function<void(const data::View&, const Image8& photo, const Image8& render)>& on_view) {
  Evaluation evaluation;
  evaluation.means.assign(Metrics().size(), 0);
  loader.Announce(view_indices);
  for (const int index : view_indices) {
    const data::View& view = dataset.views[size_t(index)];
    const auto photo = loader.Get(index);
    const Image8 render = RenderToImage8(model, view.camera, dataset.background);
    ViewMetrics metrics;
    metrics.name = view.name;
    for (size_t i = 0; i < Metrics().size(); ++i) {
      metrics.values.push_back(Metrics()[i].compare(photo->image, render, photo->weights));
      evaluation.means[i] += metrics.values[i] / double(view_indices.size());
    }
    evaluation.views.push_back(std::move(metrics));
    if (on_view) on_view(view, photo->image, render);
  }
  return evaluation;
}

}  // namespace splat::quality
