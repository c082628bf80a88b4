#include "formats/scene_transform_file.h"

#include <cmath>
#include <filesystem>

#include "core/check.h"
#include "io/json_file.h"
#include "io/json_parse.h"
#include "io/read_file.h"
#include "scene/near_plane.h"

namespace splat::formats {
namespace {

Json ToJson(const Vec3<double>& v) {
  return {v.x, v.y, v.z};
}

Json ToJson(const Mat3<double>& matrix) {
  return {ToJson(Row(matrix, 0)), ToJson(Row(matrix, 1)), ToJson(Row(matrix, 2))};
}

Json HomogeneousMatrix(const Similarity3& transform) {
  Json rows = RowsOf(transform);
  rows.push_back({0.0, 0.0, 0.0, 1.0});
  return rows;
}

Json ToJson(const Similarity3& transform) {
  return {{"scale", transform.scale},
          {"rotation", ToJson(transform.rotation)},
          {"translation", ToJson(transform.translation)},
          {"matrix", HomogeneousMatrix(transform)}};
}

Similarity3 ToSimilarity(const Json& json, const std::string& path) {
  Similarity3 transform;
  transform.scale = json.at("scale").get<double>();
  SPLAT_CHECK(transform.scale > 0, path, ": scale is ", transform.scale);
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) transform.rotation(i, j) = json.at("rotation").at(i).at(j).get<double>();
  }
  const Json& translation = json.at("translation");
  transform.translation = {translation.at(0).get<double>(), translation.at(1).get<double>(),
                           translation.at(2).get<double>()};
  return transform;
}

}  // namespace

void WriteSceneTransform(const std::string& path, const SceneTransform& transform, const std::string& source) {
  Json json;
  json["description"] = "x_source = scale * rotation * x_scene + translation; matrix is the same, homogeneous, by rows";
  json["source"] = source;
  json["source_from_scene"] = ToJson(transform.source_from_scene);
  if (transform.upright_from_scene) json["upright_from_scene"] = ToJson(*transform.upright_from_scene);
  if (transform.near) json["near"] = *transform.near;
  WriteJson(path, json);
}

SceneTransform ReadSceneTransform(const std::string& path) {
  try {
    const Json whole = ParseJson<Json>(ReadFile(path), path);
    SceneTransform result;
    result.source_from_scene = ToSimilarity(whole.at("source_from_scene"), path);
    if (whole.contains("upright_from_scene")) {
      result.upright_from_scene = ToSimilarity(whole.at("upright_from_scene"), path);
    }
    if (whole.contains("near")) {
      result.near = whole.at("near").get<double>();
      SPLAT_CHECK(*result.near > 0 && std::isfinite(*result.near), path, ": near is ", *result.near,
                  ", expected a distance above 0");
    }
    return result;
  } catch (const nlohmann::json::exception& error) {
    throw Error(StrCat(path, ": is no scene transform: ", JsonReason(error)));
  }
}

std::optional<SceneTransform> SceneTransformBeside(const std::string& scene) {
  const std::filesystem::path path = std::filesystem::path(scene).parent_path() / "scene_transform.json";
  if (!std::filesystem::exists(path)) return std::nullopt;
  return ReadSceneTransform(path.string());
}

double NearPlaneOf(const std::optional<SceneTransform>& transform, const std::vector<Camera>& cameras,
                   const SplatSelection& splats) {
  if (transform && transform->near) return *transform->near;
  return splats.count() > 0 ? NearPlaneFor(cameras, splats) : kNearShare;
}

}  // namespace splat::formats
