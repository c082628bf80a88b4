// This header manages the folder of a run's results, and the names in it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "formats/exporter.h"
#include "io/file_lock.h"

namespace splat::pipeline {

// This object makes the folder, checks that it is writable and locks it before any work is done: no two runs work in
// one folder at once.
class OutputFolder {
 public:
  // Makes the folder if need be. Throws splat::Error if it cannot be made or written to, if another process works in
  // it, or if it holds a scene of any format or another file that a run writes already and `overwrite` is false.
  OutputFolder(const std::string& path, bool overwrite);
  // Removes the folder again if this object made it and nothing was put in.
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  // Returns the path of the scene in a format: "OUT/scene.spz".
  std::string Scene(const formats::Exporter& exporter) const;

  // Whether somebody has removed the folder, or the lock in it, since it was made.
  bool IsGone() const { return !lock_->IsInPlace(); }
  // Makes a folder that is gone again. Throws splat::Error if that fails.
  void MakeAgain();
  // Continues in a new folder of this name, or of this name and a number. Throws splat::Error if it cannot be made.
  void MoveTo(const std::string& path);

  // Throws splat::Error if images cannot go to renders/ without replacing those of others.
  void CheckTakesRenders() const;
  // Throws splat::Error if the folder of photos lies where a run keeps its images.
  void CheckHoldsNoPhotos(const std::string& photos) const;

  // Removes what an earlier run left and would not fit the new scene: metrics.json, the renders in renders/, and scenes
  // in formats other than those named that are not among the files `kept`. It is called once the new scene is whole.
  void RemoveOldResults(const std::vector<std::string>& formats, const std::vector<std::string>& kept) const;

 private:
  void Make();
  void Release();

  std::string path_;
  bool made_ = false;
  std::unique_ptr<FileLock> lock_;
};

}  // namespace splat::pipeline
