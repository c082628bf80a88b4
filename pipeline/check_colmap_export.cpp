#include <filesystem>

#include "core/check.h"
#include "data/poses/colmap_cameras.h"
#include "data/poses/colmap_reader.h"
#include "pipeline/stages.h"

namespace splat::pipeline {

namespace fs = std::filesystem;

void CheckColmapFolder(const std::string& folder) {
  if (folder.empty()) return;
  std::error_code error;
  if (!fs::exists(folder, error)) return;
  SPLAT_CHECK(fs::is_directory(folder, error), "--export-colmap ", folder, ": is a file; name a folder");
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    SPLAT_CHECK(!data::IsColmapPart(name), "--export-colmap ", folder, ": a model lies there already (", name,
                "); choose another folder or remove it");
  }
}

void CheckColmapExport(const Run& run, const data::Dataset& dataset) {
  if (run.options.export_colmap.empty()) return;
  CheckColmapFolder(run.options.export_colmap);  // structure from motion may have made the folder
  for (const data::View& view : dataset.views) {
    try {
      data::AsColmapCamera(view.intrinsics, view.name);
    } catch (const Error& error) {
      throw Error(StrCat("--export-colmap: ", error.what(), "; leave the option out"));
    }
  }
}

}  // namespace splat::pipeline
