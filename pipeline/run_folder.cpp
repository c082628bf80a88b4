#include "pipeline/run_folder.h"

#include <filesystem>

#include "core/check.h"
#include "data/poses/pose_source.h"
#include "formats/inria_cameras.h"
#include "io/json_file.h"
#include "io/json_names.h"
#include "io/json_parse.h"
#include "io/read_file.h"

namespace splat::pipeline {
namespace {

namespace fs = std::filesystem;

bool IsOurs(const Json& config) {
  return config.is_object() && config.contains("input") && config["input"].is_object() &&
         config["input"].contains("images") && config.contains("training");
}

// "auto", "off", or a folder, which the run may have been given relative to where it was started.
std::string FoundMasks(const RunFolder& run, const std::string& masks) {
  return masks == "auto" || masks == "off" ? masks : FoundPath(run, masks);
}

std::string ConfigPath(const std::string& folder) {
  return (fs::path(folder.empty() ? "." : folder) / "config.json").string();
}

// Throws an Error for a value that no run can have had.
void CheckValues(const std::string& config_path, data::DatasetOptions& dataset) {
  for (const Option& option : data::OptionsOf(dataset)) {
    const std::string violation = Violation(option);
    SPLAT_CHECK(violation.empty(), config_path, ": its ", option.name, " is ", ValueText(option), ", not ", violation,
                "; repair the file");
  }
}

// Why the poses of a run without a workspace are not found for these photos.
std::string WhyNoPoses(const RunFolder& run, const data::PhotoFolder& photos) {
  std::error_code ignored;
  const std::string own = FoundPath(run, run.images);
  const bool is_own = fs::equivalent(photos.given, own, ignored) || fs::equivalent(photos.path, own, ignored);
  if (run.poses == "sfm") {
    return run.path + ": has no folder sfm any more, in which COLMAP found the poses of this run; give them with " +
           "--cameras";
  }
  if (is_own) {
    return StrCat(run.path, ": no poses of its photos lie with them in ", own, " any more, and it has no folder sfm ",
                  "of COLMAP's; give the poses with --cameras");
  }
  return StrCat(photos.given, ": holds other photos than those of the run in ", run.path, ", which are in ", own,
                ", and no poses of them lie there; give their poses with --cameras, or leave --photos out");
}

// An interrupted run may lack the file, and other runs the lists, which are null where nothing was refined.
void ReadLenses(const std::string& path, RunFolder& run) {
  if (!fs::is_regular_file(path)) return;
  const Json metrics = ParseJsonOrDiscard<Json>(ReadFile(path), path);
  const auto list = [&](const char* name) -> std::vector<double> {
    const Json value = metrics.at("train").value(name, Json(nullptr));
    return value.is_null() ? std::vector<double>() : value.get<std::vector<double>>();
  };
  try {
    run.focal_factors = list("focal_factors");
    run.distortion_changes = list("distortion_changes");
  } catch (const Json::exception&) {
    throw Error(StrCat(path, ": says what became of the lenses in another form than a run writes it; ",
                       "without the file the lenses are those of the poses"));
  }
}

}  // namespace

std::string DamageOfRun(const std::string& folder) {
  const std::string path = ConfigPath(folder);
  if (!fs::is_regular_file(path)) return "";
  try {
    const Json config = ParseJson<Json>(ReadFile(path), path);
    const bool is_a_runs = config.is_object() && config.contains("command_line") && config.contains("version");
    if (IsOurs(config) || !is_a_runs) return "";
  } catch (const Error& error) {
    return error.what();
  }
  return path + ": has no 'input' with 'images', or no 'training', as a run writes them";
}

std::optional<RunFolder> ReadRunFolder(const std::string& folder, const LogSink& log) {
  const std::string base = folder.empty() ? "." : folder, config_path = ConfigPath(folder),
                    cameras_path = (fs::path(base) / "cameras.json").string();
  if (!fs::is_regular_file(config_path)) return std::nullopt;
  const Json config = ParseJsonOrDiscard<Json>(ReadFile(config_path), config_path);
  if (!IsOurs(config)) return std::nullopt;
  RunFolder run;
  run.path = base;
  try {
    const Json& input = config.at("input");
    run.images = NameFromJson(input.at("images").get<std::string>());
    run.poses = NameFromJson(input.at("poses").get<std::string>());
    run.dataset.downscale = input.at("downscale").get<int>();
    run.dataset.max_image_size = input.at("max_image_size").get<int>();
    run.dataset.test_every = input.at("test_every").get<int>();
    // Earlier runs knew neither masks nor borders.
    run.dataset.masks = FoundMasks(run, NameFromJson(input.value("masks", "off")));
    run.masked_photos = input.value("masked_photos", size_t(0));
    run.dataset.invert_masks = input.value("invert_masks", false);
    run.dataset.alpha = input.value("alpha", "background");
    run.dataset.borders = input.value("borders", "off");
    run.dataset.background = config.at("training").at("background").get<std::array<float, 3>>();
  } catch (const Json::exception&) {
    throw Error(
        StrCat(config_path, ": lacks photos, poses, sizes or background of its run, or has them in another form"));
  }
  CheckValues(config_path, run.dataset);
  ReadLenses((fs::path(base) / "metrics.json").string(), run);
  if (fs::is_regular_file(cameras_path)) run.cameras = formats::ReadInriaCameras(cameras_path, log);
  return run;
}

std::string FoundPath(const RunFolder& run, const std::string& path) {
  std::error_code ignored;
  if (fs::exists(path, ignored) || fs::path(path).is_absolute()) return path;
  const fs::path beside = (fs::absolute(run.path).lexically_normal() / ".." / path).lexically_normal();
  return fs::exists(beside, ignored) ? beside.string() : path;
}

data::SceneDescription PosesOfRun(const RunFolder& run, const data::PhotoFolder& photos) {
  if (run.poses != "auto" && run.poses != "sfm") return *data::ChoosePosesAt(FoundPath(run, run.poses), photos).scene;
  if (run.poses == "auto") {
    data::PoseChoice choice = data::ChoosePoses(photos);
    if (choice.scene) return *choice.scene;
  }
  const std::string workspace = (fs::path(run.path) / "sfm").string();
  std::error_code ignored;
  if (!fs::is_directory(workspace, ignored)) throw Error(WhyNoPoses(run, photos));
  return *data::ChoosePosesAt(workspace, photos).scene;
}

}  // namespace splat::pipeline
