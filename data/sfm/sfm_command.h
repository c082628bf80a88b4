// This header runs a command of COLMAP as a part of a stage: it reports its progress, tries a second time if it hangs,
// and describes its failure in one line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "data/sfm/colmap_runner.h"
#include "data/sfm/sfm_stages.h"

namespace splat::data {

struct SfmCommand {
  std::string name;
  std::vector<ColmapOption> needed, wished;
};

// The share says how the progress of one command is part of its stage's.
struct StageShare {
  SfmStage stage;
  int attempt;
  size_t photos;
  double begin = 0, end = 1;
};

// Runs the command that `prepare` returns. One that was ended because it did nothing is prepared and run once more.
ColmapRun RunCommand(SfmContext& context, const std::function<SfmCommand()>& prepare, const StageShare& share);

// "failed with exit code 1: no space left"
std::string Ending(const SfmContext& context, const ColmapRun& run);

// Throws splat::Error with the ending and the log's path unless the run was good.
void Require(const SfmContext& context, const std::string& command, const ColmapRun& run);

}  // namespace splat::data
