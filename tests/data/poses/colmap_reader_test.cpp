#include "data/poses/colmap_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "io/atomic_file.h"
#include "tests/support/colmap_model.h"
#include "tests/support/read_poses.h"
#include "tests/support/test_data.h"

namespace splat::data {
namespace {

using splat::testing::Bytes;
using splat::testing::ErrorMessageOf;
using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST_F(ColmapReader, ReadsCamerasPosesAndPoints) {
  const SceneDescription scene = Read();
  EXPECT_EQ(scene.source, "COLMAP model " + folder_.path() + " (binary)");
  EXPECT_THAT(scene.warnings, IsEmpty());
  ASSERT_THAT(scene.photos, SizeIs(2));
  const PosedPhoto& a = scene.photos[0];
  EXPECT_EQ(a.name, "a.jpg");
  EXPECT_EQ(a.path, "/photos/a.jpg");
  EXPECT_EQ(a.intrinsics.model, CameraModel::kPinhole);
  EXPECT_EQ(a.intrinsics.width, 640);
  EXPECT_EQ(a.intrinsics.height, 480);
  EXPECT_THAT(a.intrinsics.params, ElementsAre(500, 510, 320, 240));
  EXPECT_EQ(a.camera_from_world.translation.y, -1);
  EXPECT_FALSE(a.split.has_value());
  // The quarter turn takes x to y, and the quaternion's length does not matter.
  const Vec3<double> turned = scene.photos[1].camera_from_world * Vec3<double>{1, 0, 0};
  EXPECT_NEAR(turned.x, 1, kRounding);
  EXPECT_NEAR(turned.y, 3, kRounding);
  EXPECT_NEAR(turned.z, 3, kRounding);
  ASSERT_THAT(scene.points.positions, SizeIs(2));
  EXPECT_EQ(scene.points.positions[1].y, 5);
  EXPECT_EQ(scene.points.colors[0].x, 10);
  EXPECT_EQ(scene.points.colors[0].z, 255);
}

// Only the points that are there count; the others, and those that belong to none, are left out.
TEST_F(ColmapReader, ReadsWherePhotosSeePoints) {
  const auto point_2d = [](double x, double y, uint64_t point) { return Bytes(x) + Bytes(y) + Bytes(point); };
  WriteImages(Counted({Bytes(uint32_t(4)) + AllBytes(kTurnedPose) + Bytes(uint32_t(1)) + std::string("b.jpg\0", 6) +
                       Bytes(uint64_t(4)) + point_2d(1.5, 2.5, 2) + point_2d(3, 4, ~uint64_t(0)) + point_2d(5, 6, 7) +
                       point_2d(7, 8, 1)}));
  const SceneDescription binary = Read();
  ASSERT_THAT(binary.photos[0].observations, SizeIs(2));
  EXPECT_EQ(binary.photos[0].observations[0].point, 1u);  // the second point, whose id is 2
  EXPECT_EQ(binary.photos[0].observations[0].x, 1.5);
  EXPECT_EQ(binary.photos[0].observations[0].y, 2.5);
  EXPECT_EQ(binary.photos[0].observations[1].point, 0u);
  WriteTextModel();
  WriteBytes(folder_ / "images.txt", "4 1 0 0 0 1 2 3 3 b.jpg\n1.5 2.5 2 3 4 -1 5 6 7\n");
  const SceneDescription text = Read();
  ASSERT_THAT(text.photos[0].observations, SizeIs(1));
  EXPECT_EQ(text.photos[0].observations[0].point, 1u);
  EXPECT_EQ(text.photos[0].observations[0].y, 2.5);
}

TEST_F(ColmapReader, TellsTheErrorOfItsPointsInPixelsOfUsualPhotos) {
  EXPECT_DOUBLE_EQ(Read().reprojection_error_px, 0.375 * kReprojectionSide_px / 640);
  std::filesystem::remove(folder_ / "points3D.bin");
  EXPECT_EQ(Read().reprojection_error_px, -1);
}

TEST_F(ColmapReader, SummarizesImagesPointsAndError) {
  const ColmapModelSummary summary = SummarizeColmapModel(folder_.path());
  EXPECT_EQ(summary.images, 2u);
  EXPECT_EQ(summary.points, 2u);
  EXPECT_DOUBLE_EQ(summary.mean_reprojection_error_px, 0.375);
}

TEST_F(ColmapReader, KeepsNamesWithBlanksBracketsAndUtf8) {
  const std::string name = "sub dir/photo (1) [x] \xe5\x86\x99\xe7\x9c\x9f.jpg";
  WriteImages(Counted({ImageBytes(1, kIdentityPose, 1, name)}));
  EXPECT_EQ(Read().photos.at(0).name, name);
  EXPECT_EQ(Read().photos.at(0).path, "/photos/" + name);
}

TEST_F(ColmapReader, RefusesTruncatedCameras) {
  ExpectAllPrefixesAreRefused("cameras.bin");
}
TEST_F(ColmapReader, RefusesTruncatedImages) {
  ExpectAllPrefixesAreRefused("images.bin");
}

// Poses are of use without points, and with a part of them.
TEST_F(ColmapReader, TakesWhatIsWholeOfTruncatedPointsAndSaysIt) {
  const std::string whole = Counted({PointBytes(1, 1, 2, 3), PointBytes(2, 4, 5, 6), PointBytes(3, 7, 8, 9)});
  const size_t record = PointBytes(1, 1, 2, 3).size();
  for (size_t size = 1; size < whole.size(); ++size) {
    WritePoints(whole.substr(0, size));
    const SceneDescription scene = Read();
    EXPECT_THAT(scene.photos, SizeIs(2));
    const size_t taken = size < 8 ? 0 : (size - 8) / record;
    ASSERT_THAT(scene.points.positions, SizeIs(taken)) << size;
    EXPECT_THAT(scene.points.colors, SizeIs(taken));
    ASSERT_THAT(scene.warnings,
                ElementsAre(AllOf(HasSubstr("points3D.bin: "), HasSubstr("copy it again"), Not(HasSubstr("\n")),
                                  HasSubstr(taken > 0 ? StrCat("the ", taken, " points of it that are whole are taken")
                                                      : "its points are not used"))))
        << size;
  }
  EXPECT_EQ(SummarizeColmapModel(folder_.path()).points, 2u);
  EXPECT_THAT(SummarizeColmapModel(folder_.path()).damage, HasSubstr("points3D.bin: ends within point 3 of 3"));
}

TEST_F(ColmapReader, TakesThePointsOfAnotherFileIfTheFirstIsDamaged) {
  WritePoints("damaged");
  WriteBytes(folder_ / "points3D.txt", "1 1 2 3 10 20 255 0.5\n");
  const SceneDescription scene = Read();
  EXPECT_THAT(scene.points.positions, SizeIs(1));
  EXPECT_THAT(scene.warnings,
              ElementsAre(HasSubstr("its points are not used"), HasSubstr("the points are taken from ")));
}

TEST_F(ColmapReader, RefusesEmptyFilesOfCamerasAndImages) {
  WriteImages("");
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("images.bin"), HasSubstr("holds no images")));
  WriteCameras("");
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("cameras.bin"), HasSubstr("holds no cameras")));
}

TEST_F(ColmapReader, RefusesZeroCamerasAndZeroImages) {
  WriteImages(Counted({}));
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("images.bin"), HasSubstr("holds no images")));
  WriteCameras(Counted({}));
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("cameras.bin"), HasSubstr("holds no cameras")));
}

TEST_F(ColmapReader, AcceptsEmptyOrZeroPointsWithAWarning) {
  for (const std::string& bytes : {std::string(), Counted({})}) {
    WritePoints(bytes);
    const SceneDescription scene = Read();
    EXPECT_THAT(scene.photos, SizeIs(2));
    EXPECT_THAT(scene.points.positions, IsEmpty());
    EXPECT_THAT(scene.warnings, ::testing::Contains(AllOf(HasSubstr("points3D.bin"), HasSubstr("holds no points"))));
  }
}

TEST_F(ColmapReader, RefusesAbsurdCountsBeforeTakingMemory) {
  const std::string absurd = Bytes(uint64_t(1) << 60);
  WritePoints(absurd + PointBytes(1, 1, 2, 3));
  EXPECT_THAT(Read().points.positions, SizeIs(1));
  EXPECT_THAT(Read().warnings, ElementsAre(HasSubstr("points3D.bin: ends within point 2 of 1152921504606846976")));
  WriteImages(Bytes(~uint64_t(0)) + ImageBytes(1, kIdentityPose, 1, "a.jpg"));
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("images.bin"), HasSubstr("18446744073709551615 images")));
  WriteCameras(absurd);
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("cameras.bin"), HasSubstr("has room for at most 0")));
}

TEST_F(ColmapReader, RefusesAbsurdCountsWithinAnEntry) {
  std::string image = ImageBytes(1, kIdentityPose, 1, "a.jpg");
  image.replace(image.size() - 2 * 24 - 8, 8, Bytes(~uint64_t(0) / 24 + 2));  // times 24 is a small number modulo 2^64
  WriteImages(Counted({image}));
  EXPECT_THAT(ReadError(), HasSubstr("images.bin: ends within image 1 of 1"));
}

TEST_F(ColmapReader, RefusesAnUnknownCameraId) {
  WriteImages(Counted({ImageBytes(1, kIdentityPose, 9, "a.jpg")}));
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("images.bin"), HasSubstr("a.jpg"), HasSubstr("camera 9")));
}

TEST_F(ColmapReader, RefusesAnUnknownModelId) {
  WriteCameras(Counted({CameraBytes(5, 77, 640, 480, {500, 510, 320, 240})}));
  EXPECT_THAT(ReadError(), AllOf(HasSubstr("cameras.bin"), HasSubstr("id 5"), HasSubstr("model id 77")));
}

TEST_F(ColmapReader, RefusesImpossibleCameras) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {CameraBytes(1, 1, 0, 480, {500, 510, 320, 240}), "0 x 480"},
      {CameraBytes(1, 1, 640, uint64_t(1) << 40, {500, 510, 320, 240}), "1099511627776"},
      {CameraBytes(1, 1, 640, 480, {500, -510, 320, 240}), "focal length -510"},
      {CameraBytes(1, 1, 640, 480, {0, 510, 320, 240}), "focal length 0"},
      {CameraBytes(1, 1, 640, 480, {500, 510, kNan, 240}), "not finite"},
  };
  for (const auto& [bytes, expected] : cases) {
    WriteCameras(Counted({bytes}));
    EXPECT_THAT(ReadError(), AllOf(HasSubstr("cameras.bin: camera 1"), HasSubstr(expected)));
  }
}

TEST_F(ColmapReader, RefusesImpossiblePoses) {
  const std::vector<std::pair<std::vector<double>, std::string>> cases = {
      {{0, 0, 0, 0, 1, 2, 3}, "rotation is zero"},
      {{1, kNan, 0, 0, 1, 2, 3}, "not finite"},
      {{1, 0, 0, 0, 1, -std::numeric_limits<double>::infinity(), 3}, "not finite"},
  };
  for (const auto& [pose, expected] : cases) {
    WriteImages(Counted({ImageBytes(1, pose, 1, "a.jpg")}));
    EXPECT_THAT(ReadError(), AllOf(HasSubstr("images.bin"), HasSubstr("a.jpg"), HasSubstr(expected)));
  }
}

// One bad entry costs its photos.
TEST_F(ColmapReader, SaysOfWhichPhotosCameraOrPoseCannotBeUsed) {
  WriteCameras(Counted({CameraBytes(1, 1, 640, 480, {500, 510, 320, 240}), CameraBytes(2, 1, 640, 480, {0, 5, 1, 1})}));
  WriteImages(Counted({ImageBytes(1, kIdentityPose, 2, "a.jpg"), ImageBytes(2, kIdentityPose, 1, "b.jpg"),
                       ImageBytes(3, {0, 0, 0, 0, 1, 2, 3}, 1, "c.jpg")}));
  const SceneDescription scene = Read();
  ASSERT_THAT(scene.photos, SizeIs(3));
  EXPECT_THAT(scene.photos[0].problem, AllOf(HasSubstr("cameras.bin: camera 2"), HasSubstr("focal length 0")));
  EXPECT_EQ(scene.photos[1].problem, "");
  EXPECT_THAT(scene.photos[2].problem, AllOf(HasSubstr("images.bin: image 3"), HasSubstr("rotation is zero")));
  EXPECT_DOUBLE_EQ(scene.reprojection_error_px, 0.375 * kReprojectionSide_px / 640);
}

TEST_F(ColmapReader, OfTwoImagesOfOneNameAndTwoCamerasOfOneIdTheFirstCounts) {
  WriteCameras(
      Counted({CameraBytes(1, 1, 640, 480, {500, 510, 320, 240}), CameraBytes(1, 1, 640, 480, {900, 910, 320, 240})}));
  WriteImages(Counted({ImageBytes(1, kIdentityPose, 1, "a.jpg"), ImageBytes(2, {1, 0, 0, 0, 7, 8, 9}, 1, "a.jpg")}));
  const SceneDescription scene = Read();
  ASSERT_THAT(scene.photos, SizeIs(1));
  EXPECT_EQ(scene.photos[0].intrinsics.params[0], 500);
  EXPECT_NE(scene.photos[0].camera_from_world.translation.x, 7);
  EXPECT_THAT(scene.warnings, ::testing::IsSupersetOf({HasSubstr("camera 1 is there twice; the first entry counts"),
                                                       HasSubstr("more than one entry for a.jpg")}));
}

TEST_F(ColmapReader, AnImageOfACameraThatIsNotThereLeavesTheOthers) {
  WriteImages(Counted({ImageBytes(1, kIdentityPose, 9, "a.jpg"), ImageBytes(2, kIdentityPose, 1, "b.jpg")}));
  const SceneDescription scene = Read();
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_THAT(scene.photos[0].problem, AllOf(HasSubstr("a.jpg"), HasSubstr("camera 9 is not in")));
  EXPECT_EQ(scene.photos[1].problem, "");
}

TEST_F(ColmapReader, RefusesImagesWithoutName) {
  WriteImages(Counted({ImageBytes(3, kIdentityPose, 1, "")}));
  EXPECT_THAT(ReadError(), HasSubstr("image 3 has no name"));
}

TEST_F(ColmapReader, LeavesOutPointsThatAreNotFinite) {
  WritePoints(Counted({PointBytes(1, 1, kNan, 3), PointBytes(2, 4, 5, 6), PointBytes(3, 1e300, 0, 0)}));
  const SceneDescription scene = Read();
  ASSERT_THAT(scene.points.positions, SizeIs(1));
  EXPECT_THAT(scene.points.colors, SizeIs(1));
  EXPECT_EQ(scene.points.positions[0].x, 4);
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("2 of 3 points are not finite and were left out")));
}

TEST_F(ColmapReader, WarnsOfBytesAfterTheLastEntry) {
  WritePoints(Counted({PointBytes(1, 1, 2, 3)}) + "xyz");
  EXPECT_THAT(Read().warnings, ElementsAre(AllOf(HasSubstr("points3D.bin"), HasSubstr("3 bytes after"))));
}

TEST_F(ColmapReader, ReadsEveryCameraModel) {
  const std::vector<int> param_counts = {3, 4, 4, 5, 8, 8, 12, 5, 4, 5, 12, 16, 4, 5, 3, 4, 6, 2};
  for (size_t id = 0; id < param_counts.size(); ++id) {
    const std::vector<double> params(size_t(param_counts[id]), 0.5);
    WriteCameras(Counted({CameraBytes(1, int32_t(id), 640, 480, params)}));
    const SceneDescription scene = Read();
    EXPECT_EQ(int(scene.photos[0].intrinsics.model), int(id));
    EXPECT_EQ(scene.photos[0].intrinsics.params, params);
    EXPECT_THAT(scene.warnings, IsEmpty()) << id;
  }
}

TEST_F(ColmapReader, TakesPosesWithoutPointsAndSaysSo) {
  std::filesystem::remove(folder_ / "points3D.bin");
  EXPECT_TRUE(IsColmapModel(folder_.path()));
  const SceneDescription scene = Read();
  EXPECT_THAT(scene.photos, SizeIs(2));
  EXPECT_THAT(scene.points.positions, IsEmpty());
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("points3D.bin"), HasSubstr("random points"))));
  EXPECT_EQ(SummarizeColmapModel(folder_.path()).points, 0u);
}

TEST_F(ColmapReader, TakesThePointsOfThePlyWhereTheModelsOwnAreMissingOrEmpty) {
  WriteBytes(folder_ / "points3D.ply",
             "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\n"
             "property uchar red\nproperty uchar green\nproperty uchar blue\nend_header\n7 8 9 1 2 3\n");
  EXPECT_THAT(Read().points.positions, SizeIs(2)) << "the model's own points go first";
  for (const bool missing : {false, true}) {
    if (missing) {
      std::filesystem::remove(folder_ / "points3D.bin");
    } else {
      WritePoints("");
    }
    const SceneDescription scene = Read();
    ASSERT_THAT(scene.points.positions, SizeIs(1));
    EXPECT_EQ(scene.points.positions[0].z, 9);
    EXPECT_EQ(scene.points.colors[0].y, 2);
    EXPECT_THAT(scene.warnings.back(), HasSubstr("points are taken from " + (folder_ / "points3D.ply")));
  }
}

TEST_F(ColmapReader, TakesPointsOfTheOtherKind) {
  std::filesystem::remove(folder_ / "points3D.bin");
  WriteBytes(folder_ / "points3D.txt", "1 1 2 3 10 20 255 0.25\n");
  EXPECT_THAT(Read().points.positions, SizeIs(1));
  EXPECT_THAT(Read().warnings, IsEmpty());
}

// A points file without points says nothing of those that photos see, which another file may hold.
TEST_F(ColmapReader, ObservationsAreOfThePointsThatAreTaken) {
  WritePoints(Counted({}));
  WriteBytes(folder_ / "points3D.txt", "9 1 2 3 10 20 255 0.25\n7 1 2 3 10 20 255 0.25\n");
  SceneDescription scene = Read();
  ASSERT_THAT(scene.photos[0].observations, SizeIs(2));
  EXPECT_EQ(scene.photos[0].observations[0].point, 1u) << "of the point 7, which is the second";
  std::filesystem::remove(folder_ / "points3D.txt");
  scene = Read();
  EXPECT_THAT(scene.points.positions, IsEmpty());
  EXPECT_THAT(scene.photos[0].observations, IsEmpty()) << "there are no points";
}

TEST_F(ColmapReader, NamesWhatIsMissing) {
  std::filesystem::remove(folder_ / "images.bin");
  EXPECT_FALSE(IsColmapModel(folder_.path()));
  EXPECT_THAT(ReadError(), AllOf(HasSubstr(folder_.path()), HasSubstr("images.bin missing")));
  EXPECT_THAT(ErrorMessageOf([] { ReadColmapModel("/no/such/folder", ""); }), HasSubstr("does not exist"));
}

TEST_F(ColmapReader, PrefersBinaryAndIgnoresFilesOfRigsAndFrames) {
  WriteBytes(folder_ / "rigs.bin", "?");
  WriteBytes(folder_ / "frames.bin", "?");
  WriteBytes(folder_ / "cameras.txt", "?");
  EXPECT_THAT(Read().photos, SizeIs(2));
}

TEST(ColmapModelOfTestData, FoxHasItsPublishedNumbers) {
  SPLAT_TEST_DATA_OR_SKIP(model, "fox/sparse/0");
  const SceneDescription scene = ReadColmapModel(model, "");
  EXPECT_THAT(scene.photos, SizeIs(50));
  EXPECT_THAT(scene.points.positions, SizeIs(15090));
  EXPECT_EQ(scene.photos[0].intrinsics.model, CameraModel::kOpenCv);
  EXPECT_THAT(scene.warnings, IsEmpty());
  constexpr double kPrintedDigits = 0.005;  // datasets.md gives 0.91 px
  EXPECT_NEAR(SummarizeColmapModel(model).mean_reprojection_error_px, 0.91, kPrintedDigits);
}

TEST(ColmapModelOfTestData, MostPointsLieInFrontOfEveryFernCamera) {
  SPLAT_TEST_DATA_OR_SKIP(model, "fern/sparse/0");
  const SceneDescription scene = ReadColmapModel(model, "");
  EXPECT_THAT(scene.photos, SizeIs(20));
  EXPECT_EQ(scene.photos[0].intrinsics.model, CameraModel::kSimpleRadial);
  // LLFF's cameras all look the same way, so a wrong frame or transposed rotation would put points behind them.
  constexpr double kMost = 0.99;
  for (const PosedPhoto& photo : scene.photos) {
    size_t in_front = 0;
    for (const auto& point : scene.points.positions) in_front += (photo.camera_from_world * point).z > 0;
    EXPECT_GT(double(in_front), kMost * double(scene.points.positions.size())) << photo.name;
  }
}

TEST(ColmapModelOfTestData, DeskIsDistorted) {
  SPLAT_TEST_DATA_OR_SKIP(model, "desk/distorted/sparse/0");
  const SceneDescription scene = ReadColmapModel(model, "");
  EXPECT_THAT(scene.photos, SizeIs(29));
  EXPECT_THAT(scene.points.positions, SizeIs(7562));
  EXPECT_TRUE(HasDistortion(scene.photos[0].intrinsics));
  EXPECT_THAT(scene.photos[0].intrinsics.params.at(4), DoubleNear(0.024, 0.0005));  // k1 as datasets.md prints it
}

}  // namespace
}  // namespace splat::data
