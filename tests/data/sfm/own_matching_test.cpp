#include "data/sfm/own_matching.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "data/sfm/sfm.h"
#include "tests/support/error_message.h"
#include "tests/support/fake_colmap.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr size_t kSameFeatures = 20;  // that FakeColmap's photos share

class MatchPhotosTest : public ::testing::Test {
 protected:
  MatchPhotosTest() : fake_(folder_.path(), testing::FakeVersion::k38) {
    fake_.SetFeatures({"d.jpg", "sub/ü [b].jpg", "a.jpg", "c c.jpg"});
  }
  std::string path() const { return folder_ / "features.db"; }

  testing::TempDir folder_;
  testing::FakeColmap fake_;
  SerialExecutor serial_;
};

TEST_F(MatchPhotosTest, ReadsPhotosAndFeatures) {
  const ColmapDatabase database(path());
  EXPECT_TRUE(database.HasSiftFeatures());
  const std::vector<DatabaseImage> images = database.Images();
  ASSERT_EQ(images.size(), 4u);
  EXPECT_EQ(images[0].name, "a.jpg");
  EXPECT_EQ(images[0].id, 3);
  EXPECT_EQ(images[3].name, "sub/ü [b].jpg");
  const DatabaseFeatures features = database.Features(3);
  EXPECT_EQ(features.descriptors.count, 40u);
  EXPECT_FLOAT_EQ(features.scales[4], 5);
  EXPECT_EQ(database.Features(99).descriptors.count, 0u);
}

TEST_F(MatchPhotosTest, WritesMatchesOfAllPairsThatAreThereAgainWhenReopened) {
  SfmPlan plan;
  plan.pairs = PairChoice::kAll;
  {
    ColmapDatabase database(path());
    const MatchingSummary summary = MatchPhotos(database, plan, serial_, {});
    EXPECT_EQ(summary.all_pairs, 6u);
    EXPECT_EQ(summary.chosen_pairs, 6u);
    EXPECT_EQ(summary.compared_pairs, 6u);
  }
  ColmapDatabase database(path());
  EXPECT_EQ(database.MatchedPairs().size(), 6u);
  EXPECT_EQ(MatchPhotos(database, plan, serial_, {}).compared_pairs, 0u);
  database.ClearMatches();
  EXPECT_TRUE(database.PairsWithRow().empty());
}

TEST_F(MatchPhotosTest, LeavesEmptyRowsForPairsThatWereNotChosen) {
  SfmPlan plan;
  plan.pairs = PairChoice::kScored;
  plan.partners = 1;
  plan.score_features = 10;  // the largest are the photos' own: all scores are 0, so only neighbours by name are left
  ColmapDatabase database(path());
  const std::vector<DatabaseImage> images = database.Images();
  EXPECT_EQ(PairsToMatch(database, images, plan, serial_, {}), SequentialPairs(4, 3));
  plan.pairs = PairChoice::kSequential;
  EXPECT_EQ(MatchPhotos(database, plan, serial_, {}).chosen_pairs, 6u);
  EXPECT_EQ(database.PairsWithRow().size(), 6u);
}

TEST_F(MatchPhotosTest, ScoresPairsByTheirLargestFeatures) {
  SfmPlan plan;
  plan.pairs = PairChoice::kScored;
  plan.partners = 10;
  plan.score_features = 40;
  ColmapDatabase database(path());
  EXPECT_EQ(PairsToMatch(database, database.Images(), plan, serial_, {}).size(), 6u);
}

TEST_F(MatchPhotosTest, PutsThePhotoWithTheLowerNumberFirst) {
  ColmapDatabase database(path());
  database.WriteMatches({{4, 2, {{7, 9}}}});
  EXPECT_EQ(*database.MatchedPairs().begin(), DatabasePairId(2, 4));
  sqlite3* handle = nullptr;
  sqlite3_open(path().c_str(), &handle);
  sqlite3_stmt* query = nullptr;
  sqlite3_prepare_v2(handle, "SELECT rows, cols, data FROM matches", -1, &query, nullptr);
  ASSERT_EQ(sqlite3_step(query), SQLITE_ROW);
  EXPECT_EQ(sqlite3_column_int(query, 0), 1);
  EXPECT_EQ(sqlite3_column_int(query, 1), 2);
  const auto* indices = static_cast<const uint32_t*>(sqlite3_column_blob(query, 2));
  EXPECT_EQ(indices[0], 9u);
  EXPECT_EQ(indices[1], 7u);
  sqlite3_finalize(query);
  sqlite3_close(handle);
}

TEST_F(MatchPhotosTest, StopsWhenCancelledAndContinuesAfterwards) {
  SfmPlan plan;
  ColmapDatabase database(path());
  MatchingCalls calls;
  calls.cancelled = [] { return true; };
  EXPECT_THROW(MatchPhotos(database, plan, serial_, calls), SfmCancelled);
  double last = 0;
  std::string text;
  calls.cancelled = {};
  calls.progress = [&](double fraction, const std::string& words) {
    EXPECT_GE(fraction, last);
    last = fraction;
    text = words;
  };
  EXPECT_EQ(MatchPhotos(database, plan, serial_, calls).compared_pairs, 6u);
  EXPECT_DOUBLE_EQ(last, 1);
  EXPECT_EQ(text, "matched 6 of 6 pairs");
}

TEST_F(MatchPhotosTest, GivesTheSameForAnyNumberOfThreads) {
  const auto matches = [&](Executor& executor) {
    ColmapDatabase database(path());
    database.ClearMatches();
    MatchPhotos(database, {}, executor, {});
    sqlite3* handle = nullptr;
    sqlite3_open(path().c_str(), &handle);
    sqlite3_stmt* query = nullptr;
    sqlite3_prepare_v2(handle, "SELECT pair_id, rows, hex(data) FROM matches ORDER BY pair_id", -1, &query, nullptr);
    std::string all;
    while (sqlite3_step(query) == SQLITE_ROW) {
      EXPECT_GE(sqlite3_column_int(query, 1), int(kSameFeatures));
      for (int column = 0; column < 3; ++column)
        all += reinterpret_cast<const char*>(sqlite3_column_text(query, column));
    }
    sqlite3_finalize(query);
    sqlite3_close(handle);
    return all;
  };
  ThreadPool pool(3);
  const std::string serial = matches(serial_);
  EXPECT_FALSE(serial.empty());
  EXPECT_EQ(serial, matches(pool));
}

TEST_F(MatchPhotosTest, RefusesWhatIsNoDatabase) {
  EXPECT_THAT(testing::ErrorMessageOf([&] { ColmapDatabase database(folder_ / "none.db"); }), HasSubstr("none.db"));
  std::ofstream(folder_ / "text.db") << std::string(2000, 'x');
  EXPECT_THAT(testing::ErrorMessageOf([&] { ColmapDatabase(folder_ / "text.db").Images(); }), HasSubstr("text.db"));
}

}  // namespace
}  // namespace splat::data
