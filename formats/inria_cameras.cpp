#include "formats/inria_cameras.h"

#include <cmath>

#include "core/check.h"
#include "core/rotation_matrix.h"
#include "io/json_file.h"
#include "io/json_names.h"
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

double PositiveNumber(const Json& json, const char* key) {
  const double value = json.at(key).get<double>();
  SPLAT_CHECK(value > 0 && std::isfinite(value), key, " is ", value, "; a positive number is expected");
  return value;
}

// The rotation nearest to the given rows, which must be one but for rounding.
Mat3<double> RotationFrom(const Json& rows) {
  Mat3<double> matrix;
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) matrix(i, j) = rows.at(size_t(i)).at(size_t(j)).get<double>();
  }
  const ScaledRotation found = TakeScaleOff(matrix, "rotation");
  SPLAT_CHECK(found.scale == 1, "rotation is no rotation (it is scaled by ", found.scale, ")");
  return NearestRotation(found.rotation);
}

NamedCamera FromJson(const Json& json, size_t index) {
  NamedCamera named;
  named.name = json.value("img_name", StrCat("view_", index));
  if (json.contains("split")) named.name = NameFromJson(named.name);  // ours; in others "\\" may part folders
  named.split = json.value("split", "train") == "test" ? Split::kTest : Split::kTrain;
  Camera& camera = named.camera;
  camera.width = int(PositiveNumber(json, "width"));
  camera.height = int(PositiveNumber(json, "height"));
  SPLAT_CHECK(camera.width <= kMostCameraSide_px && camera.height <= kMostCameraSide_px && camera.width > 0 &&
                  camera.height > 0,
              "its size is ", camera.width, " x ", camera.height, "; 1 to ", kMostCameraSide_px, " are expected");
  camera.fx = PositiveNumber(json, "fx");
  camera.fy = PositiveNumber(json, "fy");
  camera.cx = json.value("cx", camera.width / 2.0);
  camera.cy = json.value("cy", camera.height / 2.0);
  Rigid3 scene_from_camera;
  scene_from_camera.rotation = RotationFrom(json.at("rotation"));
  const Json& position = json.at("position");
  scene_from_camera.translation = {position.at(0).get<double>(), position.at(1).get<double>(),
                                   position.at(2).get<double>()};
  SPLAT_CHECK(std::isfinite(Norm(scene_from_camera.translation)), "position is not finite");
  camera.camera_from_world = Inverse(scene_from_camera);
  return named;
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

std::vector<NamedCamera> ReadInriaCameras(const std::string& path) {
  const Json json = ParseJsonOrDiscard<Json>(ReadFile(path), path);
  SPLAT_CHECK(json.is_array() && !json.empty(), path, ": is no list of cameras in JSON");
  std::vector<NamedCamera> cameras;
  for (size_t i = 0; i < json.size(); ++i) {
    const std::string where = StrCat(path, ": camera ", i + 1, " of ", json.size(), ": ");
    try {
      cameras.push_back(FromJson(json[i], i));
    } catch (const Error& error) {
      throw Error(where + error.what());
    } catch (const nlohmann::json::exception& error) {
      throw Error(where + JsonReason(error));
    }
  }
  return cameras;
}

}  // namespace splat::formats
