#include "apps/eval/eval_views.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "apps/render/render_cameras.h"
#include "core/check.h"
#include "data/dataset/training_size.h"
#include "data/dataset/view_masks.h"
#include "data/photos/photo_folder.h"
#include "data/poses/photo_matching.h"
#include "data/poses/pose_source.h"
#include "formats/inria_cameras.h"
#include "formats/scene_transform_file.h"
#include "pipeline/run_folder.h"
#include "scene/scene_traits.h"

namespace splat::apps {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& file) {
  return fs::path(file).parent_path().string();
}

// What says where the views come from.
struct Sources {
  std::optional<pipeline::RunFolder> run;  // says what the command line does not
  bool has_runs_poses = false;             // the photos' poses and lenses are those of the run
  std::vector<NamedCamera> listed;         // of a cameras.json, in the scene's frame; empty: the poses are moved there
  std::string listed_in;                   // that file
};

Sources FindSources(const EvalOptions& options) {
  Sources sources;
  SPLAT_CHECK(options.cameras.empty() || fs::exists(options.cameras), "--cameras ", options.cameras,
              ": does not exist");
  if (!options.cameras.empty() && IsInriaCameras(options.cameras)) {
    sources.listed = formats::ReadInriaCameras(options.cameras);
    sources.listed_in = options.cameras;
    sources.run = pipeline::ReadRunFolder(FolderOf(options.cameras));
    sources.has_runs_poses = sources.run.has_value();
    if (sources.run) return sources;
  }
  sources.run = pipeline::ReadRunFolder(FolderOf(options.scene));
  if (sources.run && options.cameras.empty()) {
    sources.listed = sources.run->cameras;
    sources.listed_in = (fs::path(sources.run->path) / "cameras.json").string();
    sources.has_runs_poses = true;
  }
  return sources;
}

data::PhotoFolder OpenPhotos(const EvalOptions& options, const Sources& sources) {
  if (!options.photos.empty()) return data::OpenPhotoFolder(options.photos);
  SPLAT_CHECK(sources.run, options.scene, ": lies in no folder of a run that knows its photos; pass --photos DIR");
  const std::string path = pipeline::FoundPath(*sources.run, sources.run->images);
  SPLAT_CHECK(fs::exists(path), sources.run->path, ": the photos of this run are not in ", sources.run->images,
              " any more; pass --photos DIR");
  return data::OpenPhotoFolder(path);
}

// Which pixels of the photos count.
void ChooseWhatCounts(const EvalOptions& options, const Sources& sources, data::DatasetOptions& chosen) {
  if (sources.run) {
    const data::DatasetOptions& runs = sources.run->dataset;
    std::error_code ignored;
    SPLAT_CHECK(
        !options.masks.empty() || runs.masks == "auto" || runs.masks == "off" || fs::is_directory(runs.masks, ignored),
        sources.run->path, ": the masks of this run are not in ", runs.masks,
        " any more; pass --masks DIR, or --masks off");
    chosen.masks = runs.masks;
    chosen.invert_masks = runs.invert_masks;
    chosen.alpha = runs.alpha;
    chosen.borders = runs.borders;
  }
  if (!options.masks.empty()) chosen.masks = options.masks;
  if (!options.alpha.empty()) chosen.alpha = options.alpha;
  if (!options.borders.empty()) chosen.borders = options.borders;
  chosen.invert_masks |= options.invert_masks;
}

data::DatasetOptions DatasetOptionsOf(const EvalOptions& options, const Sources& sources, SceneTraits traits) {
  data::DatasetOptions chosen;
  const bool have_own_sizes = !sources.listed.empty() && !sources.has_runs_poses;
  if (sources.run && !have_own_sizes) chosen = sources.run->dataset;
  if (sources.run) chosen.background = sources.run->dataset.background;
  if (options.downscale) chosen.downscale = *options.downscale;
  if (options.max_image_size) chosen.max_image_size = *options.max_image_size;
  if (options.test_every) chosen.test_every = *options.test_every;
  ChooseWhatCounts(options, sources, chosen);
  if (options.background) traits.background = options.background;
  if (options.background || !sources.run) chosen.background = BackgroundOf(traits);
  chosen.needs_training_views = false;
  return chosen;
}

// The cameras of a cameras.json that no run explains, with the photos of their names.
data::SceneDescription DescribeListed(const Sources& sources, const data::PhotoFolder& photos) {
  data::SceneDescription scene;
  scene.source = sources.listed_in;
  std::vector<std::string> names, missing;
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
                                    scene.source, " are missing and were left out: ", data::NamesInBrief(missing)));
  }
  return scene;
}

data::SceneDescription FindPoses(const EvalOptions& options, const Sources& sources, const data::PhotoFolder& photos) {
  if (sources.has_runs_poses) return pipeline::PosesOfRun(*sources.run, photos);
  if (!sources.listed.empty()) return DescribeListed(sources, photos);
  if (!options.cameras.empty()) return *data::ChoosePosesAt(options.cameras, photos).scene;
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
void ChooseSplit(const EvalOptions& options, const Sources& sources, data::SceneDescription& scene,
                 data::DatasetOptions& dataset) {
  const bool lists_cameras = !sources.listed.empty();
  const CamerasByName by_name = ByName(lists_cameras || !sources.run ? sources.listed : sources.run->cameras);
  for (data::PosedPhoto& photo : scene.photos) {
    const auto found = by_name.find(photo.name);
    if (found != by_name.end()) photo.split = found->second->split;
    if (options.test_every) photo.split.reset();
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

EvalViews OpenViews(const EvalOptions& options, const SplatSelection& splats, const LogSink& log) {
  const Sources sources = FindSources(options);
  const data::PhotoFolder photos = OpenPhotos(options, sources);
  data::DatasetOptions dataset_options = DatasetOptionsOf(options, sources, splats.traits());
  data::SceneDescription scene = FindPoses(options, sources, photos);
  const data::PhotoMasks masks = data::FindMasks(photos, dataset_options.masks);
  data::AttachMasks(photos, masks, dataset_options, scene);
  for (const std::string& warning : masks.warnings) LogWarning(log, warning);
  for (const std::string& warning : scene.warnings) LogWarning(log, warning);
  if (!sources.listed.empty() && !sources.has_runs_poses) {
    LogInfo(log, StrCat("No config.json of a run lies beside ", sources.listed_in,
                        ": the photos are taken to be free of lens distortion"));
  }
  ChooseSplit(options, sources, scene, dataset_options);
  scene.points = {};  // for the training only
  EvalViews views;
  views.photos = photos.path;
  views.cameras = sources.listed.empty() ? scene.source : sources.listed_in;
  views.dataset = data::BuildDataset(scene, dataset_options, log);
  const auto transform = formats::SceneTransformBeside(options.scene);
  if (sources.listed.empty()) {
    MoveCameras(transform, views.dataset);
  } else {
    TakeListedCameras(sources, dataset_options, views.dataset, log);
  }
  SPLAT_CHECK(!views.dataset.views.empty(), views.cameras, ": no view is left to compare");
  views.chosen = ChooseViews(options.split, views.cameras, views.dataset);
  std::vector<Camera> cameras;
  for (const data::View& view : views.dataset.views) cameras.push_back(view.camera);
  views.dataset.near = formats::NearPlaneOf(transform, cameras, splats);
  return views;
}

}  // namespace splat::apps
