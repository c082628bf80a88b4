#include "formats/inria_cameras.h"

#include <cmath>

#include "core/check.h"
#include "core/rotation_matrix.h"
#include "io/json_file.h"
#include "io/json_names.h"
#include "io/json_not_finite.h"
#include "io/json_parse.h"
#include "io/read_file.h"

namespace splat::formats {
namespace {

Json ToJson(const NamedCamera& named, size_t id) {
  const Camera& camera = named.camera;
  const Rigid3 scene_from_camera = Inverse(camera.camera_from_world);
  const Vec3<double>& position = scene_from_camera.translation;
  Json rotation = Json::array();
  for (const auto& row : scene_from_camera.rotation.m) rotation.push_back({row[0], row[1], row[2]});
  Json json;
  json["id"] = id;
  json["img_name"] = named.name;
  json["width"] = camera.width;
  json["height"] = camera.height;
  json["position"] = {position.x, position.y, position.z};
  json["rotation"] = rotation;
  json["fx"] = camera.fx;
  json["fy"] = camera.fy;
  json["cx"] = camera.cx;
  json["cy"] = camera.cy;
  json["split"] = named.split == Split::kTest ? "test" : "train";
  return json;
}

const Json& ValueOf(const Json& json, const char* key) {
  const auto value = json.find(key);
  SPLAT_CHECK(value != json.end(), "has no ", key);
  return *value;
}

double FiniteNumber(const Json& value, const char* key) {
  SPLAT_CHECK(value.is_number() && std::isfinite(value.get<double>()), key, " is not a finite number");
  return value.get<double>();
}

double PositiveNumber(const Json& json, const char* key) {
  const double value = FiniteNumber(ValueOf(json, key), key);
  SPLAT_CHECK(value > 0, key, " is ", value, "; a positive number is expected");
  return value;
}

// The value at `key`, a list of three.
const Json& Three(const Json& value, const char* key) {
  SPLAT_CHECK(value.is_array() && value.size() == 3, key, " is no list of three");
  return value;
}

// The rotation nearest to the given rows, which must be one but for rounding.
Mat3<double> RotationFrom(const Json& rows) {
  Mat3<double> matrix;
  for (int i = 0; i < 3; ++i) {
    const Json& row = Three(Three(rows, "rotation")[size_t(i)], "rotation");
    for (int j = 0; j < 3; ++j) matrix(i, j) = FiniteNumber(row[size_t(j)], "rotation");
  }
  const ScaledRotation found = TakeScaleOff(matrix, "rotation");
  SPLAT_CHECK(found.scale == 1, "rotation is no rotation (it is scaled by ", found.scale, ")");
  return NearestRotation(found.rotation);
}

std::string NameOf(const Json& json, size_t index) {
  const auto name = json.find("img_name");
  const std::string text = name != json.end() && name->is_string() ? name->get<std::string>() : "";
  if (text.empty()) return StrCat("view_", index);
  return json.contains("split") ? NameFromJson(text) : text;  // ours; in others "\\" may part folders
}

NamedCamera FromJson(const Json& json, size_t index) {
  SPLAT_CHECK(json.is_object(), "is no camera (a JSON object is expected)");
  NamedCamera named;
  named.name = NameOf(json, index);
  const auto split = json.find("split");
  named.split = split != json.end() && *split == "test" ? Split::kTest : Split::kTrain;
  Camera& camera = named.camera;
  const double width = PositiveNumber(json, "width"), height = PositiveNumber(json, "height");
  SPLAT_CHECK(width >= 1 && height >= 1 && width < kMostCameraSide_px + 1.0 && height < kMostCameraSide_px + 1.0,
              "its size is ", width, " x ", height, "; 1 to ", kMostCameraSide_px, " are expected");
  camera.width = int(width);
  camera.height = int(height);
  camera.fx = PositiveNumber(json, "fx");
  camera.fy = PositiveNumber(json, "fy");
  camera.cx = json.contains("cx") ? FiniteNumber(json["cx"], "cx") : camera.width / 2.0;
  camera.cy = json.contains("cy") ? FiniteNumber(json["cy"], "cy") : camera.height / 2.0;
  Rigid3 scene_from_camera;
  scene_from_camera.rotation = RotationFrom(ValueOf(json, "rotation"));
  const Json& position = Three(ValueOf(json, "position"), "position");
  scene_from_camera.translation = {FiniteNumber(position[0], "position"), FiniteNumber(position[1], "position"),
                                   FiniteNumber(position[2], "position")};
  SPLAT_CHECK(std::isfinite(Norm(scene_from_camera.translation)), "position is too far away");
  camera.camera_from_world = Inverse(scene_from_camera);
  return named;
}

// The entry for people: "camera 3 of 8 ('a.jpg')".
std::string EntryOf(const Json& list, size_t index) {
  const Json& json = list[index];
  const bool named = json.is_object() && json.contains("img_name") && json["img_name"].is_string();
  const std::string name = named ? " ('" + NameOf(json, index) + "')" : "";
  return StrCat("camera ", index + 1, " of ", list.size(), name);
}

}  // namespace

void WriteInriaCameras(const std::string& path, const std::vector<NamedCamera>& cameras) {
  Json json = Json::array();
  for (size_t i = 0; i < cameras.size(); ++i) json.push_back(ToJson(cameras[i], i));
  WriteJson(path, json);
}

bool IsInriaCameras(const std::string& path) {
  constexpr size_t kEnough = 4096;
  const std::string begin = BeginningOf(path, kEnough);
  const size_t first = begin.find_first_not_of(" \t\r\n");
  const bool is_text = begin.find('\0') == std::string::npos;
  return is_text && first != std::string::npos && begin[first] == '[';
}

std::vector<NamedCamera> ReadInriaCameras(const std::string& path, const LogSink& log) {
  const Json json = ParseJsonOrDiscard<Json>(WithTextsForNotFinite(ReadFile(path)), path);
  SPLAT_CHECK(json.is_array() && !json.empty(), path, ": is no list of cameras in JSON");
  std::vector<NamedCamera> cameras;
  std::string problem;  // of the first that cannot be used
  for (size_t i = 0; i < json.size(); ++i) {
    try {
      cameras.push_back(FromJson(json[i], i));
    } catch (const Error& error) {
      if (problem.empty()) problem = StrCat(path, ": ", EntryOf(json, i), ": ", error.what());
    }
  }
  SPLAT_CHECK(!cameras.empty(), problem, json.size() > 1 ? "; no other camera can be used, either" : "");
  const size_t left_out = json.size() - cameras.size();
  if (left_out == 1) LogWarning(log, problem + " (left out)");
  if (left_out > 1)
    LogWarning(log, StrCat(problem, " (left out, with ", left_out - 1, left_out == 2 ? " other)" : " others)"));
  return cameras;
}

}  // namespace splat::formats
