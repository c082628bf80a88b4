#include <filesystem>

#include "core/check.h"
#include "pipeline/stages.h"

namespace splat::pipeline {
namespace {

namespace fs = std::filesystem;

// Where a scene goes that its folder does not take: beside it, and else to the folder for temporary files, which is
// often on another disk.
std::vector<std::string> RescueFolders(const std::string& output) {
  const std::string name = ".rescued";
  std::error_code error;
  std::vector<std::string> folders = {output + name};
  const fs::path temporary = fs::temp_directory_path(error);
  if (!error) folders.push_back((temporary / (fs::path(output).filename().string() + name)).string());
  return folders;
}

// Nothing is known of the scene's files until it is written.
Failures WriteAnew(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  run.summary.written.clear();
  return WriteScene(run, dataset, model);
}

// A folder that somebody has removed is made again.
Failures WriteInPlace(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  if (run.output.IsGone()) {
    run.output.MakeAgain();
    run.reporter.Warn(StrCat("--output ", run.output.path(), ": was removed during the run; it is made again"));
  }
  return WriteAnew(run, dataset, model);
}

Failures Rescue(const Run& run, const data::Dataset& dataset, const SplatModel& model, const std::string& reason) {
  for (const std::string& folder : RescueFolders(run.output.path())) {
    try {
      run.output.MoveTo(folder);
      Failures failures = WriteAnew(run, dataset, model);
      run.summary.output = run.output.path();
      failures.insert(failures.begin(), StrCat(reason, "; the scene is in ", run.output.path()));
      return failures;
    } catch (const std::exception&) {
      continue;  // the reason that counts is that of the folder asked for
    }
  }
  throw Error(reason);
}

}  // namespace

Failures WriteOrRescueScene(const Run& run, const data::Dataset& dataset, const SplatModel& model) {
  try {
    return WriteInPlace(run, dataset, model);
  } catch (const std::exception& error) {
    return Rescue(run, dataset, model, ReasonOf(error));
  }
}

}  // namespace splat::pipeline
