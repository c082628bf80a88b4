#include "data/sfm/sfm_report.h"

#include <algorithm>

namespace splat::data {

void Report(const SfmContext& context, const SfmProgress& progress) {
  if (context.progress) context.progress(progress);
}

void AddNote(SfmContext& context, const std::string& note) {
  if (std::find(context.notes.begin(), context.notes.end(), note) == context.notes.end()) context.notes.push_back(note);
}

void Warn(SfmContext& context, const std::string& note) {
  AddNote(context, note);
  LogWarning(context.log, note);
}

}  // namespace splat::data
