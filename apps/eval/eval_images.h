// This header writes the images that splat-eval leaves in its output folder.
#pragma once

#include <string>
#include <vector>

#include "apps/eval/eval_options.h"
#include "apps/eval/eval_report.h"
#include "pipeline/render_names.h"
#include "quality/evaluation.h"

namespace splat::apps {

// Within the output folder: comparisons of the worst views.
constexpr const char* kWorstFolder = "worst";

class EvalImages {
 public:
  explicit EvalImages(const EvalOptions& options) : options_(options) {}

  // Takes the next view: writes photo and render with --save-renders, and keeps both if the view is among the
  // worst by PSNR so far. The first file that cannot be written is the last.
  void Take(const quality::ComparedView& compared);

  // Writes the comparisons of the worst views; then the files of all views, in the order in which they were taken.
  std::vector<ViewFiles> Finish();

  // Why not all files could be written; empty if they could.
  const std::string& failure() const { return failure_; }

 private:
  struct Worst {
    double psnr = 0;
    size_t view = 0;
    data::ViewImage photo;
    Image8 render;
  };

  // Writes the image below the output folder. Returns its name there, or nothing if it could not be written.
  std::string Write(const std::string& folder, const std::string& name, const Image8& image);

  const EvalOptions& options_;
  pipeline::RenderNames names_;
  std::vector<std::string> flat_names_;  // of the views, for files
  std::vector<ViewFiles> files_;
  std::vector<Worst> worst_;  // the worst first
  std::string failure_;
};

}  // namespace splat::apps
