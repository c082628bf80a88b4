#include "scene/floaters.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/format.h"
#include "scene/sky_depth.h"

namespace splat {
namespace {

// The depth before which a share of the weight lies, of pairs of depth and weight in the order of their depths; 0 for
// none.
double DepthBefore(const std::vector<std::pair<float, float>>& seen, double share) {
  double total = 0, before = 0;
  for (const auto& [depth, weight] : seen) total += double(weight);
  for (const auto& [depth, weight] : seen) {
    before += double(weight);
    if (before >= share * total) return double(depth);
  }
  return 0;
}

// Returns the median depth of what a photo shows apart from the sky; 0 where it shows nothing.
double MedianDepthOf(const std::vector<float>& weights, const std::vector<float>& depths) {
  std::vector<std::pair<float, float>> seen;  // depth, weight
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0) seen.emplace_back(depths[i], weights[i]);
  }
  std::sort(seen.begin(), seen.end());
  const double sky = SkyDepth(DepthBefore(seen, kForeground));
  while (!seen.empty() && double(seen.back().first) > sky) seen.pop_back();
  return DepthBefore(seen, 0.5);
}

}  // namespace

bool SupportTally::AreOnePlace(const Photo& a, const Photo& b) const {
  return Norm(a.position - b.position) <= std::max(a.one_place, b.one_place);
}

void SupportTally::Add(const Vec3<double>& position, const std::vector<float>& weights,
                       const std::vector<float>& depths) {
  SPLAT_CHECK(weights.size() == splats_.size() && depths.size() == splats_.size(), "support: ", weights.size(),
              " weights and ", depths.size(), " depths for ", splats_.size(), " splats");
  const double median = MedianDepthOf(weights, depths);
  const float near_zone = float(kNearZone * median);
  const Photo photo = {position, kOnePlace * median};
  const auto index = int32_t(photos_.size());
  photos_.push_back(photo);
  is_one_place_ = is_one_place_ && AreOnePlace(photos_.front(), photo);
  std::vector<char> here(photos_.size());  // which photos were taken from this one's place
  for (size_t i = 0; i < photos_.size(); ++i) here[i] = char(AreOnePlace(photos_[i], photo));
  for (size_t i = 0; i < splats_.size(); ++i) {
    const float weight = weights[i];
    if (!(weight > 0)) continue;
    Splat& splat = splats_[i];
    if (depths[i] < near_zone) {
      splat.near_weight = std::max(splat.near_weight, weight);
      continue;
    }
    const bool is_other_place = splat.best > 0 && !here[size_t(splat.best_photo)];
    if (weight > splat.best) {
      if (is_other_place) splat.second = splat.best;
      splat.best = weight;
      splat.best_photo = index;
    } else if (is_other_place) {
      splat.second = std::max(splat.second, weight);
    }
  }
}

std::vector<Support> SupportTally::Verdicts() const {
  std::vector<Support> verdicts;
  verdicts.reserve(splats_.size());
  for (const Splat& splat : splats_) {
    Support verdict = Support::kSupported;
    if (double(splat.best) < kSupport_px) {
      verdict = double(splat.near_weight) < kSupport_px ? Support::kUnseen : Support::kNearOnly;
    } else if (double(splat.second) < kSupport_px) {
      verdict = Support::kOnePhoto;
    }
    verdicts.push_back(verdict);
  }
  return verdicts;
}

std::string TextOf(const FloaterCounts& counts) {
  return StrCat(FormatCount(counts.Floaters()), " of ", FormatCount(counts.splats),
                " splats: ", FormatCount(counts.unseen), " that no photo shows, ", FormatCount(counts.near_only),
                " in the near zone of a camera only, ", FormatCount(counts.one_photo), " that one photo alone shows");
}

Floaters FindFloaters(const SupportTally& tally) {
  Floaters floaters;
  floaters.verdicts = tally.Verdicts();
  const auto count = [&](Support verdict) {
    return int64_t(std::count(floaters.verdicts.begin(), floaters.verdicts.end(), verdict));
  };
  floaters.counts.splats = int64_t(floaters.verdicts.size());
  floaters.counts.unseen = count(Support::kUnseen);
  floaters.counts.near_only = count(Support::kNearOnly);
  floaters.counts.one_photo = count(Support::kOnePhoto);
  if (tally.IsOnePlace()) {
    floaters.objection = "all photos were taken from one place, which says nothing of depth";
  } else if (count(Support::kSupported) < int64_t(kLeastSupported * double(floaters.counts.splats))) {
    floaters.objection =
        StrCat("these would be ", TextOf(floaters.counts), "; the cameras do not seem to be those of this scene");
  }
  return floaters;
}

}  // namespace splat
