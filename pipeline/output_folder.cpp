#include "pipeline/output_folder.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "data/photos/render_mark.h"
#include "formats/page/html_format.h"
#include "io/temporary_file.h"
#include "io/text_scan.h"

namespace splat::pipeline {

namespace fs = std::filesystem;

namespace {

// What a run writes beside its scene.
const std::vector<std::string>& OwnFiles() {
  static const std::vector<std::string> files = {
      "cameras.json",      "config.json",          "metrics.json",
      "photo_colors.json", "scene_transform.json", std::string("scene") + formats::kOwnFrameExtension};
  return files;
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path, bool overwrite) : path_(path) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  SPLAT_CHECK(!path_.empty(), "--output: the name of the folder is empty");
  Make();
  std::error_code error;
  for (const formats::Exporter& exporter : formats::Exporters()) {
    SPLAT_CHECK(overwrite || !fs::exists(Scene(exporter), error), "--output ", path_,
                ": holds a scene already; choose another folder or pass --overwrite");
  }
  for (const std::string& file : OwnFiles()) {
    SPLAT_CHECK(overwrite || !fs::exists(fs::symlink_status(*this / file, error)), "--output ", path_, ": holds a ",
                file, " already, which the run would replace; choose another folder or pass --overwrite");
  }
  RemoveAbandonedFiles(path_);
}

OutputFolder::~OutputFolder() {
  Release();
}

void OutputFolder::Make() {
  std::error_code error;
  SPLAT_CHECK(!fs::exists(path_, error) || fs::is_directory(path_, error), "--output ", path_,
              ": is a file; name a folder");
  made_ = fs::create_directories(path_, error) || made_;
  SPLAT_CHECK(!error, "--output ", path_, ": the folder cannot be made: ", error.message());
  try {
    lock_ = std::make_unique<FileLock>(LockOfFolder(path_), StrCat("--output ", path_),
                                       "wait for it or choose another folder");
  } catch (const Error&) {
    Release();
    throw;
  }
}

void OutputFolder::Release() {
  lock_.reset();
  if (made_) rmdir(path_.c_str());  // fails where something lies in it, or where another file has taken its place
}

void OutputFolder::MakeAgain() {
  lock_.reset();
  Make();
}

void OutputFolder::MoveTo(const std::string& path) {
  constexpr int kNames = 100;
  std::string free = path;
  std::error_code error;
  for (int i = 2; fs::exists(fs::symlink_status(free, error)) && i < kNames; ++i) free = StrCat(path, "_", i);
  SPLAT_CHECK(fs::create_directory(free, error), free,
              ": the folder cannot be made: ", error ? error.message() : "it exists");
  Release();
  path_ = free;
  made_ = true;
  Make();
}

std::string OutputFolder::Scene(const formats::Exporter& exporter) const {
  return *this / "scene" + exporter.extension;
}

void OutputFolder::RemoveOldResults(const std::vector<std::string>& formats,
                                    const std::vector<std::string>& kept) const {
  const auto holds = [](const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
  };
  std::error_code ignored;
  for (const formats::Exporter& exporter : formats::Exporters()) {
    if (!holds(formats, exporter.name) && !holds(kept, Scene(exporter))) fs::remove(Scene(exporter), ignored);
  }
  const std::string of_page = *this / "scene" + formats::kOwnFrameExtension;
  if (!holds(kept, of_page)) fs::remove(of_page, ignored);
  fs::remove(*this / "metrics.json", ignored);
  fs::remove(*this / "photo_colors.json", ignored);
  data::RemoveRenders(*this / data::kRendersFolder);
}

void OutputFolder::CheckTakesRenders() const {
  const std::string folder = *this / data::kRendersFolder;
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(folder, ignored))) return;
  SPLAT_CHECK(fs::is_directory(folder, ignored), folder, ": is no folder; --save-renders writes images there");
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string stem = entry.path().stem().string();
    if (EndsWith(stem, data::kRenderEnding) || EndsWith(stem, data::kPhotoEnding))
      data::CheckNoOtherFile(entry.path().string());
  }
}

void OutputFolder::CheckHoldsNoPhotos(const std::string& photos) const {
  std::error_code ignored;
  const fs::path own = fs::weakly_canonical(*this / data::kRendersFolder, ignored);
  const fs::path theirs = fs::weakly_canonical(photos, ignored);
  const bool inside = std::mismatch(own.begin(), own.end(), theirs.begin(), theirs.end()).first == own.end();
  SPLAT_CHECK(!inside, "--output ", path_, ": its folder ", data::kRendersFolder,
              " is where a run keeps its images, and the photos ", photos, " lie there; choose another folder");
}

}  // namespace splat::pipeline
