#include "data/sfm/sfm.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/machine_limits.h"
#include "data/photos/photo_folder.h"
#include "data/sfm/colmap_database.h"
#include "data/sfm/colmap_masks.h"
#include "data/sfm/eight_bit_copies.h"
#include "data/sfm/fingerprint.h"
#include "data/sfm/sfm_parts.h"
#include "data/sfm/sfm_repair.h"
#include "data/sfm/sfm_report.h"
#include "data/sfm/sfm_stages.h"
#include "data/sfm/vocab_tree.h"
#include "io/json_parse.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kResultStage = "result";
constexpr size_t kNamesInNote = 20;

std::string JoinNames(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamesInNote); ++i) text += (i ? ", " : "") + names[i];
  if (names.size() > kNamesInNote) text += StrCat(" and ", names.size() - kNamesInNote, " more");
  return text;
}

// COLMAP reads photo names from a file with one name a line and trims blanks.
bool CanBeListed(const std::string& name) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  return name.find_first_of("\r\n") == std::string::npos && !blank(name.front()) && !blank(name.back()) &&
         name.front() != '#';
}

struct PhotoSet {
  std::vector<std::string> given;  // names, sorted
  std::vector<SfmPhoto> usable;
  std::vector<std::string> notes;
};

PhotoSet CollectPhotos(const std::string& image_folder) {
  PhotoSet set;
  set.given = ListPhotosAndMasks(image_folder).photos;
  SPLAT_CHECK(set.given.size() >= 2, image_folder, ": holds ", set.given.size(),
              " photos; structure-from-motion needs at least 2, better 20 or more that overlap");
  std::vector<std::string> unreadable, unlistable;
  for (SfmPhoto& photo : DescribePhotos(image_folder, set.given)) {
    if (photo.width <= 0) {
      unreadable.push_back(photo.name);
    } else if (!CanBeListed(photo.name)) {
      unlistable.push_back(photo.name);
    } else {
      set.usable.push_back(std::move(photo));
    }
  }
  if (!unreadable.empty()) set.notes.push_back("not photos that can be read: " + JoinNames(unreadable));
  if (!unlistable.empty()) {
    set.notes.push_back("names that COLMAP cannot take (blanks at the ends, line ends, #): " + JoinNames(unlistable));
  }
  SPLAT_CHECK(set.usable.size() >= 2, image_folder, ": only ", set.usable.size(), " of ", set.given.size(),
              " photos can be used; ", set.notes.empty() ? "" : set.notes.front());
  return set;
}

// Everything that a finished result depends on.
std::string ResultKey(const std::string& photos_key, const SfmOptions& options) {
  return StrCat(photos_key, "; matcher ", options.matcher, " ", options.vocab_tree_path, "; camera ",
                options.camera_model, ", single ", options.single_camera, "; size ", options.max_image_size,
                ", features ", options.max_features);
}

std::string ResultToText(const SfmWorkspace& workspace, const SfmResult& result) {
  const json text = {{"model", fs::path(result.model_folder).lexically_relative(workspace.Path("")).string()},
                     {"files", StrCat(FolderFingerprint(result.model_folder))},
                     {"left_out", result.left_out},
                     {"attempts", result.attempts},
                     {"notes", result.notes}};
  return text.dump(-1, ' ', false, json::error_handler_t::replace);
}

// The numbers and names of a model.
void DescribeModel(const ColmapModel& model, const PhotoSet& set, SfmResult& result) {
  result.model_folder = model.folder;
  result.photos_given = set.given.size();
  result.photos_registered = model.summary.images;
  result.points = model.summary.points;
  result.mean_reprojection_error_px = model.summary.mean_reprojection_error_px;
  const PhotoNames placed = NamesIn(model.folder);
  result.left_out.clear();
  std::set_difference(set.given.begin(), set.given.end(), placed.begin(), placed.end(),
                      std::back_inserter(result.left_out));
  result.other_parts = OtherParts(model);
}

// The result that an earlier run wrote down. Throws where it is damaged.
SfmResult ReadResult(const SfmWorkspace& workspace, const PhotoSet& set) {
  const json text = ParseJson<json>(workspace.Result(kResultStage), kResultStage);
  SfmResult result;
  const std::string folder = workspace.Path(text.at("model").get<std::string>());
  SPLAT_CHECK(text.at("files").get<std::string>() == StrCat(FolderFingerprint(folder)), folder,
              ": is not what COLMAP's mapper left");
  DescribeModel({folder, SummarizeColmapModel(folder)}, set, result);
  result.attempts = text.at("attempts");
  result.notes = text.at("notes").get<std::vector<std::string>>();
  result.resumed = true;
  return result;
}

// The result of an earlier run with the same photos and options, if its model is still there and whole.
std::optional<SfmResult> EarlierResult(const SfmWorkspace& workspace, const std::string& key, const PhotoSet& set,
                                       const LogSink& log) {
  if (!workspace.unreadable().empty())
    LogWarning(log, workspace.unreadable() + "; poses are sought from the beginning");
  if (!workspace.IsFinished(kResultStage, key)) return std::nullopt;
  try {
    return ReadResult(workspace, set);
  } catch (const json::exception&) {
    LogWarning(log, workspace.Path("state.json") + ": has a damaged result; the last stage is done again");
  } catch (const Error& error) {
    LogWarning(log, StrCat(error.what(), "; the last stage is done again"));
  }
  return std::nullopt;
}

bool HasGpu() {
  return fs::exists("/dev/nvidia0") || fs::exists("/dev/dxg");
}

void GiveMasks(SfmContext& context, const std::string& image_folder, const std::vector<SfmPhoto>& photos) {
  if (context.options.masks.empty()) return;
  ThreadPool pool(context.threads);
  context.mask_folder = WriteColmapMasks(image_folder, photos, context.options.masks, context.workspace, pool);
  if (!context.mask_folder.empty()) context.notes.emplace_back("COLMAP seeks no features in what masks drop");
}

std::string DescribeCameras(const std::vector<CameraGroup>& groups) {
  std::string text;
  for (size_t i = 0; i < groups.size() && i < 4; ++i) {
    text += StrCat(i ? ", " : "", groups[i].shared ? "one " : "", groups[i].model, " camera ",
                   groups[i].shared ? "for " : "for each of ", groups[i].names.size(), " photos");
  }
  return groups.size() > 4 ? StrCat(text, " and ", groups.size() - 4, " more cameras") : text;
}

struct Attempts {
  std::optional<ColmapModel> best;
  int made = 0;
  int fell_apart = 0;   // of these, those that made several parts
  std::string failure;  // what COLMAP wrote last when it found no model
};

// Whether the photos fall apart for good: nothing joins the largest part with another, or two attempts gave the same or
// placed most photos in parts.
bool FallsApart(const SfmContext& context, const SfmPlan& plan, const ColmapModel& model, Attempts& attempts) {
  const std::vector<PhotoNames> others = OtherParts(model);
  if (others.empty()) return false;
  size_t placed = model.summary.images;
  for (const PhotoNames& part : others) placed += part.size();
  const bool better = !attempts.best || model.summary.images > attempts.best->summary.images;
  if (++attempts.fell_apart >= 2 && (!better || EnoughRegistered(placed, context.photos))) return true;
  const ColmapDatabase database(context.workspace.Path(plan.database));
  return OnlyPartsAreLeft(plan, database.ConnectedPhotos(), model.summary.images);
}

// Makes one attempt and says whether it was the last one that makes sense.
bool MakeAttempt(SfmContext& context, const SfmPlan& plan, Attempts& attempts, const PhotoSet& set) {
  ExtractFeatures(context, plan, attempts.made);
  MatchFeatures(context, plan, attempts.made);
  const std::optional<ColmapModel> model = MapPhotos(context, plan, attempts.made, attempts.failure);
  const size_t placed = model ? model->summary.images : 0;
  context.notes.push_back(StrCat("attempt ", attempts.made, " placed ", placed, " of ", set.given.size(), " photos"));
  if (!model) return false;
  const bool falls_apart = FallsApart(context, plan, *model, attempts);
  if (!attempts.best || placed > attempts.best->summary.images) attempts.best = model;
  return falls_apart || EnoughRegistered(attempts.best->summary.images, set.usable.size());
}

// Attempt after attempt until enough photos are placed or nothing is left to try.
Attempts MakeAttempts(SfmContext& context, const SfmFacts& facts, const PhotoSet& set, const LogSink& log) {
  Attempts attempts;
  for (int attempt = 1;; ++attempt) {
    const std::optional<SfmPlan> plan = PlanAttempt(attempt, facts, context.options);
    if (!plan) return attempts;
    attempts.made = attempt;
    AddNote(context, attempt == 1
                         ? StrCat("up to ", plan->max_features, " features per photo at ", plan->max_image_size, " px")
                         : StrCat("tried again with ", plan->description));
    if (attempt > 1) LogInfo(log, context.notes.back());
    try {
      if (MakeAttempt(context, *plan, attempts, set)) return attempts;
    } catch (const SfmCancelled&) {
      throw;
    } catch (const Error& error) {
      if (RemovedAfter(error, context, *plan)) {
        --attempt;
        continue;
      }
      if (!attempts.best) throw Error(error.what() + AdviceOnOldFiles(context));
      context.notes.push_back(StrCat("attempt ", attempt, " failed: ", error.what()));
      LogWarning(log, context.notes.back());
    }
  }
}

// Copies the chosen attempt's models to sparse/, which appears whole, and returns the model's new place.
std::string KeepModels(const SfmWorkspace& workspace, const std::string& model_folder) {
  const bool direct = fs::path(model_folder).parent_path() == fs::path(workspace.Path("sparse")).parent_path();
  const fs::path attempt = direct ? fs::path(model_folder) : fs::path(model_folder).parent_path();
  const fs::path sparse = workspace.Path("sparse"), temporary = workspace.Path("sparse.tmp");
  try {
    fs::remove_all(temporary);
    if (direct) fs::create_directories(temporary);
    fs::copy(attempt, direct ? temporary / "0" : temporary, fs::copy_options::recursive);
    fs::remove_all(sparse);
    fs::rename(temporary, sparse);
  } catch (const fs::filesystem_error& error) {
    throw Error(StrCat(sparse.string(), ": cannot be written: ", error.code().message()));
  }
  return (sparse / (direct ? fs::path("0") : fs::path(model_folder).filename())).string();
}

// Puts the models of the best attempt in their place and writes the result down.
SfmResult KeepResult(const SfmContext& context, const Attempts& attempts, const PhotoSet& set) {
  ColmapModel kept = *attempts.best;
  kept.folder = KeepModels(context.workspace, kept.folder);
  SfmResult result;
  DescribeModel(kept, set, result);
  result.attempts = attempts.made;
  result.notes = context.notes;
  context.workspace.Finish(kResultStage, ResultToText(context.workspace, result));
  std::error_code ignored;
  for (int attempt = 1; attempt <= attempts.made; ++attempt) {
    fs::remove_all(AttemptFolder(context.workspace, attempt), ignored);
  }
  return result;
}

}  // namespace

SfmResult RunSfm(const std::string& image_folder, const std::string& workspace_folder, const SfmOptions& options,
                 const std::function<void(const SfmProgress&)>& progress, const LogSink& log) {
  const PhotoSet set = CollectPhotos(image_folder);
  SfmWorkspace workspace(workspace_folder);
  const bool has_old_files = fs::exists(workspace.Path("database.db"));
  const std::string photos_key = PhotosKey(set.usable) + MasksKey(set.usable, options.masks),
                    key = ResultKey(photos_key, options);
  if (const auto earlier = EarlierResult(workspace, key, set, log)) return *earlier;
  for (const std::string& note : set.notes) LogWarning(log, note);

  constexpr double kSecondsPerMinute = 60;
  ColmapProgram colmap({options.colmap, workspace_folder, options.cancelled, options.idle_minutes * kSecondsPerMinute});
  if (options.matcher == "vocab_tree") CheckVocabTree(options.vocab_tree_path, colmap.build().version);
  SfmContext context{options, workspace, colmap};
  context.image_folder = FolderForColmap(image_folder, set.usable, workspace);
  context.photos_key = photos_key;
  context.groups = GroupByCamera(set.usable, options);
  context.photos = set.usable.size();
  context.threads = options.threads > 0 ? options.threads : UsableCores();
  context.gpu = options.use_gpu && colmap.build().has_cuda && HasGpu();
  context.progress = progress;
  context.log = log;
  context.notes = set.notes;
  context.has_old_files = has_old_files;
  GiveMasks(context, image_folder, set.usable);
  if (options.use_gpu && !context.gpu)
    context.notes.push_back("COLMAP runs on the CPU: there is no GPU, or its build has no CUDA");
  context.notes.push_back(StrCat("COLMAP ", colmap.build().version, ", ", DescribeCameras(context.groups)));
  std::vector<std::string> names;
  names.reserve(set.usable.size());
  for (const SfmPhoto& photo : set.usable) names.push_back(photo.name);
  const SfmFacts facts = {set.usable.size(), context.threads, LooksLikeVideo(names), context.gpu,
                          colmap.HasCommand("global_mapper")};

  const Attempts attempts = MakeAttempts(context, facts, set, log);
  SPLAT_CHECK(attempts.best.has_value(), "COLMAP placed none of the ", set.given.size(), " photos in ", attempts.made,
              " attempts; take photos that overlap by two thirds, from positions apart, sharp and of something with "
              "texture that does not move",
              attempts.failure.empty() ? "" : "; " + attempts.failure, "; see ", workspace.Path("colmap.log"),
              AdviceOnOldFiles(context));
  workspace.Begin(kResultStage, key);
  return KeepResult(context, attempts, set);
}

}  // namespace splat::data
