#include "data/poses/transforms_keys.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/check.h"
#include "core/format.h"
#include "data/poses/photo_matching.h"

namespace splat::data {
namespace {

using Json = nlohmann::json;

// Keys that are read, and keys that say nothing about cameras, poses and photos: boxes and units of other trainers,
// notes of exporters, depth images, and transforms that the poses and points have undergone already.
constexpr const char* kKnownKeys[] = {"camera_angle_x",
                                      "camera_angle_y",
                                      "fl_x",
                                      "fl_y",
                                      "cx",
                                      "cy",
                                      "w",
                                      "h",
                                      "k1",
                                      "k2",
                                      "k3",
                                      "k4",
                                      "k5",
                                      "k6",
                                      "p1",
                                      "p2",
                                      "camera_model",
                                      "is_fisheye",
                                      "frames",
                                      "ply_file_path",
                                      "file_path",
                                      "transform_matrix",
                                      "train_filenames",
                                      "val_filenames",
                                      "test_filenames",
                                      "mask_path",
                                      "applied_transform",
                                      "applied_scale",
                                      "orientation_override",
                                      "auto_scale_poses_override",
                                      "aabb_scale",
                                      "aabb",
                                      "render_aabb",
                                      "scale",
                                      "offset",
                                      "up",
                                      "sharpness",
                                      "colmap_im_id",
                                      "image_id",
                                      "camera_id",
                                      "camera_label",
                                      "depth_file_path",
                                      "depth_unit_scale_factor",
                                      "integer_depth_scale",
                                      "enable_depth_loading",
                                      "rotation",
                                      "n_extra_learnable_dims",
                                      "fps",
                                      "version",
                                      "name",
                                      "id",
                                      "timestamp",
                                      "motion_blur",
                                      "blur_score"};

bool IsKnownKey(const std::string& key) {
  return std::find(std::begin(kKnownKeys), std::end(kKnownKeys), key) != std::end(kKnownKeys);
}

// The names in a list of the file; nothing where it has no such list.
std::vector<std::string> NamesIn(const Json& root, const char* key, const std::string& json_path) {
  std::vector<std::string> names;
  const auto list = root.find(key);
  if (list == root.end() || list->is_null()) return names;
  SPLAT_CHECK(list->is_array(), json_path, ": '", key, "' is no list of names");
  for (const Json& name : *list) {
    SPLAT_CHECK(name.is_string(), json_path, ": entry ", names.size() + 1, " of '", key, "' is not a name");
    names.push_back(PlainName(name.get<std::string>()));
  }
  return names;
}

// Marks the photos of `names`; returns the names that no photo has.
std::vector<std::string> Mark(const std::vector<std::string>& names, const std::map<std::string, size_t>& index_of,
                              std::vector<bool>& marks) {
  std::vector<std::string> unknown;
  for (const std::string& name : names) {
    const auto found = index_of.find(name);
    if (found == index_of.end()) {
      unknown.push_back(name);
    } else {
      marks[found->second] = true;
    }
  }
  return unknown;
}

}  // namespace

void ApplyNamedSplit(const Json& root, const std::string& json_path, SceneDescription& scene) {
  const std::vector<std::string> train = NamesIn(root, "train_filenames", json_path);
  std::vector<std::string> held_out = NamesIn(root, "val_filenames", json_path);
  for (const std::string& name : NamesIn(root, "test_filenames", json_path)) held_out.push_back(name);
  if (train.empty() && held_out.empty()) return;
  std::vector<bool> in_train(scene.photos.size()), is_held_out(scene.photos.size());
  std::map<std::string, size_t> index_of;
  for (size_t i = 0; i < scene.photos.size(); ++i) index_of.emplace(scene.photos[i].name, i);
  std::vector<std::string> unknown = Mark(train, index_of, in_train);
  for (const std::string& name : Mark(held_out, index_of, is_held_out)) unknown.push_back(name);
  std::vector<PosedPhoto> kept;
  std::vector<std::string> both, neither;
  for (size_t i = 0; i < scene.photos.size(); ++i) {
    PosedPhoto& photo = scene.photos[i];
    if (in_train[i] && is_held_out[i]) both.push_back(photo.name);
    if (!train.empty() && !in_train[i] && !is_held_out[i]) {
      neither.push_back(photo.name);
      continue;
    }
    photo.split = is_held_out[i] && !in_train[i] ? Split::kTest : Split::kTrain;
    kept.push_back(photo);
  }
  scene.photos = std::move(kept);
  const auto warn = [&](const std::vector<std::string>& names, const char* what) {
    if (!names.empty()) scene.warnings.push_back(StrCat(json_path, ": ", NamesInBrief(names), ": ", what));
  };
  warn(unknown, "named in the lists of training and held-out photos, but no frame has that name");
  warn(both, "to be trained on and held out both; trained on and not held out");
  warn(neither, "in none of the lists of training and held-out photos; left out");
  SPLAT_CHECK(!scene.photos.empty(), json_path, ": its lists of training and held-out photos name none of its frames");
}

void WarnOfUnusedKeys(const std::vector<Json>& files, const std::string& json_path,
                      std::vector<std::string>& warnings) {
  std::set<std::string> unused;
  const auto collect = [&](const Json& object) {
    for (const auto& entry : object.items()) {
      if (!IsKnownKey(entry.key())) unused.insert("'" + entry.key() + "'");
    }
  };
  for (const Json& file : files) {
    collect(file);
    for (const Json& frame : file.at("frames")) collect(frame);
  }
  if (unused.empty()) return;
  warnings.push_back(
      StrCat(json_path, ": holds keys that are not used: ", NamesInBrief({unused.begin(), unused.end()})));
}

}  // namespace splat::data
