#include "apps/eval/eval_images.h"

#include <algorithm>
#include <exception>
#include <filesystem>

#include "core/reason.h"
#include "data/photos/render_mark.h"
#include "quality/error_map.h"

namespace splat::apps {

namespace fs = std::filesystem;

std::string EvalImages::Write(const std::string& folder, const std::string& name, const Image8& image) {
  if (!failure_.empty()) return "";
  std::string file = folder + "/" + name + ".png";
  try {
    fs::create_directories(fs::path(options_.output) / folder);
    data::WriteRender((fs::path(options_.output) / file).string(), image);
    return file;
  } catch (const std::exception& error) {
    failure_ = ReasonOf(error);
    return "";
  }
}

void EvalImages::Take(const quality::ComparedView& compared) {
  const size_t view = files_.size();
  files_.emplace_back();
  if (options_.output.empty()) return;
  flat_names_.push_back(names_.NameFor(compared.view.name));
  if (options_.save_renders) {
    files_.back().photo = Write("views", flat_names_.back() + data::kPhotoEnding, compared.photo.image);
    files_.back().render = Write("views", flat_names_.back() + data::kRenderEnding, compared.render);
  }
  const double psnr = compared.values.raw[quality::IndexOfMetric(quality::Metrics(), "psnr")];
  const size_t most = size_t(options_.worst);
  if (most == 0 || (worst_.size() == most && psnr >= worst_.back().psnr)) return;
  if (worst_.size() == most) worst_.pop_back();
  const auto place = std::find_if(worst_.begin(), worst_.end(), [&](const Worst& other) { return psnr < other.psnr; });
  worst_.insert(place, {psnr, view, compared.photo, compared.render});
}

std::vector<ViewFiles> EvalImages::Finish() {
  for (const Worst& worst : worst_) {
    files_[worst.view].comparison =
        Write(kWorstFolder, flat_names_[worst.view],
              quality::ComparisonImage(worst.photo.image, worst.render, worst.photo.weights));
  }
  worst_.clear();
  return files_;
}

}  // namespace splat::apps
