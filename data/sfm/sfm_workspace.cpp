#include "data/sfm/sfm_workspace.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/check.h"
#include "io/atomic_file.h"
#include "io/json_names.h"
#include "io/json_parse.h"
#include "io/read_file.h"
#include "io/temporary_file.h"

namespace splat::data {
namespace {

using nlohmann::json;
constexpr int kStateVersion = 1;

}  // namespace

SfmWorkspace::SfmWorkspace(const std::string& folder) : folder_(folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  SPLAT_CHECK(std::filesystem::is_directory(folder), folder, ": the folder cannot be made: ", error.message());
  lock_ = std::make_unique<FileLock>(Path(".lock"), folder, "wait for it or give another --output");
  RemoveAbandonedFiles(folder);
  Load();
}

void SfmWorkspace::Load() {
  if (!std::filesystem::exists(Path("state.json"))) return;
  try {
    const json state = ParseJsonOrDiscard<json>(ReadFile(Path("state.json")), Path("state.json"));
    SPLAT_CHECK(state.at("version") == kStateVersion, Path("state.json"), ": is of another version");
    runs_ = state.at("runs");
    for (const auto& [stage, entry] : state.at("stages").items()) {
      records_[stage] = {NameFromJson(entry.at("made_from").get<std::string>()),
                         NameFromJson(entry.at("result").get<std::string>()), entry.at("run"), entry.at("finished")};
    }
  } catch (const json::exception&) {
    records_.clear();
    unreadable_ = Path("state.json") + ": is damaged";
  } catch (const Error& error) {
    records_.clear();
    unreadable_ = error.what();
  }
}

void SfmWorkspace::Save() const {
  json stages = json::object();
  for (const auto& [stage, record] : records_) {
    stages[stage] = {{"made_from", NameInJson(record.made_from)},
                     {"result", NameInJson(record.result)},
                     {"run", record.run_number},
                     {"finished", record.finished}};
  }
  const json state = {{"version", kStateVersion}, {"runs", runs_}, {"stages", stages}};
  const std::string text = state.dump(1);
  WriteFileAtomically(Path("state.json"), text + '\n');
}

const SfmWorkspace::Record* SfmWorkspace::Find(const std::string& stage) const {
  const auto found = records_.find(stage);
  return found == records_.end() ? nullptr : &found->second;
}

bool SfmWorkspace::IsFinished(const std::string& stage, const std::string& made_from) const {
  const Record* record = Find(stage);
  return record != nullptr && record->finished && record->made_from == made_from;
}

bool SfmWorkspace::IsInterrupted(const std::string& stage, const std::string& made_from) const {
  const Record* record = Find(stage);
  return record != nullptr && !record->finished && record->made_from == made_from;
}

void SfmWorkspace::Begin(const std::string& stage, const std::string& made_from) {
  records_[stage] = {made_from, "", ++runs_, false};
  Save();
}

void SfmWorkspace::Finish(const std::string& stage, const std::string& result) {
  Record& record = records_[stage];
  record.result = result;
  record.finished = true;
  Save();
}

std::string SfmWorkspace::Result(const std::string& stage) const {
  const Record* record = Find(stage);
  return record != nullptr && record->finished ? record->result : "";
}

int64_t SfmWorkspace::RunNumber(const std::string& stage) const {
  const Record* record = Find(stage);
  return record != nullptr ? record->run_number : 0;
}

}  // namespace splat::data
