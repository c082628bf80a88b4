// The open sky of an outdoor scene is described by the directions in which photos show it, and by its colours.
// Structure from motion has no points there, so that a training would know nothing of how far away it is.
#pragma once

#include <cstdint>
#include <vector>

#include "core/parallel.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_image.h"

namespace splat::data {

struct OpenSky {
  double share = 0;  // of the pixels of the photos that were looked at, mean over these
  // These directions, of length 1 and in the scene's frame, are those of an evenly spaced lattice on the sphere in
  // which at least two photos show sky. The sky is taken to be infinitely far away: it has no parallax.
  std::vector<Vec3<double>> directions;
  std::vector<Vec3<uint8_t>> colors;  // sRGB, of each the median over its photos
  double spacing = 0;                 // rad between neighbours

  bool empty() const { return directions.empty(); }
};

// Returns which pixels of a photo show sky: 255, others 0 (1 channel). The sky reaches the border of the image above
// the horizon, or what does not count there (a black rim, a mask), goes on from there without any edge, is blue or else
// bright and grey, and no point of the cloud is seen near it. A mask that excludes most of the photo is not such a rim:
// it cuts out an object. `camera` is that of an image of the photo's size.
Image8 SkyIn(const ViewImage& photo, const Camera& camera, const std::vector<Vec3<double>>& points);

// Looks at up to 40 training photos, or at only eight if these show less than half of `least_share`. If the photos show
// less sky than that, the result has a share but no directions; it has neither if the dataset has no points, or too few
// to tell where there are none. There are no more directions than points, nor than `most`. Transparent pixels are not
// sky. Photos that cannot be read are left out. The result is the same for any number of threads.
OpenSky FindSky(const Dataset& dataset, double least_share, int64_t most, Executor& executor);

}  // namespace splat::data
