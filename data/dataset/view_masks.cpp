#include "data/dataset/view_masks.h"

#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "core/format.h"
#include "core/quantile.h"
#include "data/photos/composite.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

constexpr double kKeepMost = 0.75;        // of a photo
constexpr double kNextToNothing = 0.001;  // of the pixels, on average

// What a look at a view's mask gave.
struct Look {
  bool masked = false;
  MaskShare share;
  std::string refusal;  // why the mask cannot be used
};

Look LookAt(const View& view) {
  Look look;
  if (view.mask.path.empty()) return look;
  try {
    look.share = ShareKept(ReadMask(view.mask, ReadPhotoInfo(view.path)));
    look.masked = true;
  } catch (const Error& error) {
    look.refusal = error.what();
  }
  return look;
}

std::vector<Look> LookAtAll(const std::vector<View>& views, Executor& executor) {
  std::vector<Look> looks(views.size());
  executor.Run(int64_t(views.size()), [&](int64_t view) { looks[size_t(view)] = LookAt(views[size_t(view)]); });
  return looks;
}

// The folder that holds all masks of the views.
std::string CommonFolder(const std::vector<View>& views) {
  const bool some_absolute =
      std::any_of(views.begin(), views.end(), [](const View& view) { return fs::path(view.mask.path).is_absolute(); });
  fs::path common;
  for (const View& view : views) {
    if (view.mask.path.empty()) continue;
    const fs::path path = some_absolute ? fs::absolute(view.mask.path).lexically_normal() : fs::path(view.mask.path);
    const fs::path folder = path.parent_path();
    if (common.empty()) common = folder;
    while (!common.empty() && common != common.parent_path() &&
           std::mismatch(common.begin(), common.end(), folder.begin(), folder.end()).first != common.end()) {
      common = common.parent_path();
    }
  }
  return common.empty() ? "." : common.string();
}

bool LooksInverted(const Look& look) {
  return look.masked && look.share.all < 0.5 && look.share.middle < 0.5;
}

// Names the masks that look inverted beside others which keep most of their photos.
void ReportInverted(const std::vector<View>& views, const std::vector<Look>& looks, const LogSink& log) {
  std::vector<std::string> inverted;
  std::vector<double> others;
  for (size_t i = 0; i < views.size(); ++i) {
    if (LooksInverted(looks[i])) inverted.push_back(views[i].name);
    if (looks[i].masked && !LooksInverted(looks[i])) others.push_back(looks[i].share.all);
  }
  if (inverted.empty() || others.empty() || Median(others) < kKeepMost) return;
  LogWarning(log, StrCat("the masks of ", inverted.size(), " of ", inverted.size() + others.size(),
                         " photos look inverted beside the others, which keep most: ", NamesInBrief(inverted),
                         ". White is what is kept; check these masks"));
}

void Report(const std::vector<View>& views, const std::vector<Look>& looks, const LogSink& log) {
  std::vector<std::string> whole;
  double kept = 0;
  size_t masked = 0, inverted = 0;
  for (size_t i = 0; i < views.size(); ++i) {
    if (!looks[i].masked) whole.push_back(views[i].name);
    if (!looks[i].masked) continue;
    ++masked;
    kept += looks[i].share.all;
    if (LooksInverted(looks[i])) ++inverted;
  }
  if (masked == 0) return;
  LogInfo(log, StrCat("Masks: ", masked, " of ", views.size(), " photos have one in ", CommonFolder(views),
                      "; what counts is ", FormatFixed(100 * kept / double(masked), 1), " % of these on average",
                      whole.empty() ? "" : "; trained whole: " + NamesInBrief(whole)));
  if (kept < kNextToNothing * double(masked)) {
    LogWarning(log, StrCat("the masks keep next to nothing: ", FormatFixed(1e6 * kept / double(masked), 0),
                           " of a million pixels on average. White is what is kept; --masks off leaves the masks out"));
    return;
  }
  if (2 * inverted <= masked) {
    ReportInverted(views, looks, log);
    return;
  }
  LogWarning(log, StrCat("the masks look inverted: ", inverted, " of ", masked,
                         " keep less than half of the photo and drop its middle. White is what is kept; ",
                         "--invert-masks takes them the other way round"));
}

}  // namespace

void AttachMasks(const PhotoFolder& folder, const PhotoMasks& found, const DatasetOptions& options,
                 SceneDescription& scene) {
  scene.warnings.insert(scene.warnings.begin(), found.warnings.begin(), found.warnings.end());
  size_t named = 0, missing = 0;
  for (PosedPhoto& photo : scene.photos) {
    std::error_code ignored;
    const std::string own = options.masks == "auto" ? photo.mask.path : "";
    const bool exists = !own.empty() && fs::is_regular_file(own, ignored);
    const auto by_name =
        found.of_photo.find(fs::path(photo.path).lexically_relative(folder.path).lexically_normal().generic_string());
    named += own.empty() ? 0 : 1;
    missing += own.empty() || exists ? 0 : 1;
    photo.mask = {};
    photo.mask.inverted = options.invert_masks;
    if (exists) {
      photo.mask.path = own;
    } else if (by_name != found.of_photo.end()) {
      photo.mask.path = by_name->second;
    }
  }
  if (missing == 0) return;
  scene.warnings.push_back(StrCat(scene.source, ": ", missing, " of the ", named,
                                  " masks that it names do not exist; masks of their photos are sought by name"));
}

void UseMasks(std::vector<View>& views, Executor& executor, const LogSink& log) {
  if (std::none_of(views.begin(), views.end(), HasMask)) return;
  const std::vector<Look> looks = LookAtAll(views, executor);
  std::vector<std::string> refusals;
  for (size_t i = 0; i < views.size(); ++i) {
    if (looks[i].refusal.empty()) continue;
    refusals.push_back(looks[i].refusal);
    views[i].mask = {};
  }
  if (!refusals.empty()) {
    LogWarning(log, StrCat(NamesInBrief(refusals), refusals.size() == 1
                                                       ? "; the mask is not used, and its photo is trained whole"
                                                       : "; these masks are not used, and their photos trained whole"));
  }
  Report(views, looks, log);
  std::vector<View> left;
  std::vector<std::string> empty;
  for (size_t i = 0; i < views.size(); ++i) {
    if (!looks[i].masked || looks[i].share.all > 0) {
      left.push_back(views[i]);
    } else {
      empty.push_back(views[i].name);
    }
  }
  SPLAT_CHECK(!left.empty(), CommonFolder(views), ": the masks keep nothing of any of the ", views.size(),
              " photos: white is what is kept; --invert-masks takes them the other way round, --masks off leaves them");
  if (!empty.empty()) {
    LogWarning(log, StrCat(CommonFolder(views), ": the masks of ", empty.size(), " of ", views.size(),
                           " photos keep nothing (left out): ", NamesInBrief(empty)));
  }
  views = std::move(left);
}

void CheckTransparency(const std::vector<View>& views) {
  bool some_read = false;
  for (const View& view : views) {
    if (view.alpha == AlphaUse::kIgnore) return;
    try {
      const Image8 photo = ReadPhoto(view.path).image;
      if (view.alpha == AlphaUse::kMask ? ShareKept(OpaquePart(photo)).all > 0 : !IsTransparentEverywhere(photo))
        return;
      some_read = true;
    } catch (const Error&) {
      continue;  // the training says so
    }
  }
  SPLAT_CHECK(!some_read, views.front().path, ", ...: all ", views.size(),
              " photos are transparent everywhere, so that ",
              views.front().alpha == AlphaUse::kMask ? "--alpha mask drops them" : "they show the background alone",
              "; --alpha ignore takes their colours");
}

}  // namespace splat::data
