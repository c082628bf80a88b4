// This header reports what splat-eval found out about a scene: as a table for people, and as evaluation.json.
#pragma once

#include <string>
#include <vector>

#include "apps/eval/eval_options.h"
#include "quality/evaluation.h"

namespace splat::apps {

// The images of a view in the output folder, relative to it; empty: not written.
struct ViewFiles {
  std::string photo, render, comparison;
};

struct EvalReport {
  quality::Evaluation evaluation;
  std::vector<ViewFiles> files;       // [evaluation.views]
  std::vector<std::string> warnings;  // that were shown
};

// Lines: a row for each view, then one for the means as they are, and one after each correction.
std::vector<std::string> TableOf(const quality::Evaluation& evaluation);

constexpr const char* kEvaluationFile = "evaluation.json";

// Whether WriteEvaluation may write there: nothing lies there, or an earlier report.
bool IsFreeForEvaluation(const std::string& path);

// Writes evaluation.json (docs/evaluation.md). Throws splat::Error.
void WriteEvaluation(const std::string& path, const EvalOptions& options, const pipeline::EvaluationViews& views,
                     const EvalReport& report);

}  // namespace splat::apps
