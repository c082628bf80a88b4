// The background colour in every format that has a place for it.
#include "formats/background.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/read_file.h"
#include "tests/support/byte_writer.h"
#include "tests/support/splat_clouds.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using ::splat::testing::AllOf;
using ::splat::testing::RandomCloud;
using ::splat::testing::TempDir;
using ::splat::testing::WriteBytes;
using ::testing::HasSubstr;
using ::testing::Not;

class Background : public ::testing::Test {
 protected:
  std::optional<Rgb> ReadBack(const Exporter& exporter) {
    const std::string path = folder_ / "scene" + exporter.extension;
    WriteScene(path, exporter, AllOf(cloud_));
    return ReadScene(path).traits.background;
  }

  TempDir folder_;
  SplatCloud cloud_ = RandomCloud(20, 1);
};

TEST_F(Background, ComesBackFromFormatsWithAPlaceForIt) {
  cloud_.traits.background = Rgb{1, 0.5, 51 / 255.0};
  for (const char* name : {"ply", "compressed.ply", "sog", "glb", "html"}) {
    SCOPED_TRACE(name);
    if (!WhatLacks(ExporterNamed(name)).empty()) continue;
    const auto background = ReadBack(ExporterNamed(name));
    ASSERT_TRUE(background);
    for (size_t i = 0; i < 3; ++i) EXPECT_NEAR((*background)[i], (*cloud_.traits.background)[i], 1e-6);
  }
  for (const char* name : {"splat", "spz"}) EXPECT_FALSE(ReadBack(ExporterNamed(name))) << name;
}

TEST_F(Background, IsNotInventedAndNotWritten) {
  for (const Exporter& exporter : Exporters()) {
    if (!WhatLacks(exporter).empty()) continue;
    EXPECT_FALSE(ReadBack(exporter)) << exporter.name;
    if (exporter.name != "html") {
      EXPECT_THAT(ReadFile(folder_ / "scene" + exporter.extension), Not(HasSubstr("ackground")));
    }
  }
}

TEST_F(Background, IsACommentOfAPly) {
  EXPECT_EQ(BackgroundComment(Rgb{1, 0.25, 0}), "comment Background: 1 0.25 0\n");
  EXPECT_EQ(BackgroundComment(std::nullopt), "");
  EXPECT_EQ(BackgroundOf({"other", "Background: 1 0.25 0"}), (Rgb{1, 0.25, 0}));
}

TEST_F(Background, IsLeftAloneWhereItIsNoColor) {
  for (const char* comment :
       {"Background:", "Background: 1 1", "Background: 1 1 2", "Background: a b c", "Background: nan 0 0", "x"}) {
    EXPECT_EQ(BackgroundOf({comment}), std::nullopt) << comment;
  }
  cloud_.traits.background = Rgb{1, 1, 1};
  std::string glb = ::splat::testing::Encoded("glb", cloud_);
  const std::string color = "[1.0,1.0,1.0]";
  ASSERT_NE(glb.find(color), std::string::npos);
  for (const char* other : {"[1.0,1.0,9.0]", "[1.0,1.0,\"\"]", "[1.0,1.00000]", "{\"a\":[1,1]} "}) {
    std::string changed = glb;
    changed.replace(changed.find(color), color.size(),
                    std::string(other).append(color.size(), ' ').substr(0, color.size()));
    WriteBytes(folder_ / "a.glb", changed);
    EXPECT_EQ(ReadScene(folder_ / "a.glb").traits.background, std::nullopt) << other;
  }
}

}  // namespace
}  // namespace splat::formats
