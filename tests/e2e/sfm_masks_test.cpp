// The real COLMAP and masks: no feature lies in what they drop, and none is lost elsewhere.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstring>
#include <map>
#include <vector>

#include "data/photos/image_io.h"
#include "data/sfm/sfm.h"
#include "tests/support/colmap.h"
#include "tests/support/small_capture.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using testing::TempDir;

constexpr int kPhotos = 3, kWidth = 320, kHeight = 240, kKept = 200;  // px; the columns left of kKept are kept

struct Keypoint {
  float x = 0, y = 0;
};

// Returns the keypoints of all photos in COLMAP's database, by name.
std::map<std::string, std::vector<Keypoint>> KeypointsIn(const std::string& path) {
  std::map<std::string, std::vector<Keypoint>> all;
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* rows = nullptr;
  sqlite3_prepare_v2(database, "SELECT name, rows, cols, data FROM keypoints JOIN images USING (image_id)", -1, &rows,
                     nullptr);
  while (sqlite3_step(rows) == SQLITE_ROW) {
    std::vector<Keypoint>& points = all[reinterpret_cast<const char*>(sqlite3_column_text(rows, 0))];
    points.resize(size_t(sqlite3_column_int(rows, 1)));
    const size_t stride = size_t(sqlite3_column_int(rows, 2)) * sizeof(float);
    const char* data = static_cast<const char*>(sqlite3_column_blob(rows, 3));
    for (size_t i = 0; i < points.size(); ++i) std::memcpy(&points[i], data + i * stride, sizeof(Keypoint));
  }
  sqlite3_finalize(rows);
  sqlite3_close(database);
  return all;
}

// The features alone: the run is cancelled as soon as they are matched.
std::map<std::string, std::vector<Keypoint>> FindFeatures(const std::string& photos, const std::string& workspace,
                                                          SfmOptions options) {
  bool done = false;
  options.idle_minutes = 3;  // COLMAP 3.8 hangs now and then, and is started again
  options.cancelled = [&] { return done; };
  const auto progress = [&](const SfmProgress& step) { done = done || step.stage != SfmStage::kFeatures; };
  EXPECT_THROW(RunSfm(photos, workspace, options, progress, {}), SfmCancelled);
  return KeypointsIn(workspace + "/database.db");
}

TEST(RealColmapMasks, NoFeatureLiesInWhatTheMasksDropAndNoneIsLostElsewhere) {
  SPLAT_COLMAP_OR_SKIP();
  const TempDir folder;
  const std::string photos = testing::WriteSmallCapture(folder / "capture", kPhotos);
  // A fourth of the photos' size: COLMAP would drop what lies beyond a smaller mask.
  Image8 mask(kWidth / 4, kHeight / 4, 1);
  for (int y = 0; y < mask.height; ++y) std::fill_n(mask.At(0, y), kKept / 4, uint8_t(255));
  WriteImage(folder / "mask.png", mask);
  const auto all = FindFeatures(photos, folder / "without", {});
  SfmOptions options;
  options.masks["photo_0001.jpg"] = options.masks["photo_0002.jpg"] = {folder / "mask.png"};
  const auto masked = FindFeatures(photos, folder / "with", options);
  ASSERT_EQ(all.size(), size_t(kPhotos));
  ASSERT_EQ(masked.size(), size_t(kPhotos)) << "photos without a mask are read, too";
  constexpr int kRim = 2;  // px at the mask's edge, which is resampled
  for (const auto& [name, points] : masked) {
    const auto left_of = [](const std::vector<Keypoint>& keypoints, int x) {
      return std::count_if(keypoints.begin(), keypoints.end(),
                           [&](const Keypoint& point) { return point.x < float(x); });
    };
    const std::vector<Keypoint>& before = all.at(name);
    if (options.masks.count(name) == 0) {
      EXPECT_EQ(points.size(), before.size()) << name;
      continue;
    }
    EXPECT_LT(left_of(before, kKept), long(before.size())) << name << ": there is something to drop";
    EXPECT_EQ(left_of(points, kKept), long(points.size())) << name;
    EXPECT_EQ(left_of(points, kKept - kRim), left_of(before, kKept - kRim)) << name;
  }
}

}  // namespace
}  // namespace splat::data
