// What is known of a capture, in the formats in which others tell it.
#pragma once

#include <string>
#include <vector>

#include "capture/capture.h"

namespace splat::capture {

// A point on a surface.
struct TruePoint {
  Vec3<double> x_in_world;  // m
  uint8_t rgb[3] = {0, 0, 0};
};

// Writes cameras.txt, images.txt and points3D.txt; photos with equal intrinsics share a camera.
void WriteColmapText(const std::string& folder, const std::vector<CapturedPhoto>& photos,
                     const std::vector<TruePoint>& points);

// One channel as little-endian PFM.
void WritePfm(const std::string& path, const ImageF& image);

// All options as JSON.
void WriteOptions(const std::string& path, const CaptureOptions& options);

}  // namespace splat::capture
