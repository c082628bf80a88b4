#include "data/sfm/colmap_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <unordered_map>
#include <utility>

#include "core/check.h"

namespace splat::data {
namespace {

constexpr int64_t kMaxImages = 2147483647;  // COLMAP's base of pair numbers
constexpr int kBusyTimeoutMs = 10000;

// Not a full disk, a lock or a lack of rights, which a new database would meet again.
bool MeansDamage(int code) {
  const int kind = code & 0xff;  // without the extension
  return kind == SQLITE_ERROR || kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_CANTOPEN ||
         kind == SQLITE_CONSTRAINT || kind == SQLITE_MISMATCH || kind == SQLITE_SCHEMA || kind == SQLITE_FORMAT;
}

float KeypointScale(const float* keypoint, int columns) {
  if (columns >= 6) return std::hypot(keypoint[2], keypoint[4]);  // x, y and a 2x2 shape in rows
  return columns >= 3 ? keypoint[2] : 0.0f;                       // x, y, scale, orientation
}

}  // namespace

int64_t DatabasePairId(int64_t first_image, int64_t second_image) {
  return std::min(first_image, second_image) * kMaxImages + std::max(first_image, second_image);
}

// A prepared statement and its current row.
struct ColmapDatabase::Statement {
  Statement(const ColmapDatabase& database, const std::string& sql) : db(database) {
    Check(sqlite3_prepare_v2(db.handle_, sql.c_str(), -1, &handle, nullptr));
  }
  ~Statement() { sqlite3_finalize(handle); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void Check(int code) const {
    if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE) return;
    const std::string reason = sqlite3_errmsg(db.handle_);
    if (MeansDamage(code)) throw DamagedDatabase(StrCat(db.path_, ": no COLMAP database that can be used: ", reason));
    throw Error(StrCat(db.path_, ": cannot be used: ", reason));
  }
  bool Step() {
    const int code = sqlite3_step(handle);
    Check(code);
    return code == SQLITE_ROW;
  }
  void Bind(int position, int64_t value) { Check(sqlite3_bind_int64(handle, position, value)); }
  void BindBlob(int position, const void* bytes, size_t size) {
    Check(sqlite3_bind_blob64(handle, position, bytes, size, SQLITE_TRANSIENT));
  }
  std::string Text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle, column));
    return text ? text : "";
  }
  int64_t Int(int column) const { return sqlite3_column_int64(handle, column); }
  // Checks that the blob has `bytes` bytes before it is used.
  const void* Blob(int column, int64_t bytes) const {
    const int found = sqlite3_column_bytes(handle, column);
    if (found != bytes) {
      throw DamagedDatabase(StrCat(db.path_, ": a row has ", found, " bytes where ", bytes, " were expected"));
    }
    return sqlite3_column_blob(handle, column);
  }

  const ColmapDatabase& db;
  sqlite3_stmt* handle = nullptr;
};

ColmapDatabase::ColmapDatabase(const std::string& path) : path_(path) {
  if (!std::filesystem::is_regular_file(path)) throw DamagedDatabase(path + ": there is no such database");
  const int code = sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE, nullptr);
  if (code != SQLITE_OK) {
    const std::string reason = sqlite3_errstr(code);
    sqlite3_close(handle_);
    const std::string message = StrCat(path, ": cannot be opened: ", reason);
    if (MeansDamage(code)) throw DamagedDatabase(message);
    throw Error(message);
  }
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
}

ColmapDatabase::~ColmapDatabase() {
  sqlite3_close(handle_);
}

void ColmapDatabase::Execute(const std::string& sql) const {
  Statement(*this, sql).Step();
}

std::vector<DatabaseImage> ColmapDatabase::Images() const {
  std::vector<DatabaseImage> images;
  Statement query(*this, "SELECT image_id, name, camera_id FROM images");
  while (query.Step()) images.push_back({query.Int(0), query.Text(1), query.Int(2)});
  std::sort(images.begin(), images.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return images;
}

DatabaseFeatures ColmapDatabase::Features(int64_t image) const {
  DatabaseFeatures features;
  Statement query(*this, "SELECT rows, cols, data FROM descriptors WHERE image_id = ?");
  query.Bind(1, image);
  if (!query.Step() || query.Int(0) <= 0) return features;
  const int64_t rows = query.Int(0), columns = query.Int(1);
  SPLAT_CHECK(columns == kDescriptorSize, path_, ": image ", image, " has descriptors of ", columns, " bytes, not ",
              kDescriptorSize);
  const auto* bytes = static_cast<const uint8_t*>(query.Blob(2, rows * columns));
  features.descriptors = {size_t(rows), std::vector<uint8_t>(bytes, bytes + rows * columns)};

  features.scales.assign(size_t(rows), 0.0f);
  Statement keypoints(*this, "SELECT rows, cols, data FROM keypoints WHERE image_id = ?");
  keypoints.Bind(1, image);
  if (!keypoints.Step() || keypoints.Int(0) != rows) return features;
  const int keypoint_columns = int(keypoints.Int(1));
  const auto* values = static_cast<const char*>(keypoints.Blob(2, rows * keypoint_columns * int64_t(sizeof(float))));
  std::vector<float> keypoint(size_t(std::max(keypoint_columns, 1)));
  for (int64_t row = 0; row < rows; ++row) {
    const size_t row_bytes = size_t(keypoint_columns) * sizeof(float);
    std::memcpy(keypoint.data(), values + size_t(row) * row_bytes, row_bytes);
    features.scales[size_t(row)] = KeypointScale(keypoint.data(), keypoint_columns);
  }
  return features;
}

bool ColmapDatabase::CanBeAsked(const std::string& sql) const {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
  sqlite3_finalize(statement);
  return code == SQLITE_OK;
}

std::string ColmapDatabase::Number(const std::string& sql) const {
  if (!CanBeAsked(sql)) return "?";
  Statement query(*this, sql);
  return query.Step() ? query.Text(0) : "?";
}

std::string ColmapDatabase::Damage() const {
  try {
    Statement check(*this, "PRAGMA quick_check(1)");
    const std::string torn = check.Step() ? check.Text(0) : "";
    if (torn != "ok") return StrCat(path_, ": torn: ", torn);
    Images();
    Statement cameras(*this, "SELECT COUNT(*) FROM images WHERE camera_id NOT IN (SELECT camera_id FROM cameras)");
    if (cameras.Step() && cameras.Int(0) > 0)
      return StrCat(path_, ": has ", cameras.Int(0), " photos without a camera");
    if (!HasSiftFeatures()) return "";
    for (const char* rows :
         {"keypoints WHERE length(data) != rows * cols * 4", "descriptors WHERE length(data) != rows * cols",
          "matches WHERE length(data) != rows * cols * 4"}) {
      const std::string wrong = Number(StrCat("SELECT COUNT(*) FROM ", rows));
      if (wrong != "0") return StrCat(path_, ": has ", wrong, " rows of a wrong size");
    }
  } catch (const DamagedDatabase& damage) {
    return damage.what();
  }
  return "";
}

std::string ColmapDatabase::FeatureCounts() const {
  std::string counts;
  for (const char* what : {"COUNT(*) FROM images", "COUNT(*) FROM keypoints", "TOTAL(rows) FROM keypoints",
                           "COUNT(*) FROM descriptors", "TOTAL(rows) FROM descriptors"}) {
    counts += StrCat(counts.empty() ? "" : " ", Number(StrCat("SELECT ", what)));
  }
  return counts;
}

bool ColmapDatabase::HasSiftFeatures() const {
  const char* known[] = {
      "SELECT image_id, name, camera_id FROM images", "SELECT image_id, rows, cols, data FROM keypoints",
      "SELECT image_id, rows, cols, data FROM descriptors", "SELECT pair_id, rows, cols, data FROM matches",
      "SELECT pair_id, rows FROM two_view_geometries"};
  for (const char* sql : known) {
    if (!CanBeAsked(sql)) return false;
  }
  Statement others(*this, StrCat("SELECT COUNT(*) FROM descriptors WHERE rows > 0 AND cols != ", kDescriptorSize));
  return others.Step() && others.Int(0) == 0;
}

std::unordered_set<int64_t> ColmapDatabase::Numbers(const std::string& sql) const {
  std::unordered_set<int64_t> numbers;
  Statement query(*this, sql);
  while (query.Step()) numbers.insert(query.Int(0));
  return numbers;
}

std::unordered_set<int64_t> ColmapDatabase::PairsWithRow() const {
  return Numbers("SELECT pair_id FROM matches");
}

std::unordered_set<int64_t> ColmapDatabase::MatchedPairs() const {
  return Numbers("SELECT pair_id FROM matches WHERE rows > 0");
}

DatabasePairCounts ColmapDatabase::PairCounts() const {
  const auto count = [&](const char* table) {
    return int64_t(
        std::strtoll(Number(StrCat("SELECT COUNT(*) FROM ", table, " WHERE rows > 0")).c_str(), nullptr, 10));
  };
  return {count("matches"), count("two_view_geometries")};
}

std::vector<std::vector<std::string>> ColmapDatabase::ConnectedPhotos() const {
  std::unordered_map<int64_t, int64_t> parents;
  const auto root = [&](int64_t image) {
    while (parents.emplace(image, image).first->second != image) image = parents[image];
    return image;
  };
  for (const int64_t pair : Numbers("SELECT pair_id FROM two_view_geometries WHERE rows > 0")) {
    const int64_t first = root(pair / kMaxImages), second = root(pair % kMaxImages);
    parents[std::max(first, second)] = std::min(first, second);
  }
  std::map<int64_t, std::vector<std::string>> by_root;
  for (const DatabaseImage& image : Images()) by_root[root(image.id)].push_back(image.name);
  std::vector<std::vector<std::string>> groups;
  groups.reserve(by_root.size());
  for (auto& [image, names] : by_root) groups.push_back(std::move(names));
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return groups;
}

void ColmapDatabase::WriteMatches(const std::vector<DatabaseMatches>& pairs) {
  Execute("BEGIN IMMEDIATE");
  try {
    Statement forget(*this, "DELETE FROM two_view_geometries WHERE pair_id = ?");
    Statement insert(*this, "INSERT OR REPLACE INTO matches(pair_id, rows, cols, data) VALUES(?, ?, 2, ?)");
    for (const DatabaseMatches& pair : pairs) {
      const bool swapped = pair.first_image > pair.second_image;
      std::vector<uint32_t> indices;  // the photo with the lower number comes first
      indices.reserve(2 * pair.matches.size());
      for (const FeatureMatch& match : pair.matches) {
        indices.push_back(swapped ? match.second : match.first);
        indices.push_back(swapped ? match.first : match.second);
      }
      const int64_t id = DatabasePairId(pair.first_image, pair.second_image);
      sqlite3_reset(forget.handle);
      forget.Bind(1, id);
      forget.Step();
      sqlite3_reset(insert.handle);
      insert.Bind(1, id);
      insert.Bind(2, int64_t(pair.matches.size()));
      insert.BindBlob(3, indices.empty() ? "" : static_cast<const void*>(indices.data()),
                      indices.size() * sizeof(uint32_t));
      insert.Step();
    }
  } catch (...) {
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
  Execute("COMMIT");
}

void ColmapDatabase::ClearMatches() {
  Execute("DELETE FROM matches");
  Execute("DELETE FROM two_view_geometries");
}

}  // namespace splat::data
