// The summary is what a run has found out. metrics.json holds the same (pipeline/run_files.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/twist.h"
#include "data/sfm/sfm.h"
#include "quality/evaluation.h"
#include "quality/export_photo_check.h"
#include "scene/photo_colors.h"

namespace splat::pipeline {

// The files of a scene in one format; the one that viewers are given is the last.
struct WrittenFormat {
  std::string format;
  std::vector<std::string> files;
  int64_t left_out = 0;  // splats that lie too far out for it
};

struct RunSummary {
  std::optional<data::SfmResult> sfm;  // if COLMAP was run
  std::string poses_source;            // what the poses were read from
  size_t training_views = 0;
  size_t masked_views = 0;                               // views with a mask, held-out ones among them
  std::optional<quality::Evaluation> evaluation;         // if views were held out and could be evaluated
  std::optional<quality::Evaluation> fitted_evaluation;  // the same after their poses were fitted, with refinement
  std::string evaluation_error;                          // why one of them is missing, if not for that
  std::vector<WrittenFormat> written;
  std::vector<quality::FileCheck> checks;   // of the scene files that were written
  size_t checked_views = 0;                 // that each was drawn in
  std::string check_error;                  // why not all were checked, if so
  std::optional<PhotoColors> photo_colors;  // what the photos differ in, where the training has learned that
  std::string color_mode;                   // that was trained: off, exposure or full
  std::string refine_poses;                 // off or on, also where auto chose it
  std::string sky;                          // off or on: whether there was any at the start
  std::vector<Twist> motions;               // of all views, where poses were refined (train::WithMotions)
  double train_loss = 0;                    // mean of the last steps
  int unusable_steps = 0;                   // of the training: with gradients or a loss that were not finite
  int64_t splats = 0;
  int iterations = 0;  // done
  bool interrupted = false;
  std::string training_error;  // what ended the training before its last step, if not the user
  double training_seconds = 0, total_seconds = 0;
  std::string device;  // cpu or cuda
  int threads = 0;
  std::string output;  // the folder of the results
};

}  // namespace splat::pipeline
