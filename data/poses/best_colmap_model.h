// Which of the models is taken that COLMAP made of one photo set. Between poses of several kinds that lie with photos,
// pose_source.h chooses.
#pragma once

#include <optional>
#include <string>

#include "data/poses/colmap_reader.h"

namespace splat::data {

// A model, and the numbers by which it is chosen.
struct ColmapModel {
  std::string folder;
  ColmapModelSummary summary;
};

// The rule: the one with more images, of equals that with more points.
inline bool IsBetterModel(const ColmapModelSummary& model, const ColmapModelSummary& than) {
  return model.images != than.images ? model.images > than.images : model.points > than.points;
}

// Returns the best model among `folder` and its children, and nothing if there is none; damaged ones, also those that
// end within their last file, are passed over.
std::optional<ColmapModel> BestModel(const std::string& folder);

// What is wrong with the first damaged model among these; empty if none is damaged.
std::string DamageOfModels(const std::string& folder);

}  // namespace splat::data
