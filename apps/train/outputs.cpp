#include "apps/train/outputs.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "apps/cli/program.h"
#include "core/check.h"
#include "formats/inria_cameras.h"
#include "io/atomic_file.h"
#include "io/json_file.h"

namespace splat::apps {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConventions =
    "test views: renders clamped and rounded to 8 bits against the photos as trained on (8 bits, same size, "
    "undistorted, on the same background); PSNR over all pixels and channels in dB; SSIM with an 11x11 Gaussian window "
    "of sigma 1.5; means over views. files: each scene file read back and drawn in "
    "files_checked_in_views views, held-out ones where there are any; psnr against the photos, loss_db against the "
    "PSNR "
    "of the scene as trained, agreement_db between the images of file and scene. peak_memory_mb: resident, 10^6 "
    "bytes, this process without COLMAP";

Json ToJson(const Vec3<double>& v) {
  return {v.x, v.y, v.z};
}

Json ToJson(const Mat3<double>& matrix) {
  return {ToJson(Row(matrix, 0)), ToJson(Row(matrix, 1)), ToJson(Row(matrix, 2))};
}

Json HomogeneousMatrix(const Similarity3& transform) {
  const double translation[3] = {transform.translation.x, transform.translation.y, transform.translation.z};
  Json rows = Json::array();
  for (int i = 0; i < 3; ++i) {
    const Vec3<double> row = transform.scale * Row(transform.rotation, i);
    rows.push_back({row.x, row.y, row.z, translation[i]});
  }
  rows.push_back({0.0, 0.0, 0.0, 1.0});
  return rows;
}

Json TestJson(const RunSummary& summary) {
  Json test;
  test["psnr"] = nullptr;
  test["ssim"] = nullptr;
  test["views"] = Json::array();
  if (!summary.evaluation_error.empty()) test["error"] = summary.evaluation_error;
  if (!summary.evaluation || summary.evaluation->views.empty()) return test;
  test["psnr"] = summary.evaluation->psnr;
  test["ssim"] = summary.evaluation->ssim;
  for (const quality::ViewMetrics& view : summary.evaluation->views) {
    test["views"].push_back({{"name", view.name}, {"psnr", view.psnr}, {"ssim", view.ssim}});
  }
  return test;
}

Json FilesJson(const RunSummary& summary) {
  Json files = Json::array();
  for (const quality::FileCheck& check : summary.checks) {
    Json file = {{"format", check.format},
                 {"file", fs::path(check.path).filename().string()},
                 {"bytes", check.bytes},
                 {"splats", check.splats}};
    if (check.error.empty()) {
      file["psnr"] = check.psnr;
      file["loss_db"] = check.loss_db;
      file["agreement_db"] = check.agreement_db;
    } else {
      file["error"] = check.error;
    }
    files.push_back(file);
  }
  return files;
}

Json SfmJson(const data::SfmResult& sfm) {
  return {{"given", sfm.photos_given},
          {"registered", sfm.photos_registered},
          {"left_out", sfm.left_out},
          {"points", sfm.points},
          {"mean_reprojection_error_px", sfm.mean_reprojection_error_px},
          {"attempts", sfm.attempts},
          {"notes", sfm.notes}};
}

Json InputJson(const TrainOptions& options, const RunSummary& summary) {
  const data::SfmOptions& sfm = options.sfm;
  return {{"images", options.images},
          {"poses", options.poses},
          {"poses_source", summary.poses_source},
          {"downscale", options.dataset.downscale},
          {"max_image_size", options.dataset.max_image_size},
          {"test_every", options.dataset.test_every},
          {"align", options.dataset.align},
          {"save_renders", options.save_renders},
          {"export", options.formats},
          {"sfm",
           {{"matcher", sfm.matcher},
            {"camera_model", sfm.camera_model},
            {"single_camera", sfm.single_camera},
            {"max_image_size", sfm.max_image_size},
            {"max_features", sfm.max_features},
            {"vocab_tree", sfm.vocab_tree_path},
            {"colmap", sfm.colmap}}}};
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path, bool overwrite) : path_(path) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  SPLAT_CHECK(!path_.empty(), "--output: the name of the folder is empty");
  std::error_code error;
  SPLAT_CHECK(!fs::exists(path_, error) || fs::is_directory(path_, error), "--output ", path_,
              ": is a file; name a folder");
  for (const formats::Exporter& exporter : formats::Exporters()) {
    SPLAT_CHECK(overwrite || !fs::exists(Scene(exporter), error), "--output ", path_,
                ": holds a scene already; choose another folder or pass --overwrite");
  }
  made_ = fs::create_directories(path_, error);
  SPLAT_CHECK(!error, "--output ", path_, ": the folder cannot be made: ", error.message());
  try {
    WriteFileAtomically(*this / ".write_test", [](std::ostream& out) { out << "splat-train\n"; });
  } catch (const Error&) {
    throw Error(StrCat("--output ", path_, ": nothing can be written there: ", std::strerror(errno)));
  }
  fs::remove(*this / ".write_test", error);
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (made_) fs::remove(path_, ignored);  // fails where something lies in it
}

std::string OutputFolder::Scene(const formats::Exporter& exporter) const {
  return *this / "scene" + exporter.extension;
}

void OutputFolder::RemoveOldResults(const std::vector<std::string>& formats) const {
  std::error_code ignored;
  for (const formats::Exporter& exporter : formats::Exporters()) {
    const bool replaced = std::find(formats.begin(), formats.end(), exporter.name) != formats.end();
    if (!replaced) fs::remove(Scene(exporter), ignored);
  }
  fs::remove(*this / "metrics.json", ignored);
  fs::remove_all(*this / "renders", ignored);
}

std::string RenderNames::NameFor(const std::string& photo_name) {
  const size_t last_slash = photo_name.find_last_of("/\\");
  const size_t last_dot = photo_name.find_last_of('.');
  const size_t name_begin = last_slash == std::string::npos ? 0 : last_slash + 1;
  const bool has_extension = last_dot != std::string::npos && last_dot > name_begin;
  std::string stem = has_extension ? photo_name.substr(0, last_dot) : photo_name;
  stem.erase(0, stem.find_first_not_of("./\\"));
  for (char& c : stem) {
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < ' ') c = '_';
  }
  if (stem.empty()) stem = "view";
  std::string unique = stem;
  for (int i = 2; !taken_.insert(unique).second; ++i) unique = StrCat(stem, "_", i);
  return unique;
}

void WriteCameras(const std::string& path, const data::Dataset& dataset) {
  std::vector<NamedCamera> cameras;
  for (const data::View& view : dataset.views) cameras.push_back({view.name, view.camera, view.split});
  formats::WriteInriaCameras(path, cameras);
}

void WriteSceneTransform(const std::string& path, const data::Dataset& dataset, const std::string& poses_source) {
  const Similarity3& transform = dataset.source_from_scene;
  Json json;
  json["description"] = "x_source = scale * rotation * x_scene + translation; matrix is the same, homogeneous, by rows";
  json["source"] = poses_source;
  json["source_from_scene"] = {{"scale", transform.scale},
                               {"rotation", ToJson(transform.rotation)},
                               {"translation", ToJson(transform.translation)},
                               {"matrix", HomogeneousMatrix(transform)}};
  WriteJson(path, json);
}

Similarity3 ReadSceneTransform(const std::string& path) {
  try {
    const Json json = Json::parse(ReadFile(path)).at("source_from_scene");
    Similarity3 transform;
    transform.scale = json.at("scale").get<double>();
    SPLAT_CHECK(transform.scale > 0, path, ": scale is ", transform.scale);
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j < 3; ++j) transform.rotation(i, j) = json.at("rotation").at(i).at(j).get<double>();
    }
    const Json& translation = json.at("translation");
    transform.translation = {translation.at(0).get<double>(), translation.at(1).get<double>(),
                             translation.at(2).get<double>()};
    return transform;
  } catch (const nlohmann::json::exception& error) {
    throw Error(StrCat(path, ": is no scene transform: ", error.what()));
  }
}

void WriteRunConfig(const std::string& path, const TrainOptions& options, const RunSummary& summary) {
  Json json;
  json["version"] = ProgramVersion("splat-train");
  json["command_line"] = options.command_line;
  json["seed"] = options.config.seed;
  json["device"] = summary.device;
  json["threads"] = summary.threads;
  json["input"] = InputJson(options, summary);
  json["training"] = Json::parse(train::ConfigToJson(options.config));
  WriteJson(path, json);
}

void WriteMetrics(const std::string& path, const RunSummary& summary) {
  Json json;
  json["test"] = TestJson(summary);
  json["files"] = FilesJson(summary);
  json["files_checked_in_views"] = summary.checked_views;
  if (!summary.check_error.empty()) json["files_error"] = summary.check_error;
  json["train"] = {{"loss", summary.train_loss}, {"views", summary.training_views}};
  json["splats"] = summary.splats;
  json["iterations"] = summary.iterations;
  json["interrupted"] = summary.interrupted;
  json["training_seconds"] = summary.training_seconds;
  json["total_seconds"] = summary.total_seconds;
  json["peak_memory_mb"] = PeakMemoryMegabytes();
  json["device"] = summary.device;
  json["threads"] = summary.threads;
  json["conventions"] = kConventions;
  json["poses"] = summary.poses_source;
  json["sfm"] = summary.sfm ? SfmJson(*summary.sfm) : Json(nullptr);
  WriteJson(path, json);
}

double PeakMemoryMegabytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024 / 1e6;
  }
  return 0;
}

}  // namespace splat::apps
