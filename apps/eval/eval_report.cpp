#include "apps/eval/eval_report.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "apps/cli/version.h"
#include "core/check.h"
#include "core/format.h"
#include "core/printable.h"
#include "io/json_file.h"
#include "io/json_parse.h"
#include "io/read_file.h"
#include "io/text_scan.h"

namespace splat::apps {
namespace {

constexpr const char* kProgram = "splat-eval";

using Row = std::vector<std::string>;

Row RowOf(const std::string& name, const quality::EvaluationPlan& plan, const std::vector<double>& values) {
  Row row = {name};
  for (size_t i = 0; i < plan.metrics.size(); ++i) {
    row.push_back(std::isnan(values[i]) ? "-" : FormatFixed(values[i], plan.metrics[i].decimals));
  }
  return row;
}

// The first column to the left, the others to the right.
std::vector<std::string> Aligned(const std::vector<Row>& rows) {
  std::vector<size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines;
  for (const Row& row : rows) {
    std::string line = "  " + row[0] + std::string(widths[0] - row[0].size(), ' ');
    for (size_t i = 1; i < row.size(); ++i) line += std::string(widths[i] - row[i].size() + 2, ' ') + row[i];
    lines.push_back(line);
  }
  return lines;
}

Json JsonOf(const quality::EvaluationPlan& plan, const std::vector<double>& values) {
  Json json;
  for (size_t i = 0; i < plan.metrics.size(); ++i) {
    json[plan.metrics[i].name] = values[i];  // null in the file where it is not defined
  }
  return json;
}

void Put(const quality::EvaluationPlan& plan, const quality::MetricValues& values, Json& json) {
  json["raw"] = JsonOf(plan, values.raw);
  for (size_t c = 0; c < plan.corrections.size(); ++c) {
    json[plan.corrections[c].name] = JsonOf(plan, values.corrected[c]);
  }
}

Json ViewsJson(const pipeline::EvaluationViews& views, const EvalReport& report) {
  Json json = Json::array();
  for (size_t i = 0; i < report.evaluation.views.size(); ++i) {
    const quality::ViewMetrics& view = report.evaluation.views[i];
    const auto found = std::find_if(views.dataset.views.begin(), views.dataset.views.end(),
                                    [&](const data::View& of_set) { return of_set.name == view.name; });
    Json entry = {{"name", view.name}, {"width", found->camera.width}, {"height", found->camera.height}};
    entry["split"] = found->split == Split::kTest ? "test" : "train";
    Put(report.evaluation.plan, view.values, entry);
    const ViewFiles& files = report.files[i];
    if (!files.photo.empty()) entry["photo"] = files.photo;
    if (!files.render.empty()) entry["render"] = files.render;
    if (!files.comparison.empty()) entry["comparison"] = files.comparison;
    json.push_back(entry);
  }
  return json;
}

Json ConventionsJson(const quality::EvaluationPlan& plan) {
  Json json;
  json["images"] = StrCat(quality::kHowImagesAreCompared, "; means over the views for which a value is defined");
  for (const quality::Metric& metric : plan.metrics) json["metrics"][metric.name] = metric.description;
  for (const quality::Correction& correction : plan.corrections) {
    json["corrections"][correction.name] = correction.description;
  }
  return json;
}

}  // namespace

std::vector<std::string> TableOf(const quality::Evaluation& evaluation) {
  const quality::EvaluationPlan& plan = evaluation.plan;
  Row head = {""};
  for (const quality::Metric& metric : plan.metrics) {
    head.push_back(StrCat(metric.title, *metric.unit ? " " : "", metric.unit));
  }
  std::vector<Row> rows = {head};
  for (const quality::ViewMetrics& view : evaluation.views) {
    rows.push_back(RowOf(Printable(view.name), plan, view.values.raw));
  }
  rows.push_back(RowOf(StrCat("mean of ", evaluation.views.size()), plan, evaluation.means.raw));
  for (size_t c = 0; c < plan.corrections.size(); ++c) {
    rows.push_back(
        RowOf(StrCat("mean, ", plan.corrections[c].title, " colour correction"), plan, evaluation.means.corrected[c]));
  }
  return Aligned(rows);
}

bool IsFreeForEvaluation(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return true;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  const Json json = ParseJsonOrDiscard<Json>(ReadFile(path), path);
  const auto version = json.find("version");
  return version != json.end() && version->is_string() && BeginsWith(version->get_ref<const std::string&>(), kProgram);
}

void WriteEvaluation(const std::string& path, const EvalOptions& options, const pipeline::EvaluationViews& views,
                     const EvalReport& report) {
  const quality::Evaluation& evaluation = report.evaluation;
  Json json;
  json["version"] = ProgramVersion(kProgram);
  json["scene"] = options.scene;
  json["photos"] = views.photos;
  json["cameras"] = views.cameras;
  json["split"] = options.split;
  json["background"] = views.dataset.background;
  if (!options.lpips.empty()) json["lpips"] = options.lpips;
  Put(evaluation.plan, evaluation.means, json["mean"]);
  json["views"] = ViewsJson(views, report);
  json["left_out"] = Json::array();
  for (const quality::LeftOutView& view : evaluation.left_out) {
    json["left_out"].push_back({{"name", view.name}, {"error", view.reason}});
  }
  json["warnings"] = report.warnings;
  json["conventions"] = ConventionsJson(evaluation.plan);
  WriteJson(path, json);
}

}  // namespace splat::apps
