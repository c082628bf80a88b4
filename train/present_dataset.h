// The dataset of a training as it is at present: its lenses have the distortions that have been refined so far.
#pragma once

#include <optional>
#include <vector>

#include "data/dataset/dataset.h"
#include "train/photo_motions.h"

namespace splat::train {

class PresentDataset {
 public:
  // The source outlives the object. Without distortions among the motions the dataset is the source itself.
  PresentDataset(const data::Dataset& source, const PhotoMotions& motions);
  // What has been made for the dataset refers to it.
  PresentDataset(const PresentDataset&) = delete;
  PresentDataset& operator=(const PresentDataset&) = delete;

  // The same object as long as this one lives.
  const data::Dataset& operator*() const { return own_ ? *own_ : source_; }
  const data::Dataset* operator->() const { return &**this; }

  std::vector<int> ViewsOf(const std::vector<int>& lenses) const;
  // Gives these views, which nothing may look at meanwhile, the distortions of the motions.
  void Update(const std::vector<int>& views, const PhotoMotions& motions);

 private:
  const data::Dataset& source_;
  std::optional<data::Dataset> own_;
};

}  // namespace splat::train
