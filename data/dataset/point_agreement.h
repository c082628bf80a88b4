// This header measures how well the colours of points agree with the photos at the places where these see them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/parallel.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// Reduced copies of some photos of a set, with the views that they are of.
struct SmallPhotos {
  std::vector<size_t> views;   // indices
  std::vector<Image8> images;  // as stored, 3 or 4 channels; the longer side is about kSmallSide_px
};
constexpr int kSmallSide_px = 400;
constexpr size_t kMostSmallPhotos = 20;  // more tell nothing new, and cost time
constexpr size_t kFirstSmallPhotos = 6;  // enough where all is as it should be

// Reads those of `chosen`, indices into `views`, that can be read and are whole.
SmallPhotos ReadSmallPhotos(const std::vector<View>& views, const std::vector<size_t>& chosen, Executor& executor);
// The same of at most `most` of all views, spread evenly.
SmallPhotos ReadSomeSmallPhotos(const std::vector<View>& views, size_t most, Executor& executor);

// Returns the points that the camera has in view.
PointCloud PointsInView(const Camera& camera, const PointCloud& points);

// Correlations of ranks, -1 to 1, in the mean over the channels: a median over photos of a point's colour in them,
// against the colour that the point itself has. Ranks do not change where all is darker or warmer, as points of a
// scanner are.
struct PointAgreement {
  size_t points = 0;  // that were compared; of 0 nothing is known
  double here = 0;    // where the photos see the points
  double beside = 0;  // 3 % of the image's longer side beside that: left, right, above and below, in the mean
  double point_chroma = 0, photo_chroma = 0;  // mean of the largest less the least channel, 0..255

  // What is left of `here` once that is taken off which neighbours share: near 0 for points of another place.
  double Peak() const { return here - beside; }
};

// Points that belong to the photos agree with them by at least this (foreign_points.cpp has the sets that were
// measured).
constexpr double kPointsAgree = 0.35;

// Compares about 2000 of the points, of which some are hidden in some photos, so that a median is taken. The points are
// in the frame of the views' cameras. `upright`: photos are turned as their EXIF orientation asks before they are
// compared; otherwise they are taken as BuildDataset would use them. Points and channels that are all of one colour
// cannot be compared.
PointAgreement MeasurePointAgreement(const std::vector<View>& views, const SmallPhotos& photos,
                                     const PointCloud& points, bool upright = false);

// Returns for each point the median over the photos of the colour at its place, where some photos may show what hides
// it; nothing for a point that none of them shows.
std::vector<std::optional<Vec3<uint8_t>>> ColorsInPhotos(const std::vector<View>& views, const SmallPhotos& photos,
                                                         const PointCloud& points);

// Whether photos show points by another reading of poses or photos than the one that is written: they agree with them
// by it, and clearly better. Fewer than kPointsCompared points tell nothing.
bool ShowPointsBy(const PointAgreement& other, const PointAgreement& written);
constexpr size_t kPointsCompared = 100;
constexpr size_t kPointsOfSet = 200;  // fewer tell nothing of all of a set
constexpr double kLeastPeak = 0.05;   // of PointAgreement::Peak, by the other reading

}  // namespace splat::data
