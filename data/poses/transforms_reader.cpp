#include "data/poses/transforms_reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "core/check.h"
#include "core/constants.h"
#include "core/printable.h"
#include "core/rotation_matrix.h"
#include "data/photos/photo_files.h"
#include "data/photos/photo_folder.h"
#include "data/poses/export_points.h"
#include "data/poses/photo_matching.h"
#include "data/poses/ply_points.h"
#include "data/poses/pose_files.h"
#include "data/poses/transforms_keys.h"
#include "data/poses/transforms_pose.h"
#include "data/poses/transforms_sides.h"
#include "data/poses/unusable_poses.h"
#include "io/json_not_finite.h"
#include "io/json_parse.h"
#include "io/read_file.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kUsualPoints = "sparse_pc.ply";

// What a frame says itself goes before what the file says for all.
struct Scopes {
  const Json& frame;
  const Json& file;
  std::string where;  // "path: frame 3 ('images/0003.jpg')"
};

std::optional<double> NumberIn(const Json& object, const char* key, const std::string& where) {
  const auto entry = object.find(key);
  if (entry == object.end() || entry->is_null()) return std::nullopt;
  SPLAT_CHECK(entry->is_number(), where, ": '", key, "' is not a number");
  return entry->get<double>();  // finite: JSON has no other numbers
}

std::optional<double> Number(const Scopes& scopes, const char* key) {
  const auto own = NumberIn(scopes.frame, key, scopes.where);
  return own ? own : NumberIn(scopes.file, key, scopes.where);
}

std::optional<double> Side(const Scopes& scopes, const char* key) {
  for (const Json* object : {&scopes.frame, &scopes.file}) {
    const auto side = NumberIn(*object, key, scopes.where);
    if (side && *side >= 1) return side;
  }
  return std::nullopt;
}

std::string Text(const Scopes& scopes, const char* key) {
  for (const Json* object : {&scopes.frame, &scopes.file}) {
    const auto entry = object->find(key);
    if (entry != object->end() && entry->is_string()) return entry->get<std::string>();
  }
  return {};
}

// A focal length in px from `focal_key`, or from the field of view `angle_key` (rad) over `size` px.
std::optional<double> Focal(const Scopes& scopes, const char* focal_key, const char* angle_key, int size) {
  for (const Json* object : {&scopes.frame, &scopes.file}) {
    if (const auto focal = NumberIn(*object, focal_key, scopes.where)) {
      SPLAT_CHECK(*focal > 0, scopes.where, ": '", focal_key, "' is ", *focal, ", must be positive");
      return focal;
    }
    if (const auto angle = NumberIn(*object, angle_key, scopes.where)) {
      SPLAT_CHECK(*angle > 0 && *angle < kPi, scopes.where, ": '", angle_key, "' is ", *angle,
                  ", must lie between 0 and pi: it is in radians");
      return 0.5 * size / std::tan(0.5 * *angle);
    }
  }
  return std::nullopt;
}

// Projections of instant-ngp that no camera model here has.
void RefuseOtherProjections(const Scopes& scopes) {
  for (const char* key : {"latlong", "equirectangular", "orthographic", "ftheta_p0"}) {
    const auto entry = scopes.file.find(key);
    const bool set = entry != scopes.file.end() && !entry->is_null() && *entry != false && *entry != 0;
    SPLAT_CHECK(!set, scopes.where, ": the projection that '", key,
                "' stands for is not supported; undistort the photos");
  }
}

bool IsFisheye(const Scopes& scopes) {
  const std::string model = Text(scopes, "camera_model");
  if (model == "OPENCV_FISHEYE") return true;
  for (const char* perspective :
       {"", "PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV", "FULL_OPENCV"}) {
    if (model != perspective) continue;
    const auto flag = scopes.file.find("is_fisheye");  // instant-ngp
    return flag != scopes.file.end() && flag->is_boolean() && flag->get<bool>();
  }
  throw Error(StrCat(scopes.where, ": camera_model '", model,
                     "' is not supported; use PINHOLE, OPENCV, FULL_OPENCV or OPENCV_FISHEYE"));
}

// Chooses the simplest model that holds the coefficients: those of a perspective camera are in OpenCV's terms.
void SetModel(const Scopes& scopes, const std::vector<double>& pinhole, Intrinsics& intrinsics) {
  const auto k = [&](const char* key) { return Number(scopes, key).value_or(0); };
  const double k1 = k("k1"), k2 = k("k2"), k3 = k("k3"), k4 = k("k4"), p1 = k("p1"), p2 = k("p2");
  intrinsics.params = pinhole;
  std::vector<double> distortion;
  if (IsFisheye(scopes)) {
    intrinsics.model = CameraModel::kOpenCvFisheye;
    distortion = {k1, k2, k3, k4};
  } else if (Text(scopes, "camera_model") == "FULL_OPENCV") {
    intrinsics.model = CameraModel::kFullOpenCv;
    distortion = {k1, k2, p1, p2, k3, k4, k("k5"), k("k6")};
  } else {
    SPLAT_CHECK(k("k5") == 0 && k("k6") == 0, scopes.where,
                ": 'k5' and 'k6' are those of the camera_model FULL_OPENCV; ", "set it, or remove them");
    if (k4 != 0) {  // of r^8, as nerfstudio has it
      intrinsics.model = CameraModel::kBrown;
      distortion = {k1, k2, k3, k4, p1, p2, 0};
    } else if (k3 != 0) {
      intrinsics.model = CameraModel::kFullOpenCv;
      distortion = {k1, k2, p1, p2, k3, 0, 0, 0};
    } else if (k1 != 0 || k2 != 0 || p1 != 0 || p2 != 0) {
      intrinsics.model = CameraModel::kOpenCv;
      distortion = {k1, k2, p1, p2};
    } else {
      intrinsics.model = CameraModel::kPinhole;
    }
  }
  intrinsics.params.insert(intrinsics.params.end(), distortion.begin(), distortion.end());
}

// `photo_size` stands in where the size is not written.
Intrinsics ReadIntrinsics(const Scopes& scopes, const PhotoInfo& photo_size) {
  const double width = Side(scopes, "w").value_or(photo_size.width);
  const double height = Side(scopes, "h").value_or(photo_size.height);
  SPLAT_CHECK(width > 0 && height > 0, scopes.where,
              ": the photo size is not written ('w', 'h') and none of the photos", " is there to tell it");
  SPLAT_CHECK(width >= 1 && height >= 1 && width <= kMaxPhotoSide && height <= kMaxPhotoSide &&
                  width == std::floor(width) && height == std::floor(height),
              scopes.where, ": the photo size ", width, " x ", height, " is impossible; correct 'w' and 'h'");
  RefuseOtherProjections(scopes);
  Intrinsics intrinsics;
  intrinsics.width = int(width);
  intrinsics.height = int(height);
  const auto fx = Focal(scopes, "fl_x", "camera_angle_x", intrinsics.width);
  const auto fy = Focal(scopes, "fl_y", "camera_angle_y", intrinsics.height);
  SPLAT_CHECK(fx || fy, scopes.where, ": gives neither a focal length ('fl_x') nor a field of view ('camera_angle_x')");
  SetModel(scopes,
           {fx ? *fx : *fy, fy ? *fy : *fx, Number(scopes, "cx").value_or(0.5 * width),
            Number(scopes, "cy").value_or(0.5 * height)},
           intrinsics);
  return intrinsics;
}

struct Frame {
  const Json& json;
  std::string where;
  std::string name;
  std::string path;  // of the photo
};

// The photo that a frame names.
Frame ReadFrame(const Json& json, const std::string& where, const std::string& folder) {
  SPLAT_CHECK(json.is_object(), where, ": is not an object");
  const auto file_path = json.find("file_path");
  SPLAT_CHECK(file_path != json.end() && file_path->is_string() && !file_path->get<std::string>().empty(), where,
              ": has no 'file_path'");
  const std::string& text = file_path->get_ref<const std::string&>();
  SPLAT_CHECK(text.size() <= kLongestPath, where, ": its 'file_path' ('", ShortName(text), "') has ", text.size(),
              " characters, more than a path can have");
  const std::string name = PlainName(text);
  return {json, StrCat(where, " ('", name, "')"), name, FileNamed(folder, name)};
}

// The frames that name a photo; the others are left out with a warning. Throws splat::Error if none does.
std::vector<Frame> ListFrames(const Json& root, const std::string& json_path, std::vector<std::string>& warnings) {
  SPLAT_CHECK(root.is_object(), json_path, ": is no transforms.json (a JSON object is expected)");
  const auto list = root.find("frames");
  SPLAT_CHECK(list != root.end() && list->is_array() && !list->empty(), json_path,
              ": is no transforms.json with photos (it needs a list 'frames' that is not empty)");
  const std::string folder = fs::path(json_path).parent_path().string();
  std::vector<Frame> frames;
  std::string problem;  // of the first frame that names no photo
  for (size_t i = 0; i < list->size(); ++i) {
    try {
      frames.push_back(ReadFrame((*list)[i], StrCat(json_path, ": frame ", i + 1), folder));
    } catch (const Error& error) {
      if (problem.empty()) problem = error.what();
    }
  }
  SPLAT_CHECK(!frames.empty(), problem);
  const size_t others = list->size() - frames.size();
  if (others > 0) {
    warnings.push_back(StrCat(problem, others > 1 ? StrCat(" (and ", others - 1, " other frames)") : "", "; left out"));
  }
  return frames;
}

// Warns once of matrices whose scale was taken off.
void WarnOfScales(const std::string& json_path, const std::vector<double>& scales, std::vector<std::string>& warnings) {
  if (scales.empty()) return;
  const auto [least, most] = std::minmax_element(scales.begin(), scales.end());
  const std::string range = *most - *least > kRotationTolerance * *most ? StrCat(*least, " to ", *most) : StrCat(*most);
  warnings.push_back(StrCat(json_path, ": the rotations of ", scales.size(), " frames are scaled by ", range,
                            "; the scale was taken off, positions stay as they are"));
}

// The mask that a frame names, relative to the file; empty where it names none.
std::string MaskPath(const Frame& frame, const std::string& json_path) {
  const auto entry = frame.json.find("mask_path");
  if (entry == frame.json.end() || entry->is_null()) return "";
  SPLAT_CHECK(entry->is_string(), frame.where, ": 'mask_path' is ", entry->dump(), ", expected the path of an image");
  if (entry->get<std::string>().empty()) return "";
  const std::string folder = fs::path(json_path).parent_path().string();
  return fs::path(FileNamed(folder, PlainName(entry->get<std::string>()))).lexically_normal().string();
}

void ReadFrames(const Json& root, const std::string& json_path, const std::string& image_folder,
                std::optional<Split> split, SceneDescription& scene) {
  const std::vector<Frame> frames = ListFrames(root, json_path, scene.warnings);
  const auto has_size = [](const Json& object) { return SaysSide(object, "w") && SaysSide(object, "h"); };
  const bool sized = has_size(root) || std::all_of(frames.begin(), frames.end(),
                                                   [&](const Frame& frame) { return has_size(frame.json); });
  std::vector<std::string> paths;
  paths.reserve(frames.size());
  for (const Frame& frame : frames) paths.push_back(frame.path);
  const std::vector<PhotoInfo> sizes =
      sized ? std::vector<PhotoInfo>(frames.size()) : SizesOfPhotos(std::move(paths), image_folder);
  std::vector<double> scales;
  size_t transposed = 0;
  for (size_t i = 0; i < frames.size(); ++i) {
    const Frame& frame = frames[i];
    PosedPhoto& photo = scene.photos.emplace_back();
    photo.name = frame.name;
    photo.path = frame.path;
    photo.split = split;
    ReadOrSayWhy(photo, [&] { photo.intrinsics = ReadIntrinsics({frame.json, root, frame.where}, sizes[i]); });
    ReadOrSayWhy(photo, [&] {
      const FramePose pose = ReadFramePose(frame.json, frame.where);
      if (pose.scale != 1) scales.push_back(pose.scale);
      transposed += pose.transposed ? 1 : 0;
      photo.camera_from_world = pose.camera_from_world;
    });
    ReadOrSayWhy(photo, [&] { photo.mask.path = MaskPath(frame, json_path); });
  }
  WarnOfSides(root, json_path, scene.warnings);
  WarnOfScales(json_path, scales, scene.warnings);
  if (transposed > 0) {
    scene.warnings.push_back(StrCat(json_path, ": the matrices of ", transposed, " frames have the translation in the ",
                                    "last row and not in the last column; they were transposed"));
  }
}

// nerfstudio's point cloud, which lies in the frame of the poses; sparse_pc.ply is its usual name.
void ReadPoints(const Json& root, const std::string& json_path, SceneDescription& scene) {
  const fs::path folder = fs::path(json_path).parent_path();
  const auto entry = root.find("ply_file_path");
  const bool named = entry != root.end() && entry->is_string() && !entry->get<std::string>().empty();
  fs::path path = folder / (named ? PlainName(entry->get<std::string>()) : kUsualPoints);
  std::error_code ignored;                                                   // of names that no file can have
  if (named && !fs::exists(path, ignored)) path = folder / path.filename();  // a path of another machine
  if (fs::exists(path, ignored)) {
    const size_t warnings = scene.warnings.size();
    TryAddPlyPoints(path.string(), scene);
    if (scene.points.positions.empty() && scene.warnings.size() == warnings) {
      scene.warnings.push_back(StrCat(path.string(), ": holds no points; the training starts from random points"));
    }
  } else if (named) {
    scene.warnings.push_back(StrCat(json_path, ": its 'ply_file_path' ", (folder / PlainName(*entry)).string(),
                                    " does not exist; no points are used"));
  }
}

// The files of held-out photos beside one of training photos, the better one first.
std::vector<std::string> HeldOutPaths(const fs::path& json_path) {
  std::vector<std::string> paths;
  if (json_path.filename() != "transforms_train.json") return paths;
  for (const char* name : {"transforms_test.json", "transforms_val.json"}) {
    const fs::path path = json_path.parent_path() / name;
    if (fs::exists(path)) paths.push_back(path.string());
  }
  return paths;
}

// A number that is not finite costs the photo that it belongs to.
Json ReadJson(const std::string& path) {
  SPLAT_CHECK(!IsPointFile(path), path, ": is a file of points, which has no poses; give ", kKindsOfPoses);
  return ParseJson<Json>(WithTextsForNotFinite(ReadFile(path)), path);
}

// Adds the held-out photos of a file and returns what it holds; neither, with a warning, where it is damaged: training
// does without them.
std::optional<Json> AddHeldOut(const std::string& path, const std::string& image_folder, SceneDescription& scene) {
  SceneDescription held_out;
  try {
    Json root = ReadJson(path);
    ReadFrames(root, path, image_folder, Split::kTest, held_out);
    std::move(held_out.photos.begin(), held_out.photos.end(), std::back_inserter(scene.photos));
    std::move(held_out.warnings.begin(), held_out.warnings.end(), std::back_inserter(scene.warnings));
    return root;
  } catch (const Error& error) {
    scene.warnings.push_back(StrCat(error.what(), "; the photos that it holds out are left"));
    return std::nullopt;
  }
}

// A photo may be named with its extension and without.
std::string WithoutExtension(const std::string& name) {
  return HasPhotoExtension(name) ? fs::path(name).replace_extension().string() : name;
}

// Takes the first `held_out` of the photos out where they are photos to train on, too. Where that leaves none to hold
// out, no photo has a split, so that --test-every holds.
size_t DropTrainedOn(const std::string& json_path, const std::string& test_path, size_t held_out,
                     SceneDescription& scene) {
  std::vector<PosedPhoto>& photos = scene.photos;
  const auto first_trained = photos.begin() + std::ptrdiff_t(held_out);
  std::set<std::string> trained;
  for (auto photo = first_trained; photo != photos.end(); ++photo) {
    if (photo->problem.empty()) trained.insert(WithoutExtension(photo->name));
  }
  const auto kept = std::stable_partition(photos.begin(), first_trained, [&](const PosedPhoto& photo) {
    return trained.count(WithoutExtension(photo.name)) == 0;
  });
  const auto dropped = size_t(first_trained - kept);
  if (dropped == 0) return held_out;
  const std::string name = kept->name;
  photos.erase(kept, first_trained);
  const bool all = dropped == held_out;
  scene.warnings.push_back(StrCat(test_path, ": ", all ? "all" : StrCat(dropped, " of"), " ", held_out,
                                  " photos that it holds out (as ", name, ") are also in ",
                                  fs::path(json_path).filename().string(), ", and are trained on and not held out",
                                  all ? "; give a file of other photos, or hold some out with --test-every N" : ""));
  if (all) {
    for (PosedPhoto& photo : photos) photo.split.reset();
  }
  return held_out - dropped;
}

}  // namespace

SceneDescription ReadTransforms(const std::string& json_path, const std::string& image_folder) {
  std::vector<Json> files = {ReadJson(json_path)};
  SceneDescription scene;
  scene.opengl_axes = true;
  std::optional<Json> test;
  std::string test_path;
  for (const std::string& path : HeldOutPaths(json_path)) {
    test = AddHeldOut(path, image_folder, scene);
    test_path = path;
    if (test) break;
  }
  size_t held_out = scene.photos.size();
  ReadFrames(files[0], json_path, image_folder, test ? std::make_optional(Split::kTrain) : std::nullopt, scene);
  const size_t frames = scene.photos.size() - held_out;
  scene.source = StrCat("transforms file ", json_path, " (", frames, " frames)");
  if (test) held_out = DropTrainedOn(json_path, test_path, held_out, scene);
  if (test) {
    files.push_back(std::move(*test));
    scene.source = StrCat("transforms files ", json_path, " and ", fs::path(test_path).filename().string(), " (",
                          frames, " training and ", held_out, " test frames)");
  } else {
    ApplyNamedSplit(files[0], json_path, scene);
  }
  CheckAnyIsUsable(scene.photos);
  WarnOfUnusedKeys(files, json_path, scene.warnings);
  SortAndKeepOneOfEachName(json_path, scene.photos, scene.warnings);
  ReadPoints(files[0], json_path, scene);
  return scene;
}

}  // namespace splat::data
