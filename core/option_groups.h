// Several libraries define options of splat-train; these are the headings under which its help text lists them, as
// docs/options.md does.
#pragma once

namespace splat {

constexpr const char* kTrainingGroup = "Training";
constexpr const char* kMachineGroup = "Machine and messages";
constexpr const char* kPosesGroup = "Camera poses with COLMAP";

}  // namespace splat
