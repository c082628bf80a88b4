#include "pipeline/run_options.h"

#include <filesystem>

namespace splat::pipeline {

std::string DefaultOutput(const std::string& image_folder) {
  namespace fs = std::filesystem;
  fs::path folder = fs::weakly_canonical(fs::absolute(image_folder));
  if (!folder.has_filename()) folder = folder.parent_path();  // a slash at the end
  if (folder.filename() == "images" || folder.filename() == "input") folder = folder.parent_path();
  const std::string name = folder.filename().string();
  return (name.empty() ? "photos" : name) + "_splat";
}

}  // namespace splat::pipeline
