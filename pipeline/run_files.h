// This header writes the files of a run beside its scene. docs/formats.md describes them.
#pragma once

#include <string>

#include "data/dataset/dataset.h"
#include "pipeline/run_options.h"
#include "pipeline/run_summary.h"

namespace splat::pipeline {

// Writes cameras.json: all views, in the frame of the scene.
void WriteCameras(const std::string& path, const data::Dataset& dataset);

// Writes config.json: every setting in force, resolved, and the versions. --config takes it back.
void WriteRunConfig(const std::string& path, const RunOptions& options, const RunSummary& summary);

// Writes metrics.json. It is written last: a folder that has it is complete.
void WriteMetrics(const std::string& path, const RunSummary& summary);

}  // namespace splat::pipeline
