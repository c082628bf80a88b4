// This header finds the photos and cameras against which a scene is evaluated, in the frame of the scene's file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/log.h"
#include "core/rgb.h"
#include "data/dataset/dataset.h"
#include "scene/splat_selection.h"

namespace splat::pipeline {

// A request says what is evaluated. Fields that are not given are as in the run in whose folder the scene lies, or else
// as a training has it by default.
struct EvaluationRequest {
  std::string scene;           // a scene file of any format that is read
  std::string photos;          // folder; empty: that of the run beside the scene
  std::string cameras;         // poses of any kind that a training takes, or a cameras.json; empty: those of the run,
                               // or else those that lie with the photos
  std::string split = "test";  // test or all: which views
  std::optional<int> downscale, max_image_size, test_every;
  std::optional<Rgb> background;
  std::string masks, alpha, borders;  // as DatasetOptions has them; empty: not given
  bool invert_masks = false;          // beside what the run did
};

struct EvaluationViews {
  data::Dataset dataset;    // with cameras, near plane and background in the frame of the scene's file
  std::vector<int> chosen;  // indices of its views, of the split
  std::string photos;       // the folder
  std::string cameras;      // where the poses come from, for people
};

// Finds photos and poses as the request says and prepares them as for a training. Which photos are held out is said by
// the request's test_every, or else by the cameras.json of the run, by the poses' own source, or by the run's
// test_every. Poses are brought into the frame of the scene by the scene_transform.json beside it; without one they are
// taken to be in that frame. Cameras of a run's cameras.json are in it already; if the run's config.json lies beside
// them, the photos are undistorted as the run's poses say, with the lenses that the run has refined, and without one
// they are taken to be free of distortion. `splats` are those of the scene; the near plane is computed from them if no
// file gives it. Warnings go to `log`. Throws splat::Error for what cannot be found or used, and where no view is of
// the split.
EvaluationViews OpenEvaluationViews(const EvaluationRequest& request, const SplatSelection& splats, const LogSink& log);

}  // namespace splat::pipeline
