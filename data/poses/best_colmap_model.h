// This header chooses among the models that COLMAP made of one photo set. Between poses of several kinds that lie with
// photos, pose_source.h chooses.
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

// The models of one run of COLMAP's.
struct ColmapModels {
  std::optional<ColmapModel> best;  // of those with photos that are whole
  std::string damage;               // what is wrong with the first damaged one, with its file; empty if none is
};

// Reads the models in `folder` and its children, each once and to its end. A model is damaged if one of its files
// cannot be read whole or has no bytes, as a full disk leaves it.
ColmapModels ReadModels(const std::string& folder);

}  // namespace splat::data
