#include "data/sfm/sfm_stages.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "core/check.h"
#include "core/format.h"
#include "core/parallel.h"
#include "data/sfm/colmap_database.h"
#include "data/sfm/fingerprint.h"
#include "data/sfm/own_matching.h"
#include "data/sfm/sfm_command.h"
#include "data/sfm/sfm_parts.h"
#include "data/sfm/sfm_repair.h"
#include "data/sfm/sfm_report.h"
#include "io/atomic_file.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr int kMapperStarts = 50;       // of models, as many as COLMAP keeps; its own 200 are hours on hopeless photos
constexpr double kMatchingShare = 0.9;  // of the matching stage's progress; the rest is COLMAP's verification

// The camera that an interrupted extraction has made for a group already; COLMAP would make a second one.
std::optional<int64_t> CameraOfGroup(const std::string& database, const CameraGroup& group) {
  if (!group.shared || !fs::exists(database)) return std::nullopt;
  const std::set<std::string> names(group.names.begin(), group.names.end());
  for (const DatabaseImage& image : ColmapDatabase(database).Images()) {
    if (names.count(image.name)) return image.camera;
  }
  return std::nullopt;
}

SfmCommand ExtractCommand(SfmContext& context, const SfmPlan& plan, const CameraGroup& group, const std::string& list) {
  const std::optional<int64_t> camera = CameraOfGroup(context.workspace.Path(plan.database), group);
  SfmCommand command;
  command.name = "feature_extractor";
  command.needed = {{"database_path", context.workspace.Path(plan.database)},
                    {"image_path", context.image_folder},
                    {"image_list_path", list}};
  if (!context.mask_folder.empty()) command.needed.push_back({"ImageReader.mask_path", context.mask_folder});
  command.wished = {{"ImageReader.camera_model", group.model},
                    {"ImageReader.single_camera", group.shared ? "1" : "0"},
                    {"SiftExtraction.use_gpu", context.gpu ? "1" : "0"},
                    {"SiftExtraction.num_threads", StrCat(context.threads)},
                    {"SiftExtraction.max_image_size", StrCat(plan.max_image_size)},
                    {"SiftExtraction.max_num_features", StrCat(plan.max_features)}};
  if (plan.peak_threshold > 0) command.wished.push_back({"SiftExtraction.peak_threshold", StrCat(plan.peak_threshold)});
  if (camera) command.wished.push_back({"ImageReader.existing_camera_id", StrCat(*camera)});
  return command;
}

// COLMAP passes over photos that it cannot read and calls that a success.
void NameUnreadPhotos(SfmContext& context, const std::string& database) {
  std::set<std::string> read;
  for (const DatabaseImage& image : ColmapDatabase(database).Images()) read.insert(image.name);
  std::vector<std::string> unread;
  for (const CameraGroup& group : context.groups) {
    std::copy_if(group.names.begin(), group.names.end(), std::back_inserter(unread),
                 [&](const std::string& name) { return read.count(name) == 0; });
  }
  if (unread.empty()) return;
  const std::string line = StrCat("COLMAP could not read ", unread.size(), " of ", context.photos,
                                  " photos: ", NamesInBrief(unread), "; convert them to 8-bit JPEG or PNG");
  SPLAT_CHECK(unread.size() < context.photos, line);
  AddNote(context, line);
}

std::string FeaturesStage(const SfmPlan& plan) {
  return "features in " + plan.database;
}
std::string MatchingStage(int attempt) {
  return StrCat("matching of attempt ", attempt);
}

// COLMAP's own matchers: on a GPU, with a vocabulary tree, and where the features are none that we can match.
void MatchWithColmap(SfmContext& context, const SfmPlan& plan, int attempt) {
  SfmCommand command;
  command.name = plan.pairs == PairChoice::kVocabTree    ? "vocab_tree_matcher"
                 : plan.pairs == PairChoice::kSequential ? "sequential_matcher"
                                                         : "exhaustive_matcher";
  command.needed = {{"database_path", context.workspace.Path(plan.database)}};
  command.wished = {{"SiftMatching.use_gpu", context.gpu ? "1" : "0"},
                    {"SiftMatching.num_threads", StrCat(context.threads)}};
  if (plan.pairs == PairChoice::kVocabTree) {
    command.wished.push_back({"VocabTreeMatching.vocab_tree_path", context.options.vocab_tree_path});
  }
  const auto prepare = [&] { return command; };
  Require(context, command.name, RunCommand(context, prepare, {SfmStage::kMatching, attempt, context.photos}));
}

// Our matches, then COLMAP's geometric verification of them.
void MatchHere(SfmContext& context, const SfmPlan& plan, int attempt) {
  MatchingSummary summary;
  {
    ColmapDatabase database(context.workspace.Path(plan.database));
    ThreadPool pool(context.threads);
    MatchingCalls calls;
    calls.cancelled = context.options.cancelled;
    calls.progress = [&](double fraction, const std::string& text) {
      Report(context, {SfmStage::kMatching, attempt, kMatchingShare * fraction, text});
    };
    summary = MatchPhotos(database, plan, pool, calls);
  }
  AddNote(context, StrCat("compared ", summary.chosen_pairs, " of ", summary.all_pairs, " pairs of photos"));
  SfmCommand verify;
  verify.name = "exhaustive_matcher";
  verify.needed = {{"database_path", context.workspace.Path(plan.database)}};
  verify.wished = {{"SiftMatching.use_gpu", "0"}, {"SiftMatching.num_threads", StrCat(context.threads)}};
  Report(context, {SfmStage::kMatching, attempt, kMatchingShare, "verifying the matches"});
  const StageShare share = {SfmStage::kMatching, attempt, context.photos, kMatchingShare, 1};
  Require(context, verify.name,
          RunCommand(
              context, [&] { return verify; }, share));
}

// What a finished mapping left: the models, and what COLMAP said if it failed.
struct MappingRecord {
  uint64_t files = 0;
  std::string failure;
};
MappingRecord ParseMappingRecord(const std::string& text) {
  MappingRecord record;
  std::istringstream words(text);
  words >> record.files;
  words.get();
  std::getline(words, record.failure);
  return record;
}

SfmCommand MapperCommand(SfmContext& context, const SfmPlan& plan, const std::string& output) {
  SfmCommand command;
  command.name = plan.mapper == SfmMapper::kGlobal ? "global_mapper" : "mapper";
  command.needed = {{"database_path", context.workspace.Path(plan.database)},
                    {"image_path", context.image_folder},
                    {"output_path", output}};
  command.wished = {{"Mapper.num_threads", StrCat(context.threads)},
                    {"Mapper.min_model_size", StrCat(kSmallestPart)},
                    {"Mapper.init_num_trials", StrCat(kMapperStarts)}};
  if (plan.mapper != SfmMapper::kIncrementalRelaxed) return command;
  for (const ColmapOption& relaxed : std::vector<ColmapOption>{{"Mapper.init_min_tri_angle", "4"},
                                                               {"Mapper.init_min_num_inliers", "40"},
                                                               {"Mapper.abs_pose_min_num_inliers", "15"},
                                                               {"Mapper.abs_pose_min_inlier_ratio", "0.15"},
                                                               {"Mapper.max_reg_trials", "5"}}) {
    command.wished.push_back(relaxed);
  }
  return command;
}

}  // namespace

std::string PhotosKey(const std::vector<SfmPhoto>& photos) {
  Fingerprint fingerprint;
  for (const SfmPhoto& photo : photos) {
    fingerprint.Add(photo.name);
    fingerprint.Add(StrCat(photo.bytes, " ", photo.modified));
  }
  return StrCat(photos.size(), " photos, ", std::hex, fingerprint.value());
}

void ExtractFeatures(SfmContext& context, const SfmPlan& plan, int attempt) {
  const std::string stage = FeaturesStage(plan), database = context.workspace.Path(plan.database);
  std::string made_from = StrCat(context.photos_key, "; ", plan.max_features, " features at ", plan.max_image_size,
                                 " px, peak ", plan.peak_threshold);
  for (const CameraGroup& group : context.groups) {
    made_from += StrCat("; ", group.names.size(), " photos ", group.model, group.shared ? " shared" : " each");
  }
  const bool finished = context.workspace.IsFinished(stage, made_from);
  if (context.checked.insert(plan.database).second && (finished || context.workspace.IsInterrupted(stage, made_from))) {
    RemoveIfDamaged(context, database, finished ? context.workspace.Result(stage) : "");
  }
  if (finished && fs::exists(database)) return;
  if (!context.workspace.IsInterrupted(stage, made_from)) {
    RemoveDatabase(context, database);
    context.workspace.Begin(stage, made_from);
  }
  size_t done = 0, number = 0;
  for (const CameraGroup& group : context.groups) {
    const std::string list = context.workspace.Path(StrCat("photos_", ++number, ".txt"));
    WriteFileAtomically(list, [&](std::ostream& out) {
      for (const std::string& name : group.names) out << name << "\n";
    });
    const double total = double(std::max<size_t>(context.photos, 1));
    const StageShare share = {SfmStage::kFeatures, attempt, group.names.size(), double(done) / total,
                              double(done + group.names.size()) / total};
    const auto prepare = [&] { return ExtractCommand(context, plan, group, list); };
    Require(context, "feature_extractor", RunCommand(context, prepare, share));
    done += group.names.size();
  }
  SPLAT_CHECK(fs::exists(database), database, ": COLMAP's feature_extractor wrote no database; its output is in ",
              context.workspace.Path("colmap.log"));
  NameUnreadPhotos(context, database);
  context.workspace.Finish(stage, ColmapDatabase(database).FeatureCounts());
}

void MatchFeatures(SfmContext& context, const SfmPlan& plan, int attempt) {
  const std::string stage = MatchingStage(attempt);
  const bool adds = attempt == 2 || attempt == 4;  // to what the attempt before has in the same database
  const std::string made_from =
      StrCat("features ", context.workspace.RunNumber(FeaturesStage(plan)), "; matches ",
             adds ? context.workspace.RunNumber(MatchingStage(attempt - 1)) : 0, "; pairs ", int(plan.pairs), ", ",
             plan.partners, " partners, every ", plan.score_stride, "; by ",
             plan.colmap_matcher ? "COLMAP " + context.options.vocab_tree_path : std::string("us"));
  const std::string path = context.workspace.Path(plan.database);
  if (context.workspace.IsFinished(stage, made_from)) {
    if (HasMatches(path, context.workspace.Result(stage))) return;
    Warn(context, path + ": lacks matches that it had; the photos are matched anew");
  }
  bool ours = !plan.colmap_matcher;
  {
    ColmapDatabase database(path);
    ours = ours && database.HasSiftFeatures();
    if (!context.workspace.IsInterrupted(stage, made_from)) {
      if (!adds) database.ClearMatches();
      context.workspace.Begin(stage, made_from);
    }
  }
  if (ours) {
    MatchHere(context, plan, attempt);
  } else {
    MatchWithColmap(context, plan, attempt);
  }
  context.workspace.Finish(stage, MatchCounts(path));
}

std::optional<ColmapModel> MapPhotos(SfmContext& context, const SfmPlan& plan, int attempt, std::string& failure) {
  const std::string stage = StrCat("mapping of attempt ", attempt);
  const std::string folder = AttemptFolder(context.workspace, attempt);
  const std::string made_from =
      StrCat("matches ", context.workspace.RunNumber(MatchingStage(attempt)), "; mapper ", int(plan.mapper));
  if (context.workspace.IsFinished(stage, made_from) && fs::is_directory(folder)) {
    const MappingRecord record = ParseMappingRecord(context.workspace.Result(stage));
    if (record.files == FolderFingerprint(folder)) {
      failure = record.failure;
      return ReadModels(folder).best;
    }
    Warn(context, folder + ": is not what COLMAP's mapper left; it is run again");
  }
  context.workspace.Begin(stage, made_from);
  const SfmCommand command = MapperCommand(context, plan, folder);
  const auto prepare = [&] {
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    fs::create_directories(folder, ignored);
    return SfmCommand(command);
  };
  const ColmapRun run = RunCommand(context, prepare, {SfmStage::kMapping, attempt, context.photos});
  const auto [model, damage] = ReadModels(folder);  // COLMAP does not look at whether a full disk took its files
  if ((run.crashed() || run.idle) && !model) Require(context, command.name, run);
  SPLAT_CHECK(model || damage.empty(), "COLMAP's ", command.name, " left a model that cannot be read (", damage,
              "); see that there is room on the disk and run again");
  if (!damage.empty()) Warn(context, damage + "; this model of COLMAP's is left");
  failure = run.ok() ? "" : StrCat("COLMAP's ", command.name, " ", Ending(context, run));
  context.workspace.Finish(stage, StrCat(FolderFingerprint(folder), " ", failure));
  return model;
}

std::string AttemptFolder(const SfmWorkspace& workspace, int attempt) {
  return workspace.Path(StrCat("sparse_attempt_", attempt));
}

}  // namespace splat::data
