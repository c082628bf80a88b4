// Floaters are splats that no two photos support; this header finds those of a scene. docs/math.md, section 15, has the
// formulas.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/vec.h"

namespace splat {

// A photo supports a splat that it shows with at least this summed weight: the sum over its pixels of alpha times the
// transmittance in front, that is the pixels that the splat fills.
constexpr double kSupport_px = 0.02;
// Nearer than this share of a photo's median depth begins the near zone of its camera, where it supports nothing.
constexpr double kNearZone = 0.1;
// Cameras that are nearer to each other than this share of the median depth of a photo stand at one place.
constexpr double kOnePlace = 0.005;
// If less than this share of the splats is supported, the cameras are taken for those of another scene.
constexpr double kLeastSupported = 0.5;

// This says whether a splat is kept or a floater, and why.
enum class Support : uint8_t {
  kSupported,  // by two photos or more that were taken from different places
  kUnseen,     // no photo shows it
  kNearOnly,   // only cameras in whose near zones it lies show it
  kOnePhoto    // the photos of one place alone support it
};

struct FloaterCounts {
  int64_t splats = 0;
  int64_t unseen = 0, near_only = 0, one_photo = 0;

  int64_t Floaters() const { return unseen + near_only + one_photo; }
};

// "812 of 54,321 splats: 400 that no photo shows, 12 in the near zone of a camera only, 400 that one photo alone shows"
std::string TextOf(const FloaterCounts& counts);

// Gathers photo by photo what supports each splat, with 16 bytes for each. The order of the photos matters only for
// equal weights and for places that are kOnePlace apart.
class SupportTally {
 public:
  explicit SupportTally(int64_t splats) : splats_(size_t(splats)) {}

  // Adds a photo: the position of its camera, and for each splat the summed weight in px, 0 where it is not drawn, and
  // the depth in scene units along the camera's axis, which is looked at only where the weight is above 0.
  void Add(const Vec3<double>& position, const std::vector<float>& weights, const std::vector<float>& depths);

  // [splats]
  std::vector<Support> Verdicts() const;

  // Whether all photos so far were taken from one place. They say nothing of depth, so nothing is a floater then.
  bool IsOnePlace() const { return is_one_place_; }

 private:
  struct Splat {
    float best = 0;          // px: the largest weight beyond the near zone
    float second = 0;        // px: the largest one from another place than that of `best`
    float near_weight = 0;   // px: the largest one in a near zone
    int32_t best_photo = 0;  // index into photos_
  };
  struct Photo {
    Vec3<double> position;
    double one_place = 0;  // scene units: how far off another place begins
  };
  bool AreOnePlace(const Photo& a, const Photo& b) const;

  std::vector<Splat> splats_;
  std::vector<Photo> photos_;
  bool is_one_place_ = true;
};

// The floaters among the splats.
struct Floaters {
  std::vector<Support> verdicts;  // [splats]
  FloaterCounts counts;           // of the verdicts
  // Why nothing is to be removed whatever the verdicts say, as the end of a sentence; empty: nothing speaks against it.
  std::string objection;
};
Floaters FindFloaters(const SupportTally& tally);

}  // namespace splat
