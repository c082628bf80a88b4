#include "pipeline/evaluation_views.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "core/check.h"
#include "core/format.h"
#include "data/dataset/changed_lens.h"
#include "data/dataset/lens_groups.h"
#include "data/dataset/training_size.h"
#include "data/dataset/view_masks.h"
#include "data/photos/photo_folder.h"
#include "data/poses/photo_matching.h"
#include "data/poses/pose_source.h"
#include "formats/inria_cameras.h"
#include "formats/scene_transform_file.h"
#include "pipeline/run_folder.h"
#include "rasterizer/torch/process_executor.h"
#include "scene/scene_traits.h"
#include "train/pose_refinement.h"

namespace splat::pipeline {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& file) {
  return fs::path(file).parent_path().string();
}

// What says where the views come from.
struct Sources {
  std::optional<RunFolder> run;     // says what the command line does not
  bool has_runs_poses = false;      // the photos' poses and lenses are those of the run
  std::vector<NamedCamera> listed;  // of a cameras.json, in the scene's frame; empty: the poses are moved there
  std::string listed_in;            // that file
};

Sources FindSources(const EvaluationRequest& request, const LogSink& log) {
  Sources sources;
  SPLAT_CHECK(request.cameras.empty() || fs::exists(request.cameras), "--cameras ", request.cameras,
              ": does not exist");
  if (!request.cameras.empty() && formats::IsInriaCameras(request.cameras)) {
    sources.listed = formats::ReadInriaCameras(request.cameras, log);
    sources.listed_in = request.cameras;
    sources.run = ReadRunFolder(FolderOf(request.cameras));
    sources.has_runs_poses = sources.run.has_value();
    if (sources.run) return sources;
  }
  sources.run = ReadRunFolder(FolderOf(request.scene), request.cameras.empty() ? log : LogSink());
  if (sources.run && request.cameras.empty()) {
    sources.listed = sources.run->cameras;
    sources.listed_in = (fs::path(sources.run->path) / "cameras.json").string();
    sources.has_runs_poses = true;
  }
  return sources;
}

data::PhotoFolder OpenPhotos(const EvaluationRequest& request, const Sources& sources) {
  if (!request.photos.empty()) return data::OpenPhotoFolder(request.photos);
  const std::string why = sources.run ? "" : DamageOfRun(FolderOf(request.scene));
  SPLAT_CHECK(why.empty(), why, "; so the photos of the scene are not known: pass --photos DIR");
  SPLAT_CHECK(sources.run, request.scene, ": lies in no folder of a run that knows its photos; pass --photos DIR");
  const std::string path = FoundPath(*sources.run, sources.run->images);
  SPLAT_CHECK(fs::exists(path), sources.run->path, ": the photos of this run are not in ", sources.run->images,
              " any more; pass --photos DIR");
  return data::OpenPhotoFolder(path);
}

// Checks that the folder of masks that the run was given is still there, if it is needed.
void CheckMasks(const EvaluationRequest& request, const RunFolder& run) {
  const std::string& masks = run.dataset.masks;
  std::error_code ignored;
  SPLAT_CHECK(!request.masks.empty() || masks == "auto" || masks == "off" || fs::is_directory(masks, ignored), run.path,
              ": the masks of this run are not in ", masks, " any more; pass --masks DIR, or --masks off");
}

// Masks that the run found beside its photos may be gone, or the photos elsewhere.
void WarnOfLostMasks(const EvaluationRequest& request, const RunFolder& run, const data::Dataset& dataset,
                     const LogSink& log) {
  const bool are_sought = request.masks.empty() && run.dataset.masks == "auto" && run.masked_photos > 0;
  if (!are_sought || std::any_of(dataset.views.begin(), dataset.views.end(), data::HasMask)) return;
  LogWarning(log,
             StrCat(run.path, ": ", run.masked_photos, " photos of this run had masks, and none are found now, so ",
                    "that all pixels are compared; pass --masks DIR, or --masks off"));
}

data::DatasetOptions DatasetOptionsOf(const EvaluationRequest& request, const Sources& sources, SceneTraits traits) {
  data::DatasetOptions chosen;
  if (sources.run) {
    CheckMasks(request, *sources.run);
    chosen = sources.run->dataset;
  }
  if (!sources.listed.empty() && !sources.has_runs_poses) {  // they have sizes of their own
    const data::DatasetOptions usual;
    chosen.downscale = usual.downscale;
    chosen.max_image_size = usual.max_image_size;
    chosen.test_every = usual.test_every;
  }
  if (request.downscale) chosen.downscale = *request.downscale;
  if (request.max_image_size) chosen.max_image_size = *request.max_image_size;
  if (request.test_every) chosen.test_every = *request.test_every;
  if (!request.masks.empty()) chosen.masks = request.masks;
  if (!request.alpha.empty()) chosen.alpha = request.alpha;
  if (!request.borders.empty()) chosen.borders = request.borders;
  chosen.invert_masks |= request.invert_masks;
  if (request.background) traits.background = request.background;
  if (request.background || !sources.run) chosen.background = BackgroundOf(traits);
  chosen.needs_training_views = false;
  return chosen;
}

// The cameras of a cameras.json that no run explains, with the photos of their names.
data::SceneDescription DescribeListed(const Sources& sources, const data::PhotoFolder& photos) {
  data::SceneDescription scene;
  scene.source = sources.listed_in;
  std::vector<std::string> names, missing;
  names.reserve(sources.listed.size());
  for (const NamedCamera& named : sources.listed) names.push_back(named.name);
  const data::PhotoMatches matches = data::MatchPhotos(names, photos.path, photos.names);
  for (size_t i = 0; i < names.size(); ++i) {
    if (!matches.photo[i]) {
      missing.push_back(names[i]);
      continue;
    }
    const Camera& camera = sources.listed[i].camera;
    data::PosedPhoto photo;
    photo.name = names[i];
    photo.path = (fs::path(photos.path) / photos.names[*matches.photo[i]]).string();
    photo.intrinsics.width = camera.width;
    photo.intrinsics.height = camera.height;
    photo.intrinsics.params = {camera.fx, camera.fy, camera.cx, camera.cy};
    photo.camera_from_world = camera.camera_from_world;
    scene.photos.push_back(photo);
  }
  SPLAT_CHECK(missing.size() < names.size(), scene.source, ": none of the photos of its ", names.size(),
              " cameras (the first is ", names.front(), ") is in ", photos.path);
  if (!missing.empty()) {
    scene.warnings.push_back(StrCat(photos.path, ": ", missing.size(), " of ", names.size(), " photos of ",
                                    scene.source, " are missing and were left out: ", NamesInBrief(missing)));
  }
  return scene;
}

data::SceneDescription FindPoses(const EvaluationRequest& request, const Sources& sources,
                                 const data::PhotoFolder& photos) {
  if (sources.has_runs_poses) return PosesOfRun(*sources.run, photos);
  if (!sources.listed.empty()) return DescribeListed(sources, photos);
  if (!request.cameras.empty()) return *data::ChoosePosesAt(request.cameras, photos).scene;
  const data::PoseChoice choice = data::ChoosePoses(photos);
  SPLAT_CHECK(choice.scene, photos.path, ": no poses lie with these photos; pass --cameras PATH");
  return *choice.scene;
}

using CamerasByName = std::map<std::string, const NamedCamera*>;

CamerasByName ByName(const std::vector<NamedCamera>& cameras) {
  CamerasByName by_name;
  for (const NamedCamera& named : cameras) by_name[named.name] = &named;
  return by_name;
}

// --test-every goes before the cameras.json, that before the split of the source, and that before the run's setting.
void ChooseSplit(const EvaluationRequest& request, const Sources& sources, data::SceneDescription& scene,
                 data::DatasetOptions& dataset) {
  const bool lists_cameras = !sources.listed.empty();
  const CamerasByName by_name = ByName(lists_cameras || !sources.run ? sources.listed : sources.run->cameras);
  for (data::PosedPhoto& photo : scene.photos) {
    const auto found = by_name.find(photo.name);
    if (found != by_name.end()) photo.split = found->second->split;
    if (request.test_every) photo.split.reset();
    if (photo.split) dataset.test_every = 0;
  }
}

// Gives the views the listed cameras, which are in the scene's frame. Views without one are left out. The size is that
// of the run's photos or, without a run, the listed one unless the photo is smaller.
void TakeListedCameras(const Sources& sources, const data::DatasetOptions& options, data::Dataset& dataset,
                       const LogSink& log) {
  const CamerasByName by_name = ByName(sources.listed);
  std::vector<data::View> views;
  for (data::View& view : dataset.views) {
    const auto found = by_name.find(view.name);
    if (found == by_name.end()) {
      LogWarning(log, StrCat(view.path, ": ", sources.listed_in, " has no camera of this photo (left out)"));
      continue;
    }
    const Camera& listed = found->second->camera;
    data::PhotoSize size = {view.camera.width, view.camera.height};
    if (!sources.has_runs_poses) {
      const data::PhotoSize wanted = data::TrainingSize(view.name, {listed.width, listed.height}, options);
      if (wanted.width < size.width) size = wanted;
    }
    view.camera = ResizedCamera(listed, size.width, size.height);
    views.push_back(std::move(view));
  }
  dataset.views = std::move(views);
}

// Gives the views the lenses that the run has refined, by which their photos are undistorted.
void TakeRefinedLenses(const RunFolder& run, data::Dataset& dataset, const LogSink& log) {
  const size_t lenses = data::LensCount(dataset.views);
  for (const std::vector<double>* changes : {&run.focal_factors, &run.distortion_changes}) {
    if (changes->empty() || changes->size() == lenses) continue;
    LogWarning(log, StrCat(run.path, ": this run has refined ", changes->size(), " lenses, and the photos are of ",
                           lenses, "; they are undistorted as the poses say"));
    return;
  }
  std::vector<double> focal_changes;
  for (const double factor : run.focal_factors) focal_changes.push_back(std::log(factor));
  dataset = train::WithFocalChanges(data::WithRadialChanges(dataset, run.distortion_changes), focal_changes);
}

// Brings the cameras from the aligned frame of the dataset by way of the source's into that of the scene's file.
void MoveCameras(const std::optional<formats::SceneTransform>& transform, data::Dataset& dataset) {
  for (data::View& view : dataset.views) {
    Rigid3& pose = view.camera.camera_from_world;
    pose = data::AlignPose(pose, dataset.source_from_scene);
    if (transform) pose = data::AlignPose(pose, Inverse(transform->source_from_scene));
  }
}

std::vector<int> ChooseViews(const std::string& split, const std::string& source, const data::Dataset& dataset) {
  std::vector<int> chosen = dataset.ViewsOf(Split::kTest);
  SPLAT_CHECK(split == "all" || !chosen.empty(), source, ": none of the ", dataset.views.size(),
              " views is held out; pass --test-every N as in the training, or --split all");
  if (split == "test") return chosen;
  chosen.clear();
  for (size_t i = 0; i < dataset.views.size(); ++i) chosen.push_back(int(i));
  return chosen;
}

}  // namespace

EvaluationViews OpenEvaluationViews(const EvaluationRequest& request, const SplatSelection& splats,
                                    const LogSink& log) {
  const Sources sources = FindSources(request, log);
  const data::PhotoFolder photos = OpenPhotos(request, sources);
  data::DatasetOptions dataset_options = DatasetOptionsOf(request, sources, splats.traits());
  data::SceneDescription scene = FindPoses(request, sources, photos);
  const data::PhotoMasks masks = data::FindMasks(photos, dataset_options.masks);
  data::AttachMasks(photos, masks, dataset_options, scene);
  for (const std::string& warning : scene.warnings) LogWarning(log, warning);
  if (!sources.listed.empty() && !sources.has_runs_poses) {
    const std::string why = DamageOfRun(FolderOf(sources.listed_in));
    if (!why.empty()) LogWarning(log, why + "; the photos are taken to be free of lens distortion");
    if (why.empty()) {
      LogInfo(log, StrCat("No config.json of a run lies beside ", sources.listed_in,
                          ": the photos are taken to be free of lens distortion"));
    }
  }
  ChooseSplit(request, sources, scene, dataset_options);
  EvaluationViews views;
  views.photos = photos.path;
  views.cameras = sources.listed.empty() ? scene.source : sources.listed_in;
  views.dataset = data::BuildDataset(scene, dataset_options, ProcessExecutor(), log);
  if (sources.run) WarnOfLostMasks(request, *sources.run, views.dataset, log);
  if (sources.has_runs_poses) TakeRefinedLenses(*sources.run, views.dataset, log);
  const auto transform = formats::SceneTransformBeside(request.scene);
  if (sources.listed.empty()) {
    MoveCameras(transform, views.dataset);
  } else {
    TakeListedCameras(sources, dataset_options, views.dataset, log);
  }
  SPLAT_CHECK(!views.dataset.views.empty(), views.cameras, ": no view is left to compare");
  views.chosen = ChooseViews(request.split, views.cameras, views.dataset);
  std::vector<Camera> cameras;
  cameras.reserve(views.dataset.views.size());
  for (const data::View& view : views.dataset.views) cameras.push_back(view.camera);
  views.dataset.near = formats::NearPlaneOf(transform, cameras, splats);
  return views;
}

}  // namespace splat::pipeline
