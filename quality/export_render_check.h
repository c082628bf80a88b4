// This check reads an exported scene file back and compares its images with those of the splats that it was written
// from, without LibTorch.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/camera.h"
#include "core/image.h"
#include "core/parallel.h"
#include "formats/exporter.h"
#include "formats/inria_cameras.h"
#include "quality/export_check_limits.h"

namespace splat::quality {

// Chooses at most kMostCheckedViews cameras, with small images: held-out ones of `cameras` or, if there are none,
// training cameras; without any, views from all sides of the splats. There must be at least one splat.
std::vector<Camera> CamerasToCheck(std::vector<NamedCamera> cameras, const SplatSelection& splats);

// A scene is drawn from these views.
struct CheckedViews {
  std::vector<Camera> cameras;  // in the scene's frame
  double near = 0;              // scene units: nearer splats are not drawn
};

class ExportRenderCheck {
 public:
  // Draws the views. The splats are not needed afterwards; `executor` must outlive the object.
  ExportRenderCheck(const SplatSelection& splats, CheckedViews views, const std::array<float, 3>& background,
                    Executor& executor);

  // Returns the PSNR in dB between the images of the file and those of the splats, as a mean over the views; it is 100
  // for equal ones. Throws splat::Error naming the file if it cannot be read, holds another number of splats or shows
  // another scene (quality/export_check_limits.h).
  // `left_out`: of the splats, by the format.
  double AgreementOf(const std::string& path, const formats::ImportOptions& options, int64_t left_out = 0) const;

  size_t views() const { return views_.cameras.size(); }

 private:
  CheckedViews views_;
  std::array<float, 3> background_;
  Executor& executor_;
  int64_t count_ = 0;
  SceneTraits traits_;  // of the splats that were drawn
  std::vector<Image8> images_;
  double empty_db_ = 0;
};

}  // namespace splat::quality
