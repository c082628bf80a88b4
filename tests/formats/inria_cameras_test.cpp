// A camera of a cameras.json that cannot be used costs itself and not the others.
#include "formats/inria_cameras.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::formats {
namespace {

using ::splat::testing::ErrorMessageOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kRotation = "[[1,0,0],[0,1,0],[0,0,1]]";

std::string CameraText(const std::string& name, const std::string& fx, const std::string& position,
                       const std::string& rotation) {
  return R"({"id":0,"img_name":)" + name + R"(,"width":64,"height":48,"fx":)" + fx + R"(,"fy":60,"position":)" +
         position + R"(,"rotation":)" + rotation + "}";
}

class InriaCamerasTest : public ::testing::Test {
 protected:
  std::vector<NamedCamera> Read(const std::string& text) {
    testing::WriteBytes(path_, text);
    return ReadInriaCameras(path_, [this](LogLevel, const std::string& line) { log_.push_back(line); });
  }

  testing::TempDir folder_;
  std::string path_ = folder_ / "cameras.json";
  std::string good_ = CameraText("\"good.jpg\"", "60", "[0,0,1]", kRotation);
  std::vector<std::string> log_;
};

TEST_F(InriaCamerasTest, ACameraThatCannotBeUsedIsLeftOutWithItsReason) {
  const std::string name = "\"bad.jpg\"", place = "[0,0,1]";
  for (const auto& [bad, reason] : std::vector<std::pair<std::string, std::string>>{
           {CameraText(name, "0", place, kRotation), "('bad.jpg'): fx is 0; a positive number is expected"},
           {CameraText(name, "NaN", place, kRotation), "('bad.jpg'): fx is not a finite number"},
           {CameraText(name, "null", place, kRotation), "('bad.jpg'): fx is not a finite number"},
           {CameraText(name, "60", "[0,-Infinity,1]", kRotation), "('bad.jpg'): position is not a finite number"},
           {CameraText(name, "60", "[0,0]", kRotation), "('bad.jpg'): position is no"},
           {CameraText(name, "60", "null", kRotation), "('bad.jpg'): position is no"},
           {CameraText(name, "60", place, "null"), "('bad.jpg'): rotation is no"},
           {CameraText(name, "60", place, "[[0,0,0],[0,0,0],[0,0,0]]"), "('bad.jpg'): rotation is no"},
           {CameraText("7", "1e999", place, kRotation), "camera 2 of 3: fx is not"},
           {"null", "camera 2 of 3: is no camera"},
           {"{}", "camera 2 of 3: has no width"}}) {
    log_.clear();
    const std::vector<NamedCamera> cameras = Read("[" + good_ + "," + bad + "," + good_ + "]");
    ASSERT_EQ(cameras.size(), 2u) << bad;
    EXPECT_EQ(cameras[1].name, "good.jpg");
    EXPECT_THAT(log_, ElementsAre(AllOf(StartsWith(path_ + ": camera 2 of 3"), HasSubstr(reason))));
  }
}

TEST_F(InriaCamerasTest, ManyShareOneWarningAndNoneLeftIsAnError) {
  const std::string bad = CameraText("\"bad.jpg\"", "0", "[0,0,1]", kRotation);
  EXPECT_EQ(Read("[" + bad + "," + good_ + "," + bad + "]").size(), 1u);
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("camera 1 of 3 ('bad.jpg')"), HasSubstr("with 1 other"))));
  EXPECT_THAT(ErrorMessageOf([&] { Read("[" + bad + "," + bad + "]"); }),
              AllOf(StartsWith(path_ + ": camera 1 of 2 ('bad.jpg'): fx is 0"), HasSubstr("no other")));
  EXPECT_THAT(ErrorMessageOf([&] { Read("[" + bad + "]"); }), Not(HasSubstr("no other")));
  EXPECT_THAT(ErrorMessageOf([&] { Read("[]"); }), HasSubstr("is no list of cameras"));
}

}  // namespace
}  // namespace splat::formats
