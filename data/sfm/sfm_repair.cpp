#include "data/sfm/sfm_repair.h"

#include <filesystem>
#include <sstream>

#include "data/sfm/colmap_database.h"
#include "data/sfm/sfm_report.h"

namespace splat::data {
namespace {

namespace fs = std::filesystem;

std::string DamageOf(const std::string& database) {
  try {
    return ColmapDatabase(database).Damage();
  } catch (const DamagedDatabase& damage) {
    return damage.what();
  }
}

}  // namespace

void RemoveDatabase(const SfmContext& context, const std::string& database) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code error;
    fs::remove_all(database + suffix, error);
    SPLAT_CHECK(!error, database, suffix, ": cannot be removed: ", error.message(), "; delete the folder ",
                context.workspace.Path(""));
  }
}

void RemoveIfDamaged(SfmContext& context, const std::string& database, const std::string& counts) {
  if (!fs::exists(fs::symlink_status(database))) return RemoveDatabase(context, database);
  std::string damage = DamageOf(database);
  if (damage.empty() && !counts.empty() && ColmapDatabase(database).FeatureCounts() != counts) {
    damage = database + ": lacks photos or features that it had";
  }
  if (damage.empty()) return;
  Warn(context, damage + "; it is made anew");
  RemoveDatabase(context, database);
}

bool RemovedAfter(const Error& error, SfmContext& context, const SfmPlan& plan) {
  const std::string database = context.workspace.Path(plan.database);
  std::string damage = error.what();
  if (dynamic_cast<const DamagedDatabase*>(&error) == nullptr) {
    if (!fs::exists(database)) return false;
    damage = DamageOf(database);
  }
  if (damage.empty() || !context.rebuilt.insert(plan.database).second) return false;
  Warn(context, damage + "; the database is made anew");
  RemoveDatabase(context, database);
  return true;
}

std::string MatchCounts(const std::string& database) {
  const DatabasePairCounts counts = ColmapDatabase(database).PairCounts();
  return StrCat(counts.matched, " ", counts.verified);
}

bool HasMatches(const std::string& database, const std::string& counts) {
  std::istringstream words(counts);
  DatabasePairCounts wanted;
  if (!(words >> wanted.matched >> wanted.verified)) return true;  // not known
  const DatabasePairCounts found = ColmapDatabase(database).PairCounts();
  return found.matched >= wanted.matched && found.verified >= wanted.verified;
}

void ThrowIfDamaged(const std::string& message) {
  for (const char* sign : {"malformed", "not a database", "no such table", "no such column", "no column named"}) {
    if (message.find(sign) != std::string::npos) throw DamagedDatabase(message);
  }
}

std::string AdviceOnOldFiles(const SfmContext& context) {
  if (!context.has_old_files && context.rebuilt.empty()) return "";
  return StrCat("; if that comes again, delete the folder ", context.workspace.Path(""),
                ", in which earlier runs have left files");
}

}  // namespace splat::data
