// Some photo sets fall apart: things that no photo shows together become models of their own.
#pragma once

#include <string>
#include <vector>

#include "data/sfm/sfm_plan.h"
#include "data/sfm/sfm_stages.h"

namespace splat::data {

using PhotoNames = std::vector<std::string>;  // sorted

// COLMAP keeps models from this number of photos on. Its own 10 makes it throw away each smaller part and begin it
// again, up to 200 times.
constexpr size_t kSmallestPart = 3;

// The photos that the model in `model_folder` places. Throws splat::Error if it is damaged.
PhotoNames NamesIn(const std::string& model_folder);

// What the models beside `model` place that neither it nor a larger one of them places: parts of at least kSmallestPart
// photos, the largest first. Damaged models are skipped.
std::vector<PhotoNames> OtherParts(const ColmapModel& model);

// Whether a further attempt can place no more photos: every pair has been compared, `connected` (groups that verified
// pairs join, the largest first) has several groups that could be parts, and `placed` photos are enough for the
// largest.
bool OnlyPartsAreLeft(const SfmPlan& plan, const std::vector<PhotoNames>& connected, size_t placed);

// "the photos fall into 2 parts that are not connected: 9 photos (a.jpg, ...) and ..."; empty if there are no other
// parts.
std::string DescribeParts(const SfmResult& result);

// Returns what is said about the photos that are in no part: how many, some of their names, and what to do where fewer
// than half of all photos have poses. Empty if there are none.
std::string DescribeLeftOut(const SfmResult& result);

}  // namespace splat::data
