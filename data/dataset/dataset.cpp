#include "data/dataset/dataset.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/camera_sanity.h"
#include "data/dataset/few_points.h"
#include "data/dataset/foreign_points.h"
#include "data/dataset/held_out_views.h"
#include "data/dataset/lens_groups.h"
#include "data/dataset/misread_cameras.h"
#include "data/dataset/photo_faults.h"
#include "data/dataset/rounded_points.h"
#include "data/dataset/single_poses.h"
#include "data/dataset/stale_size.h"
#include "data/dataset/stray_cameras.h"
#include "data/dataset/training_size.h"
#include "data/dataset/turned_photos.h"
#include "data/dataset/uncolored_points.h"
#include "data/dataset/view_borders.h"
#include "data/dataset/view_masks.h"
#include "data/dataset/view_observations.h"
#include "data/dataset/wrong_focals.h"
#include "data/photos/photo_files.h"
#include "data/photos/undistort.h"
#include "data/poses/points_in_view.h"
#include "io/text_scan.h"

namespace splat::data {
namespace {

constexpr double kAspectTolerance = 0.01;

void CheckOptions(const DatasetOptions& options) {
  DatasetOptions copy = options;
  for (const Option& option : OptionsOf(copy)) {
    const std::string violation = Violation(option);
    SPLAT_CHECK(violation.empty(), LongFlag(option), " ", ValueText(option), ": must be ", violation);
  }
  for (float value : options.background) {
    SPLAT_CHECK(value >= 0 && value <= 1, "--background: ", value, " is not in 0..1");
  }
}

bool SameAspect(const PhotoSize& a, const PhotoSize& b) {
  return HasAspect(a.width, a.height, b.width, b.height, kAspectTolerance);
}

// The view of one photo in the source's frame. Throws splat::Error for a photo that cannot be used.
struct PhotoCheck {
  View view;
  PhotoSize size;  // of the pixels as the model sees them
};
PhotoCheck CheckPhoto(const PosedPhoto& photo) {
  const PhotoInfo info = ReadPhotoInfo(photo.path);
  PhotoCheck result;
  View& view = result.view;
  view.name = photo.name;
  view.path = photo.path;
  view.intrinsics = photo.intrinsics;
  view.exif_orientation = info.exif_orientation;
  view.exposure_stops = ExposureStops(info.exposure);
  view.split = photo.split.value_or(Split::kTrain);
  const PhotoSize calibrated = {photo.intrinsics.width, photo.intrinsics.height};
  result.size = {info.width, info.height};
  if (!SameAspect(result.size, calibrated) && info.exif_orientation >= 5) {
    view.rotate_to_model = true;
    std::swap(result.size.width, result.size.height);
  }
  SPLAT_CHECK(SameAspect(result.size, calibrated), photo.path, ": is ", info.width, "x", info.height,
              " px, but its camera was calibrated for ", calibrated.Text(),
              " px: another aspect; use the photos that the model was made from");
  SPLAT_CHECK(std::min(info.width, info.height) >= kMinSide_px, photo.path, ": is only ", info.width, "x", info.height,
              " px; ", kMinSide_px, " px a side are the least");
  return result;
}

// A photo that cannot be used; the reason begins with its path.
struct Unusable {
  std::string name, path, reason;
};

// One line for each reason, with the names of the further photos that have it.
void ReportUnusable(const std::vector<Unusable>& unusable, size_t total, const LogSink& log) {
  if (2 * unusable.size() > total) {
    std::string first;
    for (size_t i = 0; i < std::min<size_t>(3, unusable.size()); ++i) first += (i > 0 ? "; " : "") + unusable[i].reason;
    throw Error(
        StrCat(unusable.size(), " of ", total, " photos cannot be used: ", first, unusable.size() > 3 ? "; ..." : ""));
  }
  std::vector<std::pair<std::string, PhotoFault>> faults;  // by the reason without the path
  for (const Unusable& photo : unusable) {
    const bool has_path = BeginsWith(photo.reason, photo.path);
    const std::string key = has_path ? photo.reason.substr(photo.path.size()) : photo.reason;
    auto fault = std::find_if(faults.begin(), faults.end(), [&](const auto& one) { return one.first == key; });
    if (fault == faults.end()) fault = faults.emplace(fault, key, PhotoFault());
    fault->second.Add(photo.name, photo.reason);
  }
  for (const auto& [key, fault] : faults) {
    const std::vector<std::string> others(fault.names.begin() + 1, fault.names.end());
    LogWarning(log, StrCat(fault.example, " (left out",
                           others.empty() ? "" : ", and for the same reason " + NamesInBrief(others), ")"));
  }
}

// Views in the source's frame, sorted by name, with their sizes; photos that cannot be used are left out.
std::vector<View> MakeViews(const std::string& source, const std::vector<PosedPhoto>& photos,
                            const DatasetOptions& options, Executor& executor, const LogSink& log) {
  const AlphaUse alpha = AlphaUseOf(options.alpha);
  PhotoFault stale;
  std::vector<View> views;
  std::vector<const PosedPhoto*> usable;  // of the views
  std::vector<Unusable> unusable;
  for (const PosedPhoto& photo : photos) {
    PhotoCheck check;
    try {
      check = CheckPhoto(photo);
    } catch (const Error& error) {
      unusable.push_back({photo.name, photo.path, error.what()});
      continue;
    }
    const PhotoSize size = TrainingSize(photo.name, check.size, options);
    Intrinsics& intrinsics = check.view.intrinsics;
    if (HasStaleSize(intrinsics, check.size.width, check.size.height)) {
      stale.Add(photo.name, StaleSizeText(intrinsics, check.size.width, check.size.height));
      intrinsics.width = check.size.width;
      intrinsics.height = check.size.height;
    }
    Camera camera = UndistortedCamera(intrinsics);
    camera.camera_from_world = photo.camera_from_world;
    check.view.camera = ResizedCamera(camera, size.width, size.height);
    check.view.mask = photo.mask;
    check.view.alpha = alpha;
    views.push_back(std::move(check.view));
    usable.push_back(&photo);
  }
  if (options.observations) {
    executor.Run(int64_t(views.size()),
                 [&](int64_t i) { views[size_t(i)].observations = RaysOfObservations(*usable[size_t(i)]); });
  }
  ReportUnusable(unusable, photos.size(), log);
  stale.Warn(log, source + ": ", "");
  std::stable_sort(views.begin(), views.end(), [](const View& a, const View& b) { return a.name < b.name; });
  return views;
}

void LeaveOutStrays(std::vector<View>& views, const LogSink& log) {
  std::vector<Vec3<double>> centers;
  centers.reserve(views.size());
  for (const View& view : views) centers.push_back(CameraCenterInWorld(view.camera));
  const std::vector<size_t> strays = StrayCameras(centers);
  for (auto stray = strays.rbegin(); stray != strays.rend(); ++stray) {
    LogWarning(log, StrCat(views[*stray].path, ": its camera stands more than ", kStrayDistance,
                           " times as far off as the others usually do, so its pose is taken to be wrong (left out)"));
    views.erase(views.begin() + std::ptrdiff_t(*stray));
  }
}

void NumberLenses(std::vector<View>& views) {
  std::vector<Intrinsics> photos;
  photos.reserve(views.size());
  for (const View& view : views) photos.push_back(view.intrinsics);
  const std::vector<int> lenses = LensGroups(photos);
  for (size_t i = 0; i < views.size(); ++i) views[i].lens = lenses[i];
}

// The points of the source, unless they are not those of its cameras and photos.
PointCloud TakePoints(const SceneDescription& scene, const std::vector<PosedPhoto>& photos,
                      const std::vector<View>& views, Executor& executor, const LogSink& log) {
  if (scene.points.positions.empty()) return {};
  std::string why =
      "has points that no camera looks at: export points and cameras from one project in one coordinate system";
  if (CamerasSeePoints(photos, scene.points.positions)) {
    const double rounding = RoundingOfFloats(scene.points.positions);
    if (rounding > 0) {
      LogWarning(log, StrCat(scene.source, ": the coordinates of its points are rounded to ", rounding,
                             " units, since the file has them as floats: export them as doubles, or relative to a ",
                             "place near them, as the cameras"));
      return scene.points;
    }
    why = WhyForeignPoints(photos, views, scene.points, executor);
  }
  if (why.empty()) {
    const std::string beside = WhyPointsAreBeside(photos, scene.points);
    if (!beside.empty()) LogWarning(log, StrCat(scene.source, ": ", beside));
    return scene.points;
  }
  LogWarning(log, StrCat(scene.source, ": ", why, "; the training starts from random points"));
  return {};
}

void Align(Dataset& dataset) {
  std::vector<AlignedView> aligned;
  aligned.reserve(dataset.views.size());
  for (const View& view : dataset.views) {
    aligned.push_back({view.camera.camera_from_world, UpInCamera(view.rotate_to_model ? 1 : view.exif_orientation)});
  }
  const Similarity3 scene_from_source = AlignScene(aligned, dataset.points.positions);
  for (View& view : dataset.views) {
    view.camera.camera_from_world = AlignPose(view.camera.camera_from_world, scene_from_source);
  }
  for (Vec3<double>& position : dataset.points.positions) position = scene_from_source * position;
  dataset.source_from_scene = Inverse(scene_from_source);
}

void FindFewPoints(const std::string& source, Dataset& dataset, const LogSink& log) {
  if (dataset.points.positions.empty()) return;
  std::vector<Rigid3> poses;
  poses.reserve(dataset.views.size());
  for (const View& view : dataset.views) poses.push_back(view.camera.camera_from_world);
  const std::string why = WhyFewPoints(dataset.points.positions, poses);
  dataset.few_points = !why.empty();
  if (dataset.few_points) LogWarning(log, StrCat(source, ": ", why, "; the training starts from random points, too"));
}

// The largest focal length of the photos as they were calibrated, px.
double LargestFocal(const std::vector<View>& views) {
  double focal_px = 0;
  for (const View& view : views) {
    focal_px = std::max(focal_px, view.camera.fx * view.intrinsics.width / view.camera.width);
  }
  return focal_px;
}

void Measure(Dataset& dataset) {
  std::vector<Camera> cameras;
  std::vector<Vec3<double>> centers;
  std::vector<int> measured = dataset.ViewsOf(Split::kTrain);
  if (measured.empty()) measured = dataset.ViewsOf(Split::kTest);
  for (int index : measured) {
    cameras.push_back(dataset.views[size_t(index)].camera);
    centers.push_back(CameraCenterInWorld(cameras.back()));
  }
  dataset.extent = CameraExtent(centers);
  dataset.near = NearPlaneAt(kAlignedDistance, cameras, dataset.points.positions);
}

}  // namespace

std::vector<int> Dataset::ViewsOf(Split split) const {
  std::vector<int> indices;
  for (size_t i = 0; i < views.size(); ++i) {
    if (views[i].split == split) indices.push_back(int(i));
  }
  return indices;
}

Dataset BuildDataset(const SceneDescription& scene, const DatasetOptions& options, Executor& executor,
                     const LogSink& log) {
  CheckOptions(options);
  SPLAT_CHECK(!scene.photos.empty(), scene.source, ": holds no photos with poses");
  Dataset dataset;
  std::vector<PosedPhoto> photos = CheckCameras(scene, log);
  dataset.views = MakeViews(scene.source, photos, options, executor, log);
  LeaveOutStrays(dataset.views, log);
  MendSinglePoses(scene.source, scene.points, dataset.views, executor, log);
  NumberLenses(dataset.views);
  UseMasks(dataset.views, executor, log);
  CheckTransparency(dataset.views);
  if (options.borders == "auto") FindBorders(dataset.views, executor, log);
  ChooseHeldOutViews(scene, options, dataset.views, log);
  TurnPhotosToPoints(scene.source, scene.points, dataset.views, executor, log);
  // Each of these needs what the ones before have put right.
  MendFocalLengths(scene.source, scene.points, photos, dataset.views, executor, log);
  if (options.needs_training_views) dataset.points = TakePoints(scene, photos, dataset.views, executor, log);
  ColorUncoloredPoints(scene.source, dataset.views, dataset.points, executor, log);
  const PointCloud& known = options.needs_training_views ? dataset.points : scene.points;
  TurnMisreadCameras(scene.source, known, dataset.views, executor, log);
  if (dataset.points.positions.empty()) {
    for (View& view : dataset.views) view.observations.clear();
  }
  dataset.reprojection_error_px = scene.reprojection_error_px;
  dataset.background = options.background;
  Align(dataset);
  FindFewPoints(scene.source, dataset, log);
  if (!options.align) dataset.files = SourceFrame(dataset.source_from_scene, LargestFocal(dataset.views));
  Measure(dataset);
  return dataset;
}

}  // namespace splat::data
