#include "data/poses/metashape_reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <pugixml.hpp>
#include <set>

#include "core/check.h"
#include "core/format.h"
#include "core/rotation_matrix.h"
#include "data/poses/brown_camera.h"
#include "data/poses/photo_matching.h"
#include "data/poses/pose_files.h"
#include "data/poses/unusable_poses.h"
#include "io/read_file.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

// Exactly `count` finite numbers between blanks and ends of lines.
std::vector<double> Numbers(const pugi::xml_node& node, size_t count, const std::string& where) {
  std::string text = node.child_value();
  for (char& c : text) c = c == '\n' || c == '\r' ? ' ' : c;
  std::vector<double> numbers;
  std::string_view rest = text;
  while (!Trimmed(rest).empty()) {
    const std::string_view word = TakeWord(rest);
    const auto value = ParseNumber<double>(word);
    SPLAT_CHECK(value && std::isfinite(*value), where, ": '", word, "' in <", node.name(), "> is not a number");
    numbers.push_back(*value);
  }
  SPLAT_CHECK(numbers.size() == count, where, ": <", node.name(), "> has ", numbers.size(), " numbers, not ", count,
              "; export the cameras again");
  return numbers;
}

double NumberOr(const pugi::xml_node& parent, const char* name, double missing, const std::string& where) {
  const pugi::xml_node node = parent.child(name);
  return node ? Numbers(node, 1, where)[0] : missing;
}

// Makes a matrix from 3 x 3 numbers, or from the first three columns of 4 x 4.
Mat3<double> MatrixOf(const std::vector<double>& m) {
  const size_t stride = m.size() == 9 ? 3 : 4;
  Mat3<double> matrix;
  for (size_t i = 0; i < 3; ++i) {
    for (size_t j = 0; j < 3; ++j) matrix(int(i), int(j)) = m[i * stride + j];
  }
  return matrix;
}

// world_from_chunk, of a component or a chunk; nothing where it has none.
std::optional<Similarity3> TransformOf(const pugi::xml_node& parent, const std::string& where) {
  const pugi::xml_node node = parent.child("transform");
  if (!node) return std::nullopt;
  Similarity3 transform;
  const pugi::xml_node rotation = node.child("rotation"), translation = node.child("translation");
  if (rotation) {
    const ScaledRotation scaled = TakeScaleOff(MatrixOf(Numbers(rotation, 9, where)), where + ": <rotation>");
    transform.rotation = NearestRotation(scaled.rotation);
  }
  if (translation) {
    const std::vector<double> t = Numbers(translation, 3, where);
    transform.translation = {t[0], t[1], t[2]};
  }
  transform.scale = NumberOr(node, "scale", 1, where);
  SPLAT_CHECK(transform.scale > 0, where, ": the scale ", transform.scale, " of its transform is not positive");
  return transform;
}

// A sensor. What is wrong with it is said only if a photo of it is used.
struct Sensor {
  Intrinsics intrinsics;
  std::string problem;
};

// The calibration that was found, rather than that which it started from.
pugi::xml_node CalibrationOf(const pugi::xml_node& sensor) {
  const pugi::xml_node adjusted = sensor.find_child_by_attribute("calibration", "class", "adjusted");
  return adjusted ? adjusted : sensor.child("calibration");
}

Intrinsics ReadCalibration(const pugi::xml_node& sensor, const std::string& where) {
  const pugi::xml_node calibration = CalibrationOf(sensor);
  SPLAT_CHECK(calibration, where, ": has no calibration; align the photos and export the cameras again");
  for (const pugi::xml_node& node : {sensor, calibration}) {
    const std::string type = node.attribute("type").as_string("frame");
    SPLAT_CHECK(type == "frame", where, ": is of the type ", type,
                ", of which photos are not handled; export undistorted photos as frame cameras");
  }
  for (const char* name : {"p3", "p4"}) {
    SPLAT_CHECK(NumberOr(calibration, name, 0, where) == 0, where, ": the coefficient ", name,
                " is not handled; align without it, or export undistorted photos");
  }
  SPLAT_CHECK(calibration.child("f"), where, ": its calibration has no focal length <f>; export from PhotoScan 1.2 or",
              " Metashape");
  const pugi::xml_node own = calibration.child("resolution");
  const pugi::xml_node resolution = own ? own : sensor.child("resolution");
  const double width = resolution.attribute("width").as_double(), height = resolution.attribute("height").as_double();
  SPLAT_CHECK(width >= 1 && height >= 1 && width <= kMaxPhotoSide && height <= kMaxPhotoSide, where,
              ": the photo size ", width, " x ", height, " is impossible");
  BrownCamera camera;
  camera.width = int(width);
  camera.height = int(height);
  const auto value = [&](const char* name) { return NumberOr(calibration, name, 0, where); };
  camera.fy = value("f");
  camera.fx = camera.fy + value("b1");
  SPLAT_CHECK(camera.fx > 0 && camera.fy > 0, where, ": the focal length ", camera.fy, " is not positive");
  camera.skew = value("b2");
  camera.cx = 0.5 * width + value("cx");  // Metashape counts from the centre
  camera.cy = 0.5 * height + value("cy");
  const char* const k[] = {"k1", "k2", "k3", "k4"};
  for (int i = 0; i < 4; ++i) camera.k[i] = value(k[i]);
  camera.t[0] = value("p1");
  camera.t[1] = value("p2");
  return camera.ToIntrinsics();
}

std::map<std::string, Sensor> ReadSensors(const pugi::xml_node& chunk, const std::string& path) {
  std::map<std::string, Sensor> sensors;
  for (const pugi::xml_node& node : chunk.child("sensors").children("sensor")) {
    const std::string id = node.attribute("id").as_string();
    Sensor sensor;
    try {
      sensor.intrinsics =
          ReadCalibration(node, StrCat(path, ": sensor ", id, " ('", node.attribute("label").as_string(), "')"));
    } catch (const Error& error) {
      sensor.problem = error.what();
    }
    sensors.emplace(id, std::move(sensor));
  }
  return sensors;
}

// A <camera> that may be used.
struct CameraNode {
  pugi::xml_node node;
  std::string label, group, component;
};

struct CameraList {
  std::vector<CameraNode> aligned;
  std::vector<std::string> disabled, not_aligned;  // labels
  size_t total = 0;
};

// Groups are folders of the project, one in the other.
void CollectCameras(const pugi::xml_node& parent, const std::string& group, CameraList& list) {
  for (const pugi::xml_node& node : parent.children()) {
    const std::string kind = node.name(), label = node.attribute("label").as_string();
    if (kind == "group") CollectCameras(node, label, list);
    if (kind != "camera") continue;
    ++list.total;
    const std::string enabled = node.attribute("enabled").as_string("true");
    if (enabled == "false" || enabled == "0") {
      list.disabled.push_back(label);
    } else if (!node.child("transform")) {
      list.not_aligned.push_back(label);
    } else {
      list.aligned.push_back({node, label, group, node.attribute("component_id").as_string()});
    }
  }
}

// The chunk with the most aligned cameras.
std::pair<pugi::xml_node, CameraList> ChooseChunk(const pugi::xml_document& document, const std::string& path,
                                                  std::vector<std::string>& warnings) {
  std::pair<pugi::xml_node, CameraList> best;
  size_t chunks = 0, cameras = 0;
  for (const pugi::xml_node& chunk : document.child("document").children("chunk")) {
    CameraList list;
    CollectCameras(chunk.child("cameras"), "", list);
    cameras += list.total;
    if (++chunks == 1 || list.aligned.size() > best.second.aligned.size()) best = {chunk, std::move(list)};
  }
  SPLAT_CHECK(chunks > 0, path, ": is no export of cameras from Metashape (it has no <chunk> in a <document>)");
  SPLAT_CHECK(!best.second.aligned.empty(), path, ": none of its ", cameras,
              " cameras is aligned and enabled; align the photos in Metashape and export the cameras again");
  if (chunks > 1) {
    warnings.push_back(StrCat(path, ": has ", chunks, " chunks; that with the most aligned cameras was taken, '",
                              best.first.attribute("label").as_string(), "'"));
  }
  return best;
}

// Leaves the cameras of one world: of the components that have a place in it, or else of the largest component.
void KeepOneWorld(const std::map<std::string, std::optional<Similarity3>>& components, const std::string& path,
                  std::vector<CameraNode>& cameras, std::vector<std::string>& warnings) {
  std::map<std::string, size_t> counts;
  for (const CameraNode& camera : cameras) ++counts[camera.component];
  if (counts.size() < 2) return;
  const auto is_placed = [&](const std::string& component) {
    const auto found = components.find(component);
    return found != components.end() && found->second.has_value();
  };
  std::set<std::string> kept;
  for (const auto& [component, count] : counts) {
    if (is_placed(component)) kept.insert(component);
  }
  if (kept.empty()) {
    kept.insert(std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
                  return a.second < b.second;
                })->first);
  }
  std::vector<std::string> left;
  for (const CameraNode& camera : cameras) {
    if (!kept.count(camera.component)) left.push_back(camera.label);
  }
  cameras.erase(std::remove_if(cameras.begin(), cameras.end(),
                               [&](const CameraNode& camera) { return !kept.count(camera.component); }),
                cameras.end());
  warnings.push_back(left.empty() ? StrCat(path, ": its cameras are in ", counts.size(),
                                           " components, which were put together as their transforms say")
                                  : StrCat(path, ": ", left.size(), " cameras are in components without a place in ",
                                           "the world of the others and were left out: ", NamesInBrief(left)));
}

// The names of the photos, with the group before those that several cameras have.
std::vector<std::string> NamesOf(const std::vector<CameraNode>& cameras) {
  std::map<std::string, size_t> counts;
  for (const CameraNode& camera : cameras) ++counts[PlainName(camera.label)];
  std::vector<std::string> names;
  for (const CameraNode& camera : cameras) {
    const std::string name = PlainName(camera.label);
    names.push_back(counts[name] > 1 && !camera.group.empty() ? camera.group + "/" + name : name);
  }
  return names;
}

Rigid3 PoseOf(const pugi::xml_node& camera, const Similarity3& world_from_chunk, const std::string& where) {
  const std::vector<double> m = Numbers(camera.child("transform"), 16, where);
  const Mat3<double> rotation = NearestRotation(TakeScaleOff(MatrixOf(m), where + ": <transform>").rotation);
  // Metashape's camera axes are ours.
  return Inverse(Rigid3{world_from_chunk.rotation * rotation, world_from_chunk * Vec3<double>{m[3], m[7], m[11]}});
}

void WarnOfLeft(const std::string& path, const std::vector<std::string>& names, const char* why,
                std::vector<std::string>& warnings) {
  if (names.empty()) return;
  warnings.push_back(
      StrCat(path, ": ", names.size(), names.size() == 1 ? " camera " : " cameras ", why, ": ", NamesInBrief(names)));
}

// The photos of `cameras`, all of one chunk, with warnings of names that stay ambiguous.
void AddPhotos(const pugi::xml_node& chunk, const std::string& path, const std::string& image_folder,
               std::vector<CameraNode> cameras, SceneDescription& scene) {
  const std::map<std::string, Sensor> sensors = ReadSensors(chunk, path);
  const Similarity3 of_chunk = TransformOf(chunk, path + ": chunk").value_or(Similarity3());
  std::map<std::string, std::optional<Similarity3>> components;
  for (const pugi::xml_node& node : chunk.child("components").children("component")) {
    const std::string id = node.attribute("id").as_string();
    components[id] = TransformOf(node, StrCat(path, ": component ", id));
  }
  KeepOneWorld(components, path, cameras, scene.warnings);
  const std::vector<std::string> names = NamesOf(cameras);
  std::map<std::string, size_t> counts;
  for (const std::string& name : names) ++counts[name];
  std::vector<std::string> ambiguous, unnamed;
  for (size_t i = 0; i < cameras.size(); ++i) {
    const std::string where =
        StrCat(path, ": camera ", cameras[i].node.attribute("id").as_string(), " ('", cameras[i].label, "')");
    if (PlainName(cameras[i].label).empty()) {
      unnamed.push_back(StrCat("camera ", cameras[i].node.attribute("id").as_string()));
      continue;
    }
    if (counts[names[i]] > 1) {
      ambiguous.push_back(names[i]);
      continue;
    }
    const auto sensor = sensors.find(cameras[i].node.attribute("sensor_id").as_string());
    const auto component = components.find(cameras[i].component);
    const bool placed = component != components.end() && component->second;
    PosedPhoto& photo = scene.photos.emplace_back();
    photo.name = names[i];
    photo.path = (fs::path(image_folder) / names[i]).string();
    if (sensor == sensors.end()) {
      photo.problem = where + ": its sensor is not in the file; export the cameras again";
    } else {
      photo.intrinsics = sensor->second.intrinsics;
      photo.problem = sensor->second.problem;
    }
    ReadOrSayWhy(photo, [&] {
      photo.camera_from_world = PoseOf(cameras[i].node, placed ? *component->second : of_chunk, where);
    });
  }
  WarnOfLeft(path, ambiguous, "have a label that others have, too, and were left out; rename the photos",
             scene.warnings);
  WarnOfLeft(path, unnamed, "without a label that names a photo and left out; label them in Metashape", scene.warnings);
}

}  // namespace

bool IsMetashapeXml(const std::string& path) {
  std::string begin = BeginningOf(path, kPosesBeginWithin_bytes);
  const bool utf16 = begin.size() > 1 && ((begin[0] == '\xff' && begin[1] == '\xfe') || begin[0] == '\0' ||
                                          begin[1] == '\0' || (begin[0] == '\xfe' && begin[1] == '\xff'));
  if (utf16) begin.erase(std::remove(begin.begin(), begin.end(), '\0'), begin.end());  // of the ASCII in it
  const size_t document = begin.find("<document");
  return document != std::string::npos && begin.find("<chunk", document) != std::string::npos;
}

SceneDescription ReadMetashape(const std::string& path, const std::string& image_folder) {
  const std::string text = ReadFile(path);
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  SPLAT_CHECK(parsed, path, ": not valid XML at byte ", parsed.offset, " (", parsed.description(),
              "); export the cameras again");
  SceneDescription scene;
  scene.source = StrCat("Metashape cameras ", path);
  const auto [chunk, cameras] = ChooseChunk(document, path, scene.warnings);
  AddPhotos(chunk, path, image_folder, cameras.aligned, scene);
  WarnOfLeft(path, cameras.not_aligned, "not aligned and left out", scene.warnings);
  WarnOfLeft(path, cameras.disabled, "disabled and left out", scene.warnings);
  SPLAT_CHECK(!scene.photos.empty(), path, ": none of its cameras has a label of its own; rename the photos");
  CheckAnyIsUsable(scene.photos);
  std::sort(scene.photos.begin(), scene.photos.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return scene;
}

}  // namespace splat::data
