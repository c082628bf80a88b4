// This header checks what earlier runs left in the workspace before a stage uses it. Damaged files are made anew, with
// a warning, and the files that they were made from are kept.
#pragma once

#include <string>

#include "core/check.h"
#include "data/sfm/sfm_plan.h"
#include "data/sfm/sfm_stages.h"

namespace splat::data {

// Removes the database and the files that SQLite keeps beside it. Throws splat::Error naming the workspace's folder if
// they cannot be removed.
void RemoveDatabase(const SfmContext& context, const std::string& database);

// Removes a database of an earlier run that cannot be used, or that has not the `counts` of features that it had at the
// end of the stage (empty: that is not known).
void RemoveIfDamaged(SfmContext& context, const std::string& database, const std::string& counts);

// Whether the attempt should be made again after `error`: the database is damaged and was removed, for the first time.
bool RemovedAfter(const Error& error, SfmContext& context, const SfmPlan& plan);

// Whether matches of a finished stage are still there; `counts` is MatchCounts at its end. Later attempts only add.
bool HasMatches(const std::string& database, const std::string& counts);
std::string MatchCounts(const std::string& database);

// Throws what a failed COLMAP has said as DamagedDatabase if it speaks of the database's content.
void ThrowIfDamaged(const std::string& message);

// Returns what to add to a message of failure if files of earlier runs may be the reason; otherwise an empty text.
std::string AdviceOnOldFiles(const SfmContext& context);

}  // namespace splat::data
