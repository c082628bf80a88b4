// Tests run splat-train on a small photo set with this header, and look at what it leaves.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "data/photos/image_io.h"
#include "tests/support/ball_photos.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace splat::testing {

// The largest difference of two images' values, 0..255; 256 where their sizes differ.
inline int LargestDifference(const std::string& a_path, const std::string& b_path) {
  const Image8 a = data::ReadPhoto(a_path).image, b = data::ReadPhoto(b_path).image;
  if (a.pixels.size() != b.pixels.size() || a.width != b.width) return 256;
  int largest = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

// With their folders below `folder`.
inline std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) names.push_back(std::filesystem::relative(entry.path(), folder).string());
  }
  return names;
}

class TrainOnBallsTest : public ::testing::Test {
 protected:
  void SetUp() override { WriteBallPhotos(folder_ / "balls"); }

  std::vector<std::string> Command(const std::string& output, const std::vector<std::string>& further) {
    std::vector<std::string> command = {SPLAT_BINARY_DIR "/apps/splat-train", "--images", folder_ / "balls", "--output",
                                        folder_ / output};
    command.insert(command.end(), further.begin(), further.end());
    return command;
  }
  // Trains to the end and expects success.
  ProcessOutput Train(const std::string& output, const std::vector<std::string>& further) {
    ProcessOutput process = RunProgram(Command(output, further), 600);
    EXPECT_EQ(process.exit_code, 0) << process.err;
    return process;
  }

  TempDir folder_;
};

}  // namespace splat::testing
