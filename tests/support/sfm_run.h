// This header runs structure from motion on photos that only a fake COLMAP can place.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "data/photos/image_io.h"
#include "data/sfm/sfm.h"
#include "tests/support/error_message.h"
#include "tests/support/fake_colmap.h"
#include "tests/support/temp_dir.h"

namespace splat::data {

// What a run of ours calls of COLMAP.
constexpr const char* kAllStages = "feature_extractor exhaustive_matcher mapper";

class RunSfmTest : public ::testing::Test {
 protected:
  RunSfmTest() {
    for (const char* entry : {"photos/sub dir", "program"}) std::filesystem::create_directories(folder_ / entry);
    for (int i = 0; i < 20; ++i) names_.push_back("photo " + std::to_string(100 + i) + " [ä].png");
    names_.push_back("sub dir/last.png");
    for (const std::string& name : names_) WriteImage(Photos() + "/" + name, Image8(8, 6, 3));
    fake_ = std::make_unique<testing::FakeColmap>(folder_ / "program", testing::FakeVersion::k38);
    fake_->SetFeatures(names_);
    fake_->AddModel("0", names_, 50);
    options_.colmap = fake_->program();
    options_.threads = 1;
  }

  std::string Photos() const { return folder_ / "photos"; }
  std::string Workspace() const { return folder_ / "work"; }
  SfmResult Run() {
    fake_->ForgetCalls();
    return RunSfm(Photos(), Workspace(), options_, [this](const SfmProgress& p) { progress_.push_back(p); }, {});
  }
  std::string ErrorOfRun() {
    return testing::ErrorMessageOf([this] { Run(); });
  }
  std::vector<std::string> FirstNames(size_t count) const { return {names_.begin(), names_.begin() + long(count)}; }

  testing::TempDir folder_;
  std::vector<std::string> names_;
  std::unique_ptr<testing::FakeColmap> fake_;
  SfmOptions options_;
  std::vector<SfmProgress> progress_;
};

}  // namespace splat::data
