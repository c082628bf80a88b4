// The folder of a run's results, and the names in it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/exporter.h"

namespace splat::pipeline {

// The folder, made and found writable before any work is done.
class OutputFolder {
 public:
  // Makes the folder if need be. Throws splat::Error if it cannot be made or written to, or if it holds a scene of any
  // format already and `overwrite` is false.
  OutputFolder(const std::string& path, bool overwrite);
  // Removes the folder again if this object made it and nothing was put in.
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  // The scene in a format: "OUT/scene.spz".
  std::string Scene(const formats::Exporter& exporter) const;

  // Removes what an earlier run left and would not fit the new scene: metrics.json, renders/, and scenes in formats
  // other than those named, which will be replaced.
  void RemoveOldResults(const std::vector<std::string>& formats) const;

 private:
  std::string path_;
  bool made_ = false;
};

// Gives each photo name a flat file name without extension, never the same one twice: "left/a.jpg" becomes "left_a".
class RenderNames {
 public:
  std::string NameFor(const std::string& photo_name);

 private:
  std::set<std::string> taken_;
};

}  // namespace splat::pipeline
