#include "pipeline/output_folder.h"

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "core/check.h"
#include "io/atomic_file.h"

namespace splat::pipeline {

namespace fs = std::filesystem;

OutputFolder::OutputFolder(const std::string& path, bool overwrite) : path_(path) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  SPLAT_CHECK(!path_.empty(), "--output: the name of the folder is empty");
  std::error_code error;
  SPLAT_CHECK(!fs::exists(path_, error) || fs::is_directory(path_, error), "--output ", path_,
              ": is a file; name a folder");
  for (const formats::Exporter& exporter : formats::Exporters()) {
    SPLAT_CHECK(overwrite || !fs::exists(Scene(exporter), error), "--output ", path_,
                ": holds a scene already; choose another folder or pass --overwrite");
  }
  made_ = fs::create_directories(path_, error);
  SPLAT_CHECK(!error, "--output ", path_, ": the folder cannot be made: ", error.message());
  try {
    WriteFileAtomically(*this / ".write_test", [](std::ostream& out) { out << "splat-train\n"; });
  } catch (const Error&) {
    throw Error(StrCat("--output ", path_, ": nothing can be written there: ", std::strerror(errno)));
  }
  fs::remove(*this / ".write_test", error);
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (made_) fs::remove(path_, ignored);  // fails where something lies in it
}

std::string OutputFolder::Scene(const formats::Exporter& exporter) const {
  return *this / "scene" + exporter.extension;
}

void OutputFolder::RemoveOldResults(const std::vector<std::string>& formats) const {
  std::error_code ignored;
  for (const formats::Exporter& exporter : formats::Exporters()) {
    const bool replaced = std::find(formats.begin(), formats.end(), exporter.name) != formats.end();
    if (!replaced) fs::remove(Scene(exporter), ignored);
  }
  fs::remove(*this / "metrics.json", ignored);
  fs::remove_all(*this / "renders", ignored);
}

std::string RenderNames::NameFor(const std::string& photo_name) {
  const size_t last_slash = photo_name.find_last_of("/\\");
  const size_t last_dot = photo_name.find_last_of('.');
  const size_t name_begin = last_slash == std::string::npos ? 0 : last_slash + 1;
  const bool has_extension = last_dot != std::string::npos && last_dot > name_begin;
  std::string stem = has_extension ? photo_name.substr(0, last_dot) : photo_name;
  stem.erase(0, stem.find_first_not_of("./\\"));
  for (char& c : stem) {
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < ' ') c = '_';
  }
  if (stem.empty()) stem = "view";
  std::string unique = stem;
  for (int i = 2; !taken_.insert(unique).second; ++i) unique = StrCat(stem, "_", i);
  return unique;
}

}  // namespace splat::pipeline
