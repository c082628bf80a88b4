#include "formats/page/viewer_settings.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "core/check.h"
#include "core/constants.h"
#include "core/quantile.h"
#include "scene/extent.h"
#include "scene/median_depth.h"
#include "scene/sampled_means.h"

namespace splat::formats {
namespace {

using Json = nlohmann::ordered_json;  // keys in the order of writing

constexpr size_t kMostKeyframes = 60;
constexpr double kSecondsPerKeyframe = 1, kShortestFlight_s = 10, kLongestFlight_s = 60;
constexpr double kNarrowest_deg = 10, kWidest_deg = 120;  // that the viewer allows

// The order of the list counts as a path if it is at most so many times as long as the short way through the cameras.
constexpr double kLongestDetour = 2;
// A path is closed if its ends are at most so many times as far apart as neighbours on it.
constexpr double kClosingSteps = 2.5;
constexpr int kMostImprovements = 50;
constexpr double kShortestStep = 1e-9;  // x distance of the target; cameras nearer than that are in one place

struct Pose {
  Vec3<double> position, forward;
};

Pose PoseOf(const Camera& camera) {
  return {CameraCenterInWorld(camera), Row(camera.camera_from_world.rotation, 2)};
}

double FovOf(const Camera& camera) {
  const double half = std::max(camera.width / camera.fx, camera.height / camera.fy) / 2;
  return std::clamp(2 * std::atan(half) * kDegreesPerRadian, kNarrowest_deg, kWidest_deg);
}

// Where the scene is if a camera sees nothing: the middle of most splats, in front of it by at least a little.
double FallbackDepth(const Pose& pose, const SplatSelection& splats) {
  const Vec3<double> middle = splats.count() > 0 ? SphereAroundMost(splats).center : Vec3<double>{0, 0, 0};
  const double distance = Norm(middle - pose.position);
  return distance > 0 && std::isfinite(distance) ? distance : 1;
}

ViewerCamera LookThrough(const Camera& camera, const std::vector<Vec3<double>>& means, const SplatSelection& splats) {
  const Pose pose = PoseOf(camera);
  const std::optional<double> depth = MedianDepth(camera, means);
  return {pose.position, pose.position + (depth ? *depth : FallbackDepth(pose, splats)) * pose.forward, FovOf(camera)};
}

// --- The order of a path.

double TargetDistance(const ViewerCamera& camera) {
  return Norm(camera.target - camera.position);
}

// How far the view travels: the camera and what it looks at.
double Distance(const ViewerCamera& a, const ViewerCamera& b) {
  return Norm(a.position - b.position) + Norm(a.target - b.target);
}

double LengthOf(const std::vector<ViewerCamera>& path) {
  double length = 0;
  for (size_t i = 1; i < path.size(); ++i) length += Distance(path[i - 1], path[i]);
  return length;
}

// A short way from the first through all: to the nearest each time, then with stretches reversed as long as that helps.
std::vector<ViewerCamera> ShortWay(std::vector<ViewerCamera> path) {
  for (size_t i = 1; i + 1 < path.size(); ++i) {
    const auto nearer = [&](const ViewerCamera& a, const ViewerCamera& b) {
      return Distance(path[i - 1], a) < Distance(path[i - 1], b);
    };
    std::iter_swap(path.begin() + std::ptrdiff_t(i),
                   std::min_element(path.begin() + std::ptrdiff_t(i), path.end(), nearer));
  }
  for (int round = 0, improved = 1; improved != 0 && round < kMostImprovements; ++round) {
    improved = 0;
    for (size_t i = 1; i < path.size(); ++i) {
      for (size_t j = i + 1; j < path.size(); ++j) {  // path[i ... j] reversed
        double before = Distance(path[i - 1], path[i]), after = Distance(path[i - 1], path[j]);
        if (j + 1 < path.size()) {
          before += Distance(path[j], path[j + 1]);
          after += Distance(path[i], path[j + 1]);
        }
        if (after >= before * (1 - 1e-9)) continue;
        std::reverse(path.begin() + std::ptrdiff_t(i), path.begin() + std::ptrdiff_t(j) + 1);
        improved = 1;
      }
    }
  }
  return path;
}

// Each camera but the ends moves half-way to the middle of its neighbours: photos in no order do not lie on a line.
std::vector<ViewerCamera> Smoothed(const std::vector<ViewerCamera>& path) {
  std::vector<ViewerCamera> smooth = path;
  const auto mixed = [](const Vec3<double>& a, const Vec3<double>& b, const Vec3<double>& c) {
    return 0.25 * a + 0.5 * b + 0.25 * c;
  };
  for (size_t i = 1; i + 1 < path.size(); ++i) {
    smooth[i].position = mixed(path[i - 1].position, path[i].position, path[i + 1].position);
    smooth[i].target = mixed(path[i - 1].target, path[i].target, path[i + 1].target);
    if (TargetDistance(smooth[i]) < kShortestStep * TargetDistance(path[i])) smooth[i] = path[i];
  }
  return smooth;
}

// At most kMostKeyframes of the list, evenly, the first among them.
std::vector<Camera> Thinned(const std::vector<Camera>& cameras) {
  const size_t count = std::min(cameras.size(), kMostKeyframes);
  std::vector<Camera> chosen;
  chosen.reserve(count);
  for (size_t i = 0; i < count; ++i) chosen.push_back(cameras[i * cameras.size() / count]);
  return chosen;
}

double MedianStep(const std::vector<ViewerCamera>& path) {
  std::vector<double> steps;
  steps.reserve(path.size());
  for (size_t i = 1; i < path.size(); ++i) steps.push_back(Distance(path[i - 1], path[i]));
  return Median(std::move(steps));
}

// Sets times in proportion to the distance travelled, so that the speed is even.
void SetTimes(ViewerSettings& settings) {
  const std::vector<ViewerCamera>& path = settings.path;
  const double way_back = settings.closed ? Distance(path.back(), path.front()) : 0;
  const double length = LengthOf(path) + way_back;
  settings.duration_s = std::clamp(double(path.size()) * kSecondsPerKeyframe, kShortestFlight_s, kLongestFlight_s);
  double way = 0;
  settings.times_s = {0};
  for (size_t i = 1; i < path.size(); ++i) {
    way += Distance(path[i - 1], path[i]);
    settings.times_s.push_back(settings.duration_s * way / length);
  }
}

// --- JSON.

// In PlayCanvas' frame: x left, y up, z forward.
void AppendTurned(const Vec3<double>& v, Json& list) {
  // Adding zero makes 0 of -0.
  for (const double value : {-v.x + 0.0, -v.y + 0.0, v.z}) list.push_back(value);
}

Json Turned(const Vec3<double>& v) {
  Json list = Json::array();
  AppendTurned(v, list);
  return list;
}

Json TracksOf(const ViewerSettings& settings) {
  if (settings.path.empty()) return Json::array();
  Json positions = Json::array(), targets = Json::array(), fovs = Json::array();
  for (const ViewerCamera& camera : settings.path) {
    AppendTurned(camera.position, positions);
    AppendTurned(camera.target, targets);
    fovs.push_back(camera.fov_deg);
  }
  Json track;
  track["name"] = "training cameras";
  track["duration"] = settings.duration_s;
  track["frameRate"] = 1;  // times are in seconds
  track["loopMode"] = settings.closed ? "repeat" : "pingpong";
  track["interpolation"] = "spline";
  track["smoothness"] = 1;
  track["keyframes"] = {{"times", settings.times_s},
                        {"values", {{"position", positions}, {"target", targets}, {"fov", fovs}}}};
  return Json::array({track});
}

// All off; the viewer wants every field.
Json PostEffects() {
  Json effects;
  effects["sharpness"] = {{"enabled", false}, {"amount", 0}};
  effects["bloom"] = {{"enabled", false}, {"intensity", 0.1}, {"blurLevel", 2}};
  effects["grading"] = {
      {"enabled", false}, {"brightness", 1}, {"contrast", 1}, {"saturation", 1}, {"tint", Json::array({1, 1, 1})}};
  effects["vignette"] = {{"enabled", false}, {"intensity", 0.5}, {"inner", 0.3}, {"outer", 0.75}, {"curvature", 1}};
  effects["fringing"] = {{"enabled", false}, {"intensity", 0.5}};
  return effects;
}

}  // namespace

ViewerSettings SettingsFromCameras(const std::vector<Camera>& cameras, const SplatSelection& splats) {
  SPLAT_CHECK(!cameras.empty(), "a viewer's settings need at least one camera");
  const std::vector<Vec3<double>> means = VisibleMeans(splats);
  std::vector<ViewerCamera> listed;
  for (const Camera& camera : Thinned(cameras)) {
    const ViewerCamera view = LookThrough(camera, means, splats);
    if (listed.empty() || Distance(listed.back(), view) > kShortestStep * TargetDistance(view)) listed.push_back(view);
  }
  ViewerSettings settings;
  settings.start = listed.front();
  if (listed.size() < 2) return settings;
  const std::vector<ViewerCamera> short_way = ShortWay(listed);
  const bool is_path = LengthOf(listed) <= kLongestDetour * LengthOf(short_way);
  settings.path = is_path ? std::move(listed) : Smoothed(Smoothed(short_way));
  const double gap = Distance(settings.path.back(), settings.path.front());
  settings.closed = settings.path.size() > 3 && gap <= kClosingSteps * MedianStep(settings.path);
  SetTimes(settings);
  return settings;
}

double PageUnit(const ViewerSettings& settings) {
  constexpr double kShortest = 0.1, kLongest = 1e5, kUsual = 4;
  const double distance = TargetDistance(settings.start);
  if (!(distance > 0) || (distance >= kShortest && distance <= kLongest)) return 1;
  return std::pow(10, std::round(std::log10(distance / kUsual)));
}

ViewerSettings InPageFrame(const ViewerSettings& settings, const Similarity3& page_from_scene) {
  ViewerSettings moved = settings;
  const auto move = [&](ViewerCamera& camera) {
    camera.position = page_from_scene * camera.position;
    camera.target = page_from_scene * camera.target;
  };
  move(moved.start);
  for (ViewerCamera& camera : moved.path) move(camera);
  moved.scene_from_page = Inverse(page_from_scene);
  return moved;
}

ViewerSettings SettingsFromSplats(const SplatSelection& splats) {
  constexpr double kTilt = 0.35;  // tangent of the angle of looking down
  ViewerSettings settings;
  if (splats.count() == 0) return settings;
  const Sphere sphere = SphereAroundMost(splats);
  const double radius = sphere.radius > 0 ? sphere.radius : 1;
  const double distance = radius / std::sin(settings.start.fov_deg / kDegreesPerRadian / 2);
  settings.start.target = sphere.center;
  settings.start.position = sphere.center + distance * Normalized(Vec3<double>{0, -kTilt, -1});
  return settings;
}

std::string SuperSplatSettings(const ViewerSettings& settings, const std::optional<Rgb>& background) {
  const Rgb color = background.value_or(Rgb{0, 0, 0});
  Json json;
  json["version"] = 2;
  json["tonemapping"] = "none";
  json["highPrecisionRendering"] = false;
  json["background"]["color"] = color;
  json["postEffectSettings"] = PostEffects();
  json["animTracks"] = TracksOf(settings);
  const ViewerCamera& start = settings.start;
  json["cameras"] = Json::array(
      {{{"initial",
         {{"position", Turned(start.position)}, {"target", Turned(start.target)}, {"fov", start.fov_deg}}}}});
  json["annotations"] = Json::array();
  // Starts on the path, whose first camera is the start.
  json["startMode"] = settings.path.empty() ? "default" : "animTrack";
  if (settings.scene_from_page) json["sceneFromPage"] = RowsOf(*settings.scene_from_page);  // the viewer passes over it
  std::string text = json.dump();
  for (size_t place = 0; (place = text.find('<', place)) != std::string::npos;) text.replace(place, 1, "\\u003c");
  return text;
}

}  // namespace splat::formats
