// This header reads what a transforms.json says besides cameras and poses: lists of training and held-out photos, and
// keys that the reader does not use. It is used by transforms_reader.cpp alone.
#pragma once

#include <string>
#include <vector>

#include "data/poses/scene_description.h"
#include "io/json_file.h"

namespace splat::data {

// Splits scene.photos as "train_filenames", "val_filenames" and "test_filenames" say; val and test are held out. A
// photo in lists of both kinds is trained on and not held out, with a warning. Photos in none of the lists are trained
// on if there is no train_filenames, and left out with a warning if there is. Does nothing if the file has no such
// list. Throws splat::Error naming the file for a list that holds no names.
void ApplyNamedSplit(const nlohmann::json& root, const std::string& json_path, SceneDescription& scene);

// Adds one warning that names the unknown keys of the files (the first is `json_path`) and of their frames, since they
// may change the meaning.
void WarnOfUnusedKeys(const std::vector<nlohmann::json>& files, const std::string& json_path,
                      std::vector<std::string>& warnings);

}  // namespace splat::data
