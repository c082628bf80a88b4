#include "train/present_dataset.h"

#include <algorithm>

#include "data/dataset/changed_lens.h"
#include "data/dataset/lens_groups.h"

namespace splat::train {

// Where the number of lenses does not fit, LensRefinement says so.
PresentDataset::PresentDataset(const data::Dataset& source, const PhotoMotions& motions) : source_(source) {
  const size_t lenses = motions.distortions.size();
  if (lenses > 0 && lenses == data::LensCount(source.views))
    own_ = data::WithRadialChanges(source, motions.DistortionChanges());
}

std::vector<int> PresentDataset::ViewsOf(const std::vector<int>& lenses) const {
  std::vector<int> views;
  for (size_t i = 0; i < source_.views.size(); ++i) {
    const bool is_one = std::find(lenses.begin(), lenses.end(), source_.views[i].lens) != lenses.end();
    if (is_one) views.push_back(int(i));
  }
  return views;
}

void PresentDataset::Update(const std::vector<int>& views, const PhotoMotions& motions) {
  for (const int view : views) {
    const data::View& source = source_.views[size_t(view)];
    own_->views[size_t(view)] = data::WithRadialChange(source, motions.distortions[size_t(source.lens)].change);
  }
}

}  // namespace splat::train
