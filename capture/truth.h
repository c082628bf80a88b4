// This header writes what is known of a capture, in the formats in which other programs give it.
#pragma once

#include <string>
#include <vector>

#include "capture/capture.h"
#include "data/poses/scene_description.h"

namespace splat::capture {

// Returns the poses and points of a capture as data/poses/colmap_writer.h takes them.
data::SceneDescription DescriptionOf(const std::vector<CapturedPhoto>& photos, const data::PointCloud& points);

// Returns the truth with poses that are off as the options say.
data::SceneDescription WithPosesOff(const data::SceneDescription& truth, const CaptureOptions& options);

// Writes an image of one channel as little-endian PFM.
void WritePfm(const std::string& path, const ImageF& image);

// Writes all options as JSON.
void WriteOptions(const std::string& path, const CaptureOptions& options);

}  // namespace splat::capture
