// What of Bundler's files is read and refused; tests/capture/exported_cameras_test.cpp has the conventions.
#include "data/poses/bundler_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "tests/support/byte_writer.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using splat::testing::TempDir;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kPose = "1 0 0\n0 1 0\n0 0 1\n1 2 3\n";
const std::string kWhole =
    "# Bundle file v0.3\n2 1\n50 0.1 0\n" + kPose + "0 0 0\n" + kPose + "1 2 3\n4 5 6\n1 0 7 1.5 2.5\n";

class BundlerReader : public ::testing::Test {
 protected:
  BundlerReader() {
    WriteImage(folder_ / "my photo 1.png", Image8(40, 30, 3));
    WriteBytes(folder_ / "list.txt", "my photo 1.png 0 532.5\r\nlost.png\r\n");
  }
  SceneDescription Read(const std::string& text) const {
    WriteBytes(folder_ / "bundle.out", text);
    return ReadBundler(folder_ / "bundle.out", folder_.path());
  }
  std::string ErrorOf(const std::string& text) const {
    std::string message = ErrorMessageOf([&] { Read(text); });
    EXPECT_THAT(message, AllOf(HasSubstr(folder_ / "bundle.out"), Not(HasSubstr("\n"))));
    return message;
  }
  TempDir folder_;
};

TEST_F(BundlerReader, CamerasWithoutAFocalLengthWereNotPlaced) {
  const SceneDescription scene = Read(kWhole);
  ASSERT_EQ(scene.photos.size(), 1u);
  EXPECT_EQ(scene.photos[0].name, "my photo 1.png");
  EXPECT_THAT(scene.photos[0].intrinsics.params, ElementsAre(50, 20, 15, 0.1, 0));
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("1 camera was not placed and left out: lost.png")));
}

TEST_F(BundlerReader, OfAPhotoThatIsListedTwiceTheFirstCameraThatCanBeUsedCounts) {
  WriteBytes(folder_ / "list.txt", "my photo 1.png\nmy photo 1.png\n");
  const std::string camera = "60 0 0\n" + kPose, begin = "# Bundle file v0.3\n2 0\n";
  const SceneDescription scene = Read(begin + "50 0 0\n" + kPose + camera);
  ASSERT_EQ(scene.photos.size(), 1u);
  EXPECT_EQ(scene.photos[0].intrinsics.params[0], 50);
  EXPECT_THAT(scene.warnings, Contains(HasSubstr("list.txt: has more than one entry for my photo 1.png")));
}

TEST_F(BundlerReader, TheListMayHaveTheNameOfTheFile) {
  WriteBytes(folder_ / "bundle.list.txt", "a.png\nb.png\n");
  EXPECT_EQ(Read(kWhole).photos[0].name, "a.png");
}

TEST_F(BundlerReader, TheListMayLieBesideAFolderBundle) {
  std::filesystem::create_directory(folder_ / "bundle");
  std::filesystem::create_directory(folder_ / "other");
  for (const char* inner : {"bundle", "other"}) WriteBytes((folder_ / inner) + "/bundle.out", kWhole);
  EXPECT_EQ(ReadBundler(folder_ / "bundle/bundle.out", folder_.path()).photos.at(0).name, "my photo 1.png");
  EXPECT_THAT(ErrorMessageOf([&] { ReadBundler(folder_ / "other/bundle.out", folder_.path()); }),
              HasSubstr("has no list of its photos"));
}

TEST_F(BundlerReader, NamesMayHaveAnotherCase) {
  std::filesystem::create_directories(folder_ / "Bundle");
  WriteBytes(folder_ / "Bundle/Bundle.OUT", kWhole);
  std::filesystem::rename(folder_ / "list.txt", folder_ / "List.TXT");
  EXPECT_EQ(ReadBundler(folder_ / "Bundle/Bundle.OUT", folder_.path()).photos[0].name, "my photo 1.png");
  WriteBytes(folder_ / "Bundle/bundle.LIST.txt", "a.png\nb.png\n");
  EXPECT_EQ(ReadBundler(folder_ / "Bundle/Bundle.OUT", folder_.path()).photos[0].name, "a.png");
}

TEST_F(BundlerReader, ColoursMayBeFractions) {
  const auto color = [&](const std::string& written) {
    const Vec3<uint8_t> c = Read("# Bundle file v0.3\n2 1\n50 0.1 0\n" + kPose + "0 0 0\n" + kPose + "1 2 3\n" +
                                 written + "\n1 0 7 1.5 2.5\n")
                                .points.colors.at(0);
    return std::vector<int>{c.x, c.y, c.z};
  };
  EXPECT_THAT(color("4 5 300"), ElementsAre(0, 0, 1)) << "16 bits";
  EXPECT_THAT(color("4 0 255"), ElementsAre(4, 0, 255));
  EXPECT_THAT(color("0.4 0 1"), ElementsAre(102, 0, 255));
  EXPECT_THAT(color("0.4 5 1"), ElementsAre(0, 5, 1));
}

TEST_F(BundlerReader, ACameraThatIsNoRotationLeavesTheOthers) {
  const SceneDescription scene = Read("# Bundle file v0.3\n2 0\n50 0 0\n1 1 0\n0 1 0\n0 0 1\n1 2 3\n50 0 0\n" + kPose);
  ASSERT_EQ(scene.photos.size(), 2u);
  EXPECT_EQ(scene.photos[0].name, "lost.png");
  EXPECT_EQ(scene.photos[0].problem, "");
  EXPECT_THAT(scene.photos[1].problem, AllOf(HasSubstr("camera 1 ('my photo 1.png')"), HasSubstr("its rotation")));
}

TEST_F(BundlerReader, ACameraThatIsNotFiniteLeavesTheOthers) {
  const std::string other = "50 0 0\n" + kPose;
  for (const std::string& wrong :
       {"nan 0 0\n" + kPose, "inf 0 0\n" + kPose, "50 0 -nan\n" + kPose,
        std::string("50 0 0\n1 0 0\n0 nan 0\n0 0 1\n1 2 3\n"), std::string("50 0 0\n1 0 0\n0 1 0\n0 0 1\n1 inf 3\n")}) {
    const SceneDescription scene = Read("# Bundle file v0.3\n2 1\n" + wrong + other + "1 2 3\n4 5 6\n0\n");
    ASSERT_EQ(scene.photos.size(), 2u);
    EXPECT_EQ(scene.photos[0].problem, "");
    EXPECT_THAT(scene.photos[1].problem,
                AllOf(HasSubstr("camera 1 ('my photo 1.png')"), HasSubstr("a number of it is not finite")));
    EXPECT_EQ(scene.points.positions.size(), 1u);
  }
  EXPECT_THAT(ErrorOf("# Bundle file v0.3\n2 0\nnan 0 0\n" + kPose + "nan 0 0\n" + kPose), HasSubstr("not finite"));
}

TEST_F(BundlerReader, DamagedPointsLeaveThePoses) {
  const std::string point = "1 2 3\n4 5 6\n1 0 7 1.5 2.5\n";
  const std::string head = "# Bundle file v0.3\n2 3\n50 0.1 0\n" + kPose + "0 0 0\n" + kPose;
  const auto last_warning = [&](const std::string& points, size_t expected) {
    const SceneDescription scene = Read(head + points);
    EXPECT_EQ(scene.photos.size(), 1u);
    EXPECT_EQ(scene.points.positions.size(), expected);
    EXPECT_EQ(scene.points.colors.size(), expected);
    EXPECT_EQ(scene.warnings.size(), 2u);
    return scene.warnings.back();
  };
  EXPECT_THAT(last_warning(point + point + "1 2", 2),
              AllOf(HasSubstr("ends before a point"), HasSubstr("the 2 points of it that are whole are taken")));
  EXPECT_THAT(last_warning(point + point + "1 2 x\n", 2), HasSubstr("'x' found"));
  EXPECT_THAT(last_warning("1 2", 0), HasSubstr("its points are not used"));
}

TEST_F(BundlerReader, PointsThatFloatsDoNotHoldAreLeftOutAndCounted) {
  const std::string head = "# Bundle file v0.3\n2 3\n50 0 0\n" + kPose + "50 0 0\n" + kPose, rest = "\n4 5 6\n0\n";
  SceneDescription scene = Read(head + "1 nan 3" + rest + "1 2 3" + rest + "1e300 2 3" + rest);
  EXPECT_EQ(scene.points.positions.size(), 1u);
  EXPECT_EQ(scene.points.colors.size(), 1u);
  EXPECT_THAT(scene.warnings,
              ElementsAre((folder_ / "bundle.out") + ": 2 of 3 points are not finite and were left out"));
  scene = Read(head + "1 nan 3" + rest + "1 2 3" + rest + "1 2");
  EXPECT_EQ(scene.points.positions.size(), 1u);
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("the 2 points of it that are whole are taken"),
                                          HasSubstr("1 of 2 points is not finite and was left out")));
}

TEST_F(BundlerReader, DamagedFilesAreRefused) {
  EXPECT_THAT(ErrorOf("2 1\n"), HasSubstr("is no file of Bundler"));
  EXPECT_THAT(ErrorOf("# Bundle file v0.3\n2 x\n"), HasSubstr("line 2: number of points expected, 'x' found"));
  EXPECT_THAT(ErrorOf("# Bundle file v0.3\n-2 1\n"), HasSubstr("-2 is no number of cameras"));
  EXPECT_THAT(ErrorOf("# Bundle file v0.3\n1 0\n50 0 0\n" + kPose), HasSubstr("has 1 cameras, and"));
  EXPECT_THAT(ErrorOf("# Bundle file v0.3\n2 0\n0 0 0\n" + kPose + "0 0 0\n" + kPose), HasSubstr("none of its 2"));
  const size_t cameras = kWhole.find("1 2 3\n4 5 6");
  for (size_t size = 0; size + 1 < cameras; ++size) ErrorOf(kWhole.substr(0, size));
  std::filesystem::remove(folder_ / "list.txt");
  EXPECT_THAT(ErrorOf(kWhole), HasSubstr("has no list of its photos"));
}

}  // namespace
}  // namespace splat::data
