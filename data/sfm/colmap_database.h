// This header reads and writes the part of COLMAP's database.db that we use: photos, features and raw matches.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "core/check.h"
#include "data/sfm/descriptor_matching.h"

struct sqlite3;

namespace splat::data {

struct DatabaseImage {
  int64_t id = 0;
  std::string name;  // relative to the photo folder
  int64_t camera = 0;
};

struct DatabaseFeatures {
  std::vector<float> scales;  // [count], px of the detection size; 0 where the database does not tell
  Descriptors descriptors;
};

// The raw matches of one pair of photos; features are numbered as in the database.
struct DatabaseMatches {
  int64_t first_image = 0;
  int64_t second_image = 0;
  std::vector<FeatureMatch> matches;  // may be empty: then COLMAP takes the pair as compared and unrelated
};

struct DatabasePairCounts {
  int64_t matched = 0;
  int64_t verified = 0;
};

// The number under which COLMAP files a pair, whichever is named first.
int64_t DatabasePairId(int64_t first_image, int64_t second_image);

// This is thrown for a database that no stage can use: it is not a database, is torn, or lacks tables.
class DamagedDatabase : public Error {
 public:
  using Error::Error;
};

// An open database. Not thread-safe. All functions throw splat::Error naming the file, which is DamagedDatabase if only
// a new database helps.
class ColmapDatabase {
 public:
  explicit ColmapDatabase(const std::string& path);  // must exist
  ~ColmapDatabase();
  ColmapDatabase(const ColmapDatabase&) = delete;
  ColmapDatabase& operator=(const ColmapDatabase&) = delete;

  // What is wrong, found by reading all of the file: torn pages, a missing table of photos or cameras, photos without a
  // camera, features and matches of a wrong size. Empty if nothing is.
  std::string Damage() const;

  std::vector<DatabaseImage> Images() const;  // sorted by name

  // Numbers of photos, keypoints and descriptors as a text, by which lost rows are found.
  std::string FeatureCounts() const;

  // Returns the features of a photo, none if it has none. Throws if they are not SIFT's 128 bytes per feature.
  DatabaseFeatures Features(int64_t image) const;

  // Whether the tables are those of COLMAP 3.x that we know and all features are SIFT's of 128 bytes.
  bool HasSiftFeatures() const;

  // These sets hold numbers as DatabasePairId makes them: of the pairs that have a row of raw matches, and of those
  // whose row is not empty.
  std::unordered_set<int64_t> PairsWithRow() const;
  std::unordered_set<int64_t> MatchedPairs() const;

  // How many pairs have raw matches, and how many of them passed COLMAP's geometric verification.
  DatabasePairCounts PairCounts() const;

  // Names of the photos in groups that verified pairs join, each sorted, the largest group first.
  std::vector<std::vector<std::string>> ConnectedPhotos() const;

  // Writes all or none of them, replacing what the pairs had.
  void WriteMatches(const std::vector<DatabaseMatches>& pairs);

  // Forgets all raw and verified matches.
  void ClearMatches();

 private:
  struct Statement;
  void Execute(const std::string& sql) const;
  bool CanBeAsked(const std::string& sql) const;
  std::string Number(const std::string& sql) const;  // "?" if the tables do not have what is asked for
  std::unordered_set<int64_t> Numbers(const std::string& sql) const;

  std::string path_;
  sqlite3* handle_ = nullptr;
};

}  // namespace splat::data
