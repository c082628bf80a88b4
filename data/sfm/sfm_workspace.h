// The workspace is the folder in which structure from motion works; it records which stages are finished, and what each
// was made from.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "io/file_lock.h"

namespace splat::data {

// Holds state.json, which is rewritten as a whole at each change, and a lock on the folder, so that two runs never work
// in it at once. A stage is "begun" before its work and "finished" only after its success: after a crash in between, it
// is neither finished nor mistaken for untouched.
class SfmWorkspace {
 public:
  // Creates the folder if need be. A state.json that cannot be read counts as none. Throws splat::Error if the folder
  // cannot be made or another process works in it.
  explicit SfmWorkspace(const std::string& folder);
  SfmWorkspace(const SfmWorkspace&) = delete;
  SfmWorkspace& operator=(const SfmWorkspace&) = delete;

  // Why the state that lay there could not be read; empty if it could, or if there was none.
  const std::string& unreadable() const { return unreadable_; }

  std::string Path(const std::string& entry) const { return folder_ + "/" + entry; }

  // `made_from` is a text that holds everything that the stage's result depends on.
  bool IsFinished(const std::string& stage, const std::string& made_from) const;
  // Whether the stage was begun with the same `made_from` and not finished, so that partial results may be continued.
  bool IsInterrupted(const std::string& stage, const std::string& made_from) const;
  void Begin(const std::string& stage, const std::string& made_from);
  void Finish(const std::string& stage, const std::string& result = "");

  // What Finish was given; empty if the stage is not finished.
  std::string Result(const std::string& stage) const;
  // Returns a number that changes each time the stage is begun, for the `made_from` of what depends on it; 0 if it was
  // never begun.
  int64_t RunNumber(const std::string& stage) const;

 private:
  struct Record {
    std::string made_from;
    std::string result;
    int64_t run_number = 0;
    bool finished = false;
  };

  void Load();
  void Save() const;
  const Record* Find(const std::string& stage) const;

  std::string folder_;
  std::unique_ptr<FileLock> lock_;
  std::string unreadable_;
  int64_t runs_ = 0;
  std::map<std::string, Record> records_;
};

}  // namespace splat::data
