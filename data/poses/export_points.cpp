#include "data/poses/export_points.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>

#include "core/check.h"
#include "core/format.h"
#include "data/poses/ply_points.h"
#include "io/mapped_file.h"
#include "io/ply.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUnread[] = {".las", ".laz", ".e57", ".xyz", ".pts", ".pcd"};

bool IsUnread(const std::string& path) {
  return std::any_of(std::begin(kUnread), std::end(kUnread),
                     [&](const char* extension) { return HasExtension(path, extension); });
}

// A file that cannot be read is none.
bool IsSplatScene(const std::string& path) {
  try {
    const MappedFile file(path);
    const PlyFile ply(file.bytes(), path);
    const PlyFile::Element* vertex = ply.Find("vertex");
    return vertex != nullptr && std::any_of(vertex->properties.begin(), vertex->properties.end(),
                                            [](const auto& property) { return property.name == "f_dc_0"; });
  } catch (const Error&) {
    return false;
  }
}

// The files in a folder that hold points, and those whose format is not read, sorted.
struct PointFiles {
  std::vector<std::string> ply, others;
};

PointFiles ListPointFiles(const fs::path& folder) {
  PointFiles files;
  std::error_code error;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored)) continue;
    if (HasExtension(entry->path().string(), ".ply")) files.ply.push_back(entry->path().lexically_normal().string());
    if (IsUnread(entry->path().string())) files.others.push_back(entry->path().lexically_normal().string());
  }
  std::sort(files.ply.begin(), files.ply.end());
  std::sort(files.others.begin(), files.others.end());
  return files;
}

// The file that is meant by its name, or since it is the only one.
std::optional<std::string> ChoosePly(const std::string& cameras_path, const std::vector<std::string>& files) {
  for (const std::string& stem : {fs::path(cameras_path).stem().string(), std::string("points3D"),
                                  std::string("sparse_pc"), std::string("pointcloud"), std::string("points")}) {
    for (const std::string& file : files) {
      if (LowerAscii(fs::path(file).stem().string()) == LowerAscii(stem)) return file;
    }
  }
  std::vector<std::string> clouds;
  std::copy_if(files.begin(), files.end(), std::back_inserter(clouds),
               [](const std::string& file) { return !IsSplatScene(file); });
  return clouds.size() == 1 ? std::optional<std::string>(clouds.front()) : std::nullopt;
}

}  // namespace

bool IsPointFile(const std::string& path) {
  return HasExtension(path, ".ply") || IsUnread(path);
}

std::vector<std::string> UnreadPoints(const std::vector<std::string>& folders) {
  std::vector<std::string> unread;
  for (size_t i = 0; i < folders.size() && i < 2; ++i) {
    for (const std::string& file : ListPointFiles(folders[i]).others) {
      unread.push_back(file + " (points, not read; export PLY)");
    }
  }
  return unread;
}

void AddExportedPoints(const std::string& cameras_path, SceneDescription& scene) {
  const PointFiles files = ListPointFiles(fs::path(cameras_path).parent_path());
  const auto path = ChoosePly(cameras_path, files.ply);
  std::string why;
  if (path) {
    why = *path + " holds none";
    try {
      AddPlyPoints(*path, scene);
    } catch (const Error& error) {
      scene.points = {};
      why = error.what();
    }
    if (!scene.points.positions.empty()) {
      scene.source += StrCat(" with the points of ", *path);
      return;
    }
  } else if (!files.ply.empty()) {
    why = StrCat("several files may hold them (", NamesInBrief(files.ply), "): name the one that is meant points.ply");
  } else if (!files.others.empty()) {
    why = StrCat(NamesInBrief(files.others), " cannot be read: export PLY");
  } else {
    why = "no PLY lies beside the cameras";
  }
  scene.warnings.push_back(StrCat(cameras_path, ": has no points (", why, "); the training starts from random points"));
}

}  // namespace splat::data
