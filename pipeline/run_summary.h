// The summary is what a run has found out. metrics.json holds the same (pipeline/run_files.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/sfm/sfm.h"
#include "quality/evaluation.h"
#include "quality/export_photo_check.h"
#include "train/train_report.h"

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
  std::vector<quality::FileCheck> checks;  // of the scene files that were written
  size_t checked_views = 0;                // that each was drawn in
  std::string check_error;                 // why not all were checked, if so
  train::TrainReport training;
  double train_loss = 0;  // mean of the last steps
  int64_t splats = 0;
  double total_seconds = 0;
  std::string device;  // cpu or cuda
  int threads = 0;
  std::string output;  // the folder of the results
};

}  // namespace splat::pipeline
