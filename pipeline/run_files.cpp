#include "pipeline/run_files.h"

#include <cmath>
#include <filesystem>

#include "core/check.h"
#include "core/machine_limits.h"
#include "formats/inria_cameras.h"
#include "io/json_file.h"
#include "io/json_parse.h"
#include "quality/metrics.h"

namespace splat::pipeline {
namespace {

namespace fs = std::filesystem;

// How the numbers of metrics.json came about.
std::string Conventions() {
  std::string text = StrCat("test views: ", quality::kHowImagesAreCompared, "; ");
  for (const quality::Metric& metric : quality::RunMetrics()) text += StrCat(metric.description, "; ");
  return text +
         "means over views. files: each scene file read back and drawn in files_checked_in_views views, held-out ones "
         "where there are any; psnr against the photos, loss_db against the PSNR of the scene as trained, agreement_db "
         "between the images of file and scene. peak_memory_mb: resident, 10^6 bytes, this process without COLMAP";
}

// The means after each correction of the colours, by its name.
Json CorrectedJson(const quality::Evaluation& evaluation) {
  Json json = Json::object();
  const quality::EvaluationPlan& plan = evaluation.plan;
  for (size_t k = 0; k < plan.corrections.size(); ++k) {
    for (size_t i = 0; i < plan.metrics.size(); ++i) {
      json[plan.corrections[k].name][plan.metrics[i].name] = evaluation.means.corrected[k][i];
    }
  }
  return json;
}

// The means after the poses of the views were fitted.
Json FittedJson(const quality::Evaluation& evaluation) {
  Json json;
  for (size_t i = 0; i < evaluation.plan.metrics.size(); ++i) {
    json[evaluation.plan.metrics[i].name] = evaluation.means.raw[i];
  }
  json["corrected"] = CorrectedJson(evaluation);
  return json;
}

Json TestJson(const RunSummary& summary) {
  const std::vector<quality::Metric>& metrics = quality::RunMetrics();
  const bool evaluated = summary.evaluation && !summary.evaluation->views.empty();
  Json test;
  for (size_t i = 0; i < metrics.size(); ++i) {
    test[metrics[i].name] = evaluated ? Json(summary.evaluation->means.raw[i]) : Json(nullptr);
  }
  if (evaluated) test["corrected"] = CorrectedJson(*summary.evaluation);
  if (summary.fitted_evaluation) test["fitted_poses"] = FittedJson(*summary.fitted_evaluation);
  test["views"] = Json::array();
  if (!summary.evaluation_error.empty()) test["error"] = summary.evaluation_error;
  if (!evaluated) return test;
  for (const quality::LeftOutView& view : summary.evaluation->left_out) {
    test["left_out"].push_back({{"name", view.name}, {"error", view.reason}});
  }
  for (const quality::ViewMetrics& view : summary.evaluation->views) {
    Json entry = {{"name", view.name}};
    for (size_t i = 0; i < metrics.size(); ++i) entry[metrics[i].name] = view.values.raw[i];
    test["views"].push_back(entry);
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
  return {{"given", sfm.photos_given}, {"registered", sfm.photos_registered},
          {"left_out", sfm.left_out},  {"other_parts", sfm.other_parts},
          {"points", sfm.points},      {"mean_reprojection_error_px", sfm.mean_reprojection_error_px},
          {"attempts", sfm.attempts},  {"notes", sfm.notes}};
}

// The factors of the focal lengths, by lens; null where they were not refined.
Json FocalFactors(const std::vector<double>& changes) {
  Json factors;
  for (const double change : changes) factors.push_back(std::exp(change));
  return factors;
}

// What was added to k1 of the lenses; null where they were not refined.
Json DistortionChanges(const std::vector<double>& changes) {
  return changes.empty() ? Json(nullptr) : Json(changes);
}

Json InputJson(const RunOptions& options, const RunSummary& summary) {
  const data::SfmOptions& sfm = options.sfm;
  return {{"images", options.images},
          {"poses", options.poses},
          {"poses_source", summary.poses_source},
          {"downscale", options.dataset.downscale},
          {"max_image_size", options.dataset.max_image_size},
          {"test_every", options.dataset.test_every},
          {"align", options.dataset.align},
          {"masks", options.dataset.masks},
          {"masked_photos", summary.masked_views},
          {"invert_masks", options.dataset.invert_masks},
          {"alpha", options.dataset.alpha},
          {"borders", options.dataset.borders},
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

void WriteCameras(const std::string& path, const data::Dataset& dataset) {
  std::vector<NamedCamera> cameras;
  for (const data::View& view : dataset.views) {
    cameras.push_back({view.name, data::CameraInFiles(dataset.files, view.camera), view.split});
  }
  formats::WriteInriaCameras(path, cameras);
}

void WriteRunConfig(const std::string& path, const RunOptions& options, const RunSummary& summary) {
  Json json;
  json["version"] = options.version;
  json["command_line"] = options.command_line;
  json["seed"] = options.config.seed;
  json["device"] = summary.device;
  json["threads"] = summary.threads;
  json["input"] = InputJson(options, summary);
  json["training"] = ParseJson<Json>(train::ConfigToJson(options.config), "config");
  WriteJson(path, json);
}

void WriteMetrics(const std::string& path, const RunSummary& summary) {
  Json json;
  json["test"] = TestJson(summary);
  json["files"] = FilesJson(summary);
  json["files_checked_in_views"] = summary.checked_views;
  if (!summary.check_error.empty()) json["files_error"] = summary.check_error;
  json["train"] = {{"loss", summary.train_loss},
                   {"views", summary.training_views},
                   {"unusable_steps", summary.training.unusable_steps},
                   {"color", summary.training.color_mode},
                   {"refine_poses", summary.training.refine_poses},
                   {"focal_factors", FocalFactors(summary.training.focal_changes)},
                   {"distortion_changes", DistortionChanges(summary.training.distortion_changes)},
                   {"sky", summary.training.sky}};
  json["splats"] = summary.splats;
  json["iterations"] = summary.training.steps_done;
  json["interrupted"] = summary.training.interrupted;
  json["training_seconds"] = summary.training.seconds;
  json["total_seconds"] = summary.total_seconds;
  json["peak_memory_mb"] = double(PeakMemory()) / 1e6;
  json["device"] = summary.device;
  json["threads"] = summary.threads;
  json["conventions"] = Conventions();
  json["poses"] = summary.poses_source;
  json["sfm"] = summary.sfm ? SfmJson(*summary.sfm) : Json(nullptr);
  WriteJson(path, json);
}

}  // namespace splat::pipeline
