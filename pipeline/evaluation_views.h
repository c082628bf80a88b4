// What splat-eval compares a scene with: photos and cameras, in the frame of the scene's file.
#pragma once

#include <string>
#include <vector>

#include "apps/eval/eval_options.h"
#include "core/log.h"
#include "data/dataset/dataset.h"
#include "scene/splat_selection.h"

namespace splat::apps {

struct EvalViews {
  data::Dataset dataset;    // with cameras, near plane and background in the frame of the scene's file
  std::vector<int> chosen;  // indices of its views, of --split
  std::string photos;       // the folder
  std::string cameras;      // where the poses come from, for people
};

// Finds photos and poses as EvalOptions says and prepares them as for a training. Which photos are held out is said by
// --test-every, or else by the cameras.json of the run, by the poses' own source, or by the run's --test-every. Poses
// are brought into the frame of the scene by the scene_transform.json beside it; without one they are taken to be in
// that frame. Cameras of a run's cameras.json are in it already; if the run's config.json lies beside them, the photos
// are undistorted as the run's poses say, and without one they are taken to be free of distortion. `splats` are those
// of the scene, for the near plane where no file says it. Warnings go to `log`. Throws splat::Error for what cannot be
// found or used, and where no view is of the split.
EvalViews OpenViews(const EvalOptions& options, const SplatSelection& splats, const LogSink& log);

}  // namespace splat::apps
