// This header names rendered images.
#pragma once

#include <set>
#include <string>

namespace splat::pipeline {

// Gives each photo name a flat file name without extension, never the same one twice: "left/a.jpg" becomes "left_a".
class RenderNames {
 public:
  std::string NameFor(const std::string& photo_name);

 private:
  std::set<std::string> taken_;
};

}  // namespace splat::pipeline
