// A run takes photos in and gives a scene out: it goes from a folder of photos to the files of a scene, as stages that
// report events. docs/library.md has an example.
#pragma once

#include "pipeline/events.h"
#include "pipeline/run_options.h"
#include "pipeline/run_summary.h"

namespace splat::pipeline {

// Finds or computes the poses, prepares the photos, trains, writes the scene in every format that was asked for,
// evaluates the held-out views, reads every file back and compares it with the scene, and writes metrics.json last.
// Everything that was computed is written, even if a later stage fails: all failures are thrown at the end, as one
// splat::Error. Throws splat::Error for input that cannot be used, and Interrupted if a stop came before there was a
// scene.
RunSummary PhotosToScene(const RunOptions& options, const Client& client);

}  // namespace splat::pipeline
