// What of an export is read and refused; tests/capture/exported_cameras_test.cpp has the conventions.
#include "data/poses/reality_capture_reader.h"
#include "core/camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string kPose = "#name,x,y,alt,heading,pitch,roll,f";

class RealityCaptureReader : public ::testing::Test {
 protected:
  RealityCaptureReader() {
    std::filesystem::create_directory(folder_ / "images");
    WriteImage(folder_ / "images/a.png", Image8(40, 30, 3));
    WriteImage(folder_ / "images/b.png", Image8(30, 60, 3));
  }
  SceneDescription Read(const std::string& text) const {
    WriteBytes(folder_ / "cameras.csv", text);
    return ReadRealityCapture(folder_ / "cameras.csv", folder_ / "images");
  }
  std::string ErrorOf(const std::string& text) const {
    std::string message = ErrorMessageOf([&] { Read(text); });
    EXPECT_THAT(message, AllOf(HasSubstr(folder_ / "cameras.csv"), Not(HasSubstr("\n"))));
    return message;
  }
  TempDir folder_;
};

TEST_F(RealityCaptureReader, AFocalLengthIsOfAFilmAsWideAsThePhotosLongerSide) {
  const SceneDescription scene = Read(kPose + "\nb.png,4,5,6,0,0,0,36\na.JPG,1,2,3,0,0,0,18\n");
  ASSERT_EQ(scene.photos.size(), 2u);
  EXPECT_EQ(scene.photos[0].name, "a.JPG");
  EXPECT_THAT(scene.photos[0].intrinsics.params, ElementsAre(20, 20, 20, 15));
  EXPECT_THAT(scene.photos[1].intrinsics.params, ElementsAre(60, 60, 15, 30));
  EXPECT_THAT(scene.warnings, IsEmpty());
}

TEST_F(RealityCaptureReader, TablesOfSpreadsheetsHaveOtherSeparatorsAndDecimalCommas) {
  for (const char separator : {';', '\t'}) {
    std::string text = kPose + ",k1\r\na.png,1_5,-2_25,3,0,0,0,18_0,0_125\r\n";
    std::replace(text.begin(), text.end(), ',', separator);
    for (const char point : {'.', ','}) {
      std::string numbers = text;
      std::replace(numbers.begin(), numbers.end(), '_', point);
      const SceneDescription scene = Read(numbers);
      EXPECT_TRUE(IsRealityCaptureCsv(folder_ / "cameras.csv"));
      ASSERT_EQ(scene.photos.size(), 1u);
      EXPECT_NEAR(CameraCenterInWorld(scene.photos[0].camera_from_world).y, -2.25, 1e-12);
      EXPECT_THAT(scene.photos[0].intrinsics.params, ::testing::Contains(0.125));
    }
  }
}

TEST_F(RealityCaptureReader, WithoutAnglesACameraLooksDownWithTheUpperSideToTheNorth) {
  const Rigid3 pose = Read(kPose + "\na.png,1,2,3,0,0,0,18\n").photos[0].camera_from_world;
  const Vec3<double> below = pose * Vec3<double>{1, 2, 0}, north = pose * Vec3<double>{1, 3, 0};
  EXPECT_NEAR(below.z, 3, 1e-12);
  EXPECT_NEAR(north.y, -1, 1e-12);
  EXPECT_NEAR(north.x, 0, 1e-12);
}

TEST_F(RealityCaptureReader, ColumnsMayStandInAnyOrderAndNamesInQuotationMarks) {
  WriteImage(folder_ / "images/c, \"d\".png", Image8(40, 30, 3));
  const SceneDescription scene = Read(
      "\xef\xbb\xbf#cameras 1\r\n\r\n#name, f, Roll, Pitch, Yaw, alt, y, x, px, extra\r\n\"c, \"\"d\"\".png\", 18, 0, "
      "0, 0, 3, 2, 1, "
      "0.05, word\r\n");
  EXPECT_EQ(scene.photos[0].name, "c, \"d\".png");
  EXPECT_THAT(scene.photos[0].intrinsics.params, ElementsAre(20, 20, 22, 15));
}

TEST_F(RealityCaptureReader, OtherTablesAreNoPoses) {
  for (const std::string text :
       {"", "\n\n", "name,x,y\n", "#name,x,y,alt\na,1,2,3\n", "#name,x,y,alt,heading,pitch,roll\na,1,2,3,0,0,0\n",
        "name,latitude,longitude,altitude,yaw,pitch,roll\n", "\x01\x02\x03"}) {
    WriteBytes(folder_ / "flight.csv", text);
    EXPECT_FALSE(IsRealityCaptureCsv(folder_ / "flight.csv")) << text;
  }
  EXPECT_THAT(ErrorOf("#name,x,y,alt,heading,pitch,roll\na,1,2,3,0,0,0\n"),
              AllOf(HasSubstr("the columns f are missing"), HasSubstr("Internal/External camera parameters")));
}

TEST_F(RealityCaptureReader, FewerCamerasThanAreAnnouncedAreAWarning) {
  EXPECT_THAT(Read("#cameras 3\n" + kPose + "\na.png,1,2,3,0,0,0,18\n").warnings,
              ElementsAre(HasSubstr("announces 3 cameras and holds 1")));
}

TEST_F(RealityCaptureReader, EveryBeginningOfAFileIsReadOrRefusedInOneLine) {
  const std::string whole = "#cameras 1\r\n" + kPose + ",px,k1\r\n\"a.png\",1,2,3,10,20,30,18,0.01,-1e-3\r\n";
  for (size_t size = 0; size <= whole.size(); ++size) {
    try {
      EXPECT_EQ(Read(whole.substr(0, size)).photos.size(), 1u);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), AllOf(HasSubstr(folder_ / "cameras.csv"), Not(HasSubstr("\n"))));
    }
  }
}

TEST_F(RealityCaptureReader, ACameraThatCannotBeUsedLeavesTheOthers) {
  const SceneDescription scene = Read(kPose + "\na.png,1,2,3,0,0,0,-1\nb.png,4,5,6,0,0,0,18\n");
  ASSERT_EQ(scene.photos.size(), 2u);
  EXPECT_THAT(scene.photos[0].problem, AllOf(HasSubstr("line 2"), HasSubstr("the focal length -1 is not positive")));
  EXPECT_EQ(scene.photos[1].problem, "");
}

TEST_F(RealityCaptureReader, APrincipalPointThatIsNoNumberLeavesTheOthers) {
  for (const std::string wrong : {"", "nan", "wide"}) {
    const SceneDescription scene =
        Read(kPose + ",py,px\na.png,1,2,3,0,0,0,18,0," + wrong + "\nb.png,4,5,6,0,0,0,36,0,3.6\n");
    ASSERT_EQ(scene.photos.size(), 2u);
    EXPECT_THAT(scene.photos[0].problem, HasSubstr("line 2: '" + wrong + "' in the column px is not a number"));
    EXPECT_EQ(scene.photos[1].problem, "");
    EXPECT_THAT(scene.photos[1].intrinsics.params, ElementsAre(60, 60, 21, 30)) << "in millimetres";
  }
}

TEST_F(RealityCaptureReader, OfTwoLinesOfAPhotoTheFirstCounts) {
  const SceneDescription scene = Read(kPose + "\na.png,1,2,3,0,0,0,18\na.png,4,5,6,0,0,0,18\n");
  ASSERT_EQ(scene.photos.size(), 1u);
  EXPECT_NEAR(CameraCenterInWorld(scene.photos[0].camera_from_world).x, 1, 1e-12);
  EXPECT_THAT(scene.warnings, ::testing::Contains(HasSubstr("more than one entry for a.png")));
}

TEST_F(RealityCaptureReader, DamagedLinesAreRefused) {
  EXPECT_THAT(ErrorOf(kPose + "\n"), HasSubstr("holds no cameras"));
  EXPECT_THAT(ErrorOf(kPose + "\na.png,1,2,3,0,0,0,18\nb.png,4,5\n"), HasSubstr("line 3: has 3 of 8 columns"));
  EXPECT_THAT(ErrorOf(kPose + "\na.png,1,2,3,0,0,0,wide\n"), HasSubstr("line 2: 'wide' in the column f"));
  EXPECT_THAT(ErrorOf(kPose + "\na.png,1,nan,3,0,0,0,18\n"), HasSubstr("'nan' in the column y"));
  EXPECT_THAT(ErrorOf(kPose + "\na.png,1,2,3,0,0,0,0\n"), HasSubstr("the focal length 0 is not positive"));
  EXPECT_THAT(ErrorOf(kPose + "\n,1,2,3,0,0,0,18\n"), HasSubstr("names no photo"));
}

TEST_F(RealityCaptureReader, WithoutAnyPhotoTheSizeIsUnknown) {
  std::filesystem::remove_all(folder_ / "images");
  std::filesystem::create_directory(folder_ / "images");
  EXPECT_THAT(ErrorOf(kPose + "\na.png,1,2,3,0,0,0,18\n"), HasSubstr("no photo is there to tell it"));
}

}  // namespace
}  // namespace splat::data
