// The fake COLMAP stands in for the program: it is a shell script that writes down how it was called and makes what it
// was told to.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/random.h"

namespace splat::testing {

// Help texts list the options of COLMAP 3.8 or 4.x as far as we use them.
enum class FakeVersion { k38, k4 };

class FakeColmap {
 public:
  // Lies in `folder`, which must exist.
  FakeColmap(const std::string& folder, FakeVersion version);

  std::string program() const { return folder_ + "/colmap"; }

  // What feature_extractor leaves: a database with 40 random features per photo, of which the first 20, the smallest,
  // are the same in all photos.
  void SetFeatures(const std::vector<std::string>& names);

  // Makes a pair, by the numbers of its photos, counted from 1, one that is verified as soon as its matches are
  // written: the shell script of exhaustive_matcher writes no database. SetFeatures forgets the pairs.
  void AddVerifiedPair(int first, int second);

  // What the mapper copies to its output: "0" for sparse/0. `relaxed`: of calls with lowered thresholds, which
  // otherwise give the same. Each of the names becomes a photo, with `points` points.
  void AddModel(const std::string& model, const std::vector<std::string>& names, int points, bool relaxed = false);
  void RemoveModels();

  // A piece of shell that `command` runs first, each time ("exit 1", "kill -SEGV $$", "sleep 30"); empty: nothing.
  void Before(const std::string& command, const std::string& shell);

  // Each call but those for help: command and arguments, joined by '|'.
  std::vector<std::string> Calls() const;
  // Commands alone: "feature_extractor exhaustive_matcher mapper".
  std::string CalledCommands() const;
  void ForgetCalls();

 private:
  std::string folder_;
};

namespace fake_colmap {

inline constexpr int kFeatures = 40, kDescriptor = 128, kKeypoint = 6;

inline constexpr const char* kScript = R"sh(#!/bin/sh
here=$(dirname "$0")
command=$1
if [ "$command" = help ]; then cat "$here/help"; exit 0; fi
if [ "$2" = -h ]; then cat "$here/help_$command"; exit 0; fi
call=""
for word in "$@"; do call="$call|$word"; done
echo "$call" >> "$here/calls"
relaxed=no
while [ $# -gt 0 ]; do
  case "$1" in
    --database_path) database=$2 ;;
    --output_path) output=$2 ;;
    --Mapper.init_min_tri_angle) relaxed=yes ;;
  esac
  shift
done
if [ -f "$here/before_$command" ]; then . "$here/before_$command"; fi
case "$command" in
  feature_extractor)
    cp "$here/features.db" "$database"
    echo "Processed file [1/2]"
    echo "Processed file [2/2]" ;;
  exhaustive_matcher) echo "Matching block [1/1, 1/1] in 0.1s" ;;
  mapper)
    models="$here/models"
    if [ $relaxed = yes ] && [ -d "$here/models_relaxed" ]; then models="$here/models_relaxed"; fi
    if [ ! -d "$models" ]; then echo "ERROR: failed to create sparse model"; exit 1; fi
    echo "Registering image #2 (3)"
    cp -r "$models/." "$output" ;;
esac
exit 0
)sh";

// Names of options only: what a program of each generation has.
inline constexpr const char* kExtractorOptions[] = {
    "  --database_path arg\n  --image_path arg\n  --image_list_path arg\n  --ImageReader.camera_model arg "
    "(=SIMPLE_RADIAL)\n"
    "  --ImageReader.single_camera arg (=0)\n  --ImageReader.existing_camera_id arg (=-1)\n"
    "  --SiftExtraction.use_gpu arg (=1)\n  --SiftExtraction.num_threads arg (=-1)\n"
    "  --SiftExtraction.max_image_size arg (=3200)\n  --SiftExtraction.max_num_features arg (=8192)\n"
    "  --SiftExtraction.peak_threshold arg (=0.0067)\n",
    "  --database_path arg\n  --image_path arg\n  --image_list_path arg\n  --ImageReader.camera_model arg "
    "(=SIMPLE_RADIAL)\n"
    "  --ImageReader.single_camera arg (=0)\n  --FeatureExtraction.use_gpu arg (=1)\n"
    "  --FeatureExtraction.num_threads arg (=-1)\n  --FeatureExtraction.max_image_size arg (=3200)\n"
    "  --SiftExtraction.max_num_features arg (=8192)\n  --SiftExtraction.peak_threshold arg (=0.0067)\n"};
inline constexpr const char* kMatcherOptions[] = {
    "  --database_path arg\n  --SiftMatching.num_threads arg (=-1)\n  --SiftMatching.use_gpu arg (=1)\n",
    "  --database_path arg\n  --FeatureMatching.num_threads arg (=-1)\n  --FeatureMatching.use_gpu arg (=1)\n"};
inline constexpr const char* kMapperOptions =
    "  --database_path arg\n  --image_path arg\n  --output_path arg\n  --Mapper.num_threads arg (=-1)\n"
    "  --Mapper.init_min_tri_angle arg (=16)\n  --Mapper.init_min_num_inliers arg (=100)\n"
    "  --Mapper.abs_pose_min_num_inliers arg (=30)\n  --Mapper.abs_pose_min_inlier_ratio arg (=0.25)\n"
    "  --Mapper.max_reg_trials arg (=3)\n  --Mapper.min_model_size arg (=10)\n  --Mapper.init_num_trials arg (=200)\n";

inline void WriteText(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error(path.string());
}

inline void Sql(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database));
  }
}

inline void InsertBlob(sqlite3* database, const char* sql, int image, int columns, const std::string& bytes) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) {
    throw std::runtime_error(sqlite3_errmsg(database));
  }
  sqlite3_bind_int(statement, 1, image);
  sqlite3_bind_int(statement, 2, kFeatures);
  sqlite3_bind_int(statement, 3, columns);
  sqlite3_bind_blob(statement, 4, bytes.data(), int(bytes.size()), SQLITE_TRANSIENT);
  sqlite3_step(statement);
  sqlite3_finalize(statement);
}

// Random numbers scaled to the norm that COLMAP's descriptors have; the first half is the same in every photo.
inline std::string RandomDescriptors(uint64_t photo) {
  std::string bytes;
  for (int feature = 0; feature < kFeatures; ++feature) {
    Random random(feature < kFeatures / 2 ? uint64_t(feature) : 1000 * (photo + 1) + uint64_t(feature));
    for (int i = 0; i < kDescriptor; ++i) bytes += char(uint8_t(random.Uniform(0, 78)));  // norm about 512
  }
  return bytes;
}

}  // namespace fake_colmap

inline FakeColmap::FakeColmap(const std::string& folder, FakeVersion version) : folder_(folder) {
  const size_t kind = version == FakeVersion::k38 ? 0 : 1;
  fake_colmap::WriteText(program(), fake_colmap::kScript);
  std::filesystem::permissions(program(), std::filesystem::perms::owner_all);
  std::string help = version == FakeVersion::k38 ? "COLMAP 3.8 -- (Commit Unknown on Unknown without CUDA)\n"
                                                 : "COLMAP 4.1.1 -- (Commit Unknown on Unknown without CUDA)\n";
  help += "\nAvailable commands:\n  help\n  exhaustive_matcher\n  feature_extractor\n  mapper\n  sequential_matcher\n";
  fake_colmap::WriteText(folder + "/help", help);
  fake_colmap::WriteText(folder + "/help_feature_extractor", fake_colmap::kExtractorOptions[kind]);
  fake_colmap::WriteText(folder + "/help_exhaustive_matcher", fake_colmap::kMatcherOptions[kind]);
  fake_colmap::WriteText(folder + "/help_sequential_matcher", fake_colmap::kMatcherOptions[kind]);
  fake_colmap::WriteText(folder + "/help_mapper", fake_colmap::kMapperOptions);
}

inline void FakeColmap::SetFeatures(const std::vector<std::string>& names) {
  const std::string path = folder_ + "/features.db";
  std::filesystem::remove(path);
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  fake_colmap::Sql(
      database,
      "CREATE TABLE images(image_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, camera_id INTEGER NOT NULL);"
      "CREATE TABLE keypoints(image_id INTEGER PRIMARY KEY, rows INTEGER, cols INTEGER, data BLOB);"
      "CREATE TABLE descriptors(image_id INTEGER PRIMARY KEY, rows INTEGER, cols INTEGER, data BLOB);"
      "CREATE TABLE matches(pair_id INTEGER PRIMARY KEY, rows INTEGER, cols INTEGER, data BLOB);"
      "CREATE TABLE two_view_geometries(pair_id INTEGER PRIMARY KEY, rows INTEGER, cols INTEGER, data BLOB);"
      "CREATE TABLE cameras(camera_id INTEGER PRIMARY KEY);"
      "INSERT INTO cameras VALUES(1);"
      "CREATE TABLE verified(pair_id INTEGER PRIMARY KEY);"
      "CREATE TRIGGER verify AFTER INSERT ON matches WHEN NEW.pair_id IN (SELECT pair_id FROM verified) BEGIN "
      "INSERT OR REPLACE INTO two_view_geometries VALUES(NEW.pair_id, 20, 2, NULL); END;"
      "BEGIN");
  for (size_t i = 0; i < names.size(); ++i) {
    const int image = int(i) + 1;
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(database, "INSERT INTO images VALUES(?, ?, 1)", -1, &insert, nullptr);
    sqlite3_bind_int(insert, 1, image);
    sqlite3_bind_text(insert, 2, names[i].c_str(), -1, SQLITE_TRANSIENT);
    sqlite3_step(insert);
    sqlite3_finalize(insert);
    std::string keypoints;
    for (int feature = 0; feature < fake_colmap::kFeatures; ++feature) {
      const float keypoint[fake_colmap::kKeypoint] = {0, 0, float(feature + 1), 0, 0, float(feature + 1)};
      keypoints.append(reinterpret_cast<const char*>(keypoint), sizeof keypoint);
    }
    fake_colmap::InsertBlob(database, "INSERT INTO keypoints VALUES(?, ?, ?, ?)", image, fake_colmap::kKeypoint,
                            keypoints);
    fake_colmap::InsertBlob(database, "INSERT INTO descriptors VALUES(?, ?, ?, ?)", image, fake_colmap::kDescriptor,
                            fake_colmap::RandomDescriptors(i));
  }
  fake_colmap::Sql(database, "COMMIT");
  sqlite3_close(database);
}

inline void FakeColmap::AddVerifiedPair(int first, int second) {
  sqlite3* database = nullptr;
  sqlite3_open((folder_ + "/features.db").c_str(), &database);
  const long long pair = first * 2147483647ll + second;  // first < second
  fake_colmap::Sql(database, ("INSERT INTO verified VALUES(" + std::to_string(pair) + ")").c_str());
  sqlite3_close(database);
}

inline void FakeColmap::AddModel(const std::string& model, const std::vector<std::string>& names, int points,
                                 bool relaxed) {
  const std::filesystem::path folder = std::filesystem::path(folder_) / (relaxed ? "models_relaxed" : "models") / model;
  std::filesystem::create_directories(folder);
  fake_colmap::WriteText(folder / "cameras.txt", "1 SIMPLE_RADIAL 64 48 60 32 24 0.01\n");
  std::string images, lines;
  for (size_t i = 0; i < names.size(); ++i) {
    images += std::to_string(i + 1) + " 1 0 0 0 " + std::to_string(i) + " 0 0 1 " + names[i] + "\n\n";
  }
  for (int i = 0; i < points; ++i) {
    lines += std::to_string(i + 1) + " " + std::to_string(i) + " 0 5 200 100 50 0.5 1 0 2 0\n";
  }
  fake_colmap::WriteText(folder / "images.txt", images);
  fake_colmap::WriteText(folder / "points3D.txt", lines);
}

inline void FakeColmap::RemoveModels() {
  std::filesystem::remove_all(folder_ + "/models");
  std::filesystem::remove_all(folder_ + "/models_relaxed");
}

inline void FakeColmap::Before(const std::string& command, const std::string& shell) {
  fake_colmap::WriteText(folder_ + "/before_" + command, shell + "\n");
}

inline std::vector<std::string> FakeColmap::Calls() const {
  std::vector<std::string> calls;
  std::ifstream in(folder_ + "/calls");
  for (std::string line; std::getline(in, line);) calls.push_back(line.substr(1));
  return calls;
}

inline std::string FakeColmap::CalledCommands() const {
  std::string commands;
  for (const std::string& call : Calls()) commands += (commands.empty() ? "" : " ") + call.substr(0, call.find('|'));
  return commands;
}

inline void FakeColmap::ForgetCalls() {
  std::filesystem::remove(folder_ + "/calls");
}

}  // namespace splat::testing
