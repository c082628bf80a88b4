// Models of COLMAP as text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tuple>

#include "tests/support/colmap_model.h"

namespace splat::data {
namespace {

using splat::testing::WriteBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(ColmapReader, ReadsTextModels) {
  WriteTextModel();
  EXPECT_TRUE(IsColmapModel(folder_.path()));
  const SceneDescription scene = Read();
  EXPECT_EQ(scene.source, "COLMAP model " + folder_.path() + " (text)");
  EXPECT_THAT(scene.warnings, IsEmpty());
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[0].name, "b.jpg");
  EXPECT_EQ(scene.photos[1].name, "my photo (1) \xc3\xa4.jpg");
  EXPECT_EQ(scene.photos[0].intrinsics.model, CameraModel::kRadial);
  EXPECT_THAT(scene.photos[0].intrinsics.params, ElementsAre(500, 320, 240, 0.01, -0.002));
  EXPECT_NEAR(scene.photos[0].camera_from_world.rotation(1, 0), 1, kRounding);
  ASSERT_THAT(scene.points.positions, SizeIs(2));
  EXPECT_EQ(scene.points.positions[1].z, 6);
  EXPECT_EQ(scene.points.colors[0].y, 20);
  const ColmapModelSummary summary = SummarizeColmapModel(folder_.path());
  EXPECT_EQ(summary.images, 2u);
  EXPECT_DOUBLE_EQ(summary.mean_reprojection_error_px, 0.375);
}

TEST_F(ColmapReader, ADamagedLineOfImagesCostsItsImage) {
  WriteTextModel();
  WriteBytes(folder_ / "images.txt",
             "2 1 0 0 0 0.5 -1 2 3 a.jpg\n1.5 2.5 7\n4 garbage\n1.5 2.5 7 3 4 -1\n5 1 0 0 0 1 2 3 3 b.jpg\n\n6 1 0\n");
  const SceneDescription scene = Read();
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[1].name, "b.jpg");
  EXPECT_THAT(scene.warnings, ElementsAre(AllOf(HasSubstr("images.txt: line 3: "), HasSubstr("'garbage'"),
                                                HasSubstr("(and 1 other lines)"), HasSubstr("are left out"))));
}

TEST_F(ColmapReader, TheLinesOf2dPointsMayBeMissing) {
  const std::string a = "2 1 0 0 0 0.5 -1 2 3 my photo 1 2.jpg", b = "4 1 0 0 0 1 2 3 3 cam 2/b.jpg";
  const std::string points = "1.5 2.5 7 3 4 -1";
  const std::vector<std::string> texts = {
      a + "\n" + b,                                                              // none
      a + "\n" + b + "\n",                                                       //
      a + "\n\n" + b + "\n\n",                                                   // empty
      a + "\n" + b + "\n" + points + "\n",                                       // of the first one only
      a + "\n" + points + "\n" + b + "\n",                                       // of the last one only
      "# c\r\n" + a + "  \r\n" + b + "\t\r\n",                                   // CR LF and blanks at the end
      a + "\n# a comment\n" + b + "\n# end\n",                                   // comments in their places
      a + "\n# a comment\n" + points + "\n# another\n\n" + b + "\n# end\n\n\n",  // comments and empty lines
      "\n\n" + a + "\n\n\n\n" + b + "\n",                                        // empty lines anywhere
      "\xef\xbb\xbf" + a + "\n   \n" + b + "\n   ",                              // blank ones
  };
  for (const std::string& text : texts) {
    WriteTextModel();
    WriteBytes(folder_ / "images.txt", text);
    const SceneDescription scene = Read();
    ASSERT_THAT(scene.photos, SizeIs(2)) << text;
    EXPECT_EQ(scene.photos[0].name, "cam 2/b.jpg") << text;
    EXPECT_EQ(scene.photos[1].name, "my photo 1 2.jpg") << text;
    EXPECT_EQ(scene.photos[1].camera_from_world.translation.x, 0.5) << text;
    EXPECT_THAT(scene.warnings, IsEmpty()) << text;
  }
}

// Numbers in the place of a name make no points of an image, nor whole coordinates an image of points.
TEST_F(ColmapReader, LinesOfImagesAndOf2dPointsAreToldApartByTheirNumbers) {
  WriteTextModel();
  WriteBytes(folder_ / "images.txt", "2 1 0 0 0 1 2 3 3 1\n1 2 3 4 5 6 7 8 9 10 11 12\n4 1 0 0 0 1 2 3 3 0002\n");
  const SceneDescription scene = Read();
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[0].name, "0002");
  EXPECT_EQ(scene.photos[1].name, "1");
}

TEST_F(ColmapReader, PointsOfTextMayHaveNoTracksNoErrorOrNoFile) {
  WriteTextModel();
  WriteBytes(folder_ / "points3D.txt",
             "1 1 2 3 10 20 255 0.25\r\n# c\r\n\r\n2 4 5 6 1 2 3 \t\r\n3 7 8 9 1 2 3 0.5 1 0");
  EXPECT_THAT(Read().points.positions, SizeIs(3));
  EXPECT_THAT(Read().warnings, ElementsAre(HasSubstr("1 of 3 rows have no reprojection error")));
  std::filesystem::remove(folder_ / "points3D.txt");
  EXPECT_THAT(Read().warnings, ElementsAre(HasSubstr("random points")));
}

// Poses are of use without points.
TEST_F(ColmapReader, LeavesOutMalformedLinesOfPoints) {
  WriteTextModel();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1 1 2 3 10 20 256 0.25\n", "points3D.txt: line 2: a colour (0 to 255) expected, '256' found"},
      {"1 1 2 3 10 20 255 0.25 1\n", "track element"},
      {"1 1 2x 3 10 20 255 0.25\n", "'2x' found"}};
  const std::string good = "7 4 5 6 1 2 3 0.5\n";
  for (const auto& [line, expected] : cases) {
    WriteBytes(folder_ / "points3D.txt", "# Number of points: 2\n" + line + good);
    const SceneDescription scene = Read();
    ASSERT_THAT(scene.points.positions, SizeIs(1));
    EXPECT_EQ(scene.points.positions[0].x, 4);
    EXPECT_EQ(scene.points.colors.at(0).z, 3);
    EXPECT_THAT(scene.warnings,
                ElementsAre(AllOf(HasSubstr(expected), HasSubstr("the 1 points of it that are whole are taken"))));
    WriteBytes(folder_ / "points3D.txt", line + line);
    EXPECT_THAT(Read().points.positions, IsEmpty());
    EXPECT_THAT(Read().warnings, ElementsAre(HasSubstr("its points are not used")));
  }
}

TEST_F(ColmapReader, RefusesMalformedTextByLine) {
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"cameras.txt", "1 PINHOLE 640 480 500 510 320\n", "cameras.txt: line 1: a camera parameter"},
      {"cameras.txt", "1 PINHOLE 640 480 500 510 320 240 9\n", "has 4 parameters"},
      {"cameras.txt", "# c\n1 PINOLE 640 480 1 2\n", "cameras.txt: line 2: camera 1: unknown camera model 'PINOLE'"},
      {"cameras.txt", "1 PINHOLE 640.5 480 500 510 320 240\n", "the width in pixels expected, '640.5' found"},
      {"images.txt", "2 1 0 0 0 0.5 -1\n", "images.txt: line 1: a translation component"},
      {"images.txt", "2 1 0 0 0 1 2 3 3 a.jpg\n4 1 0 0 x 1 2 3 3 b.jpg\n", "images.txt: line 2"},
      {"images.txt", "2 1 0 0 0 1 2 3 3 a.jpg\n1.5 2.5 -1 3\n", "images.txt: line 2: y of a 2D point"},
      {"images.txt", "2 1 0 0 0 1 2 3 3 \n\n", "image 2 has no name"},
  };
  for (const auto& [name, content, expected] : cases) {
    WriteTextModel();
    WriteBytes(folder_ / name, content);
    EXPECT_THAT(ReadError(), HasSubstr(expected));
  }
}

TEST_F(ColmapReader, WarnsWhenATextFileHoldsFewerEntriesThanItsCommentSays) {
  WriteTextModel();
  WriteBytes(folder_ / "points3D.txt", "# Number of points: 3, mean track length: 4\n1 nan 2 3 10 20 255 0.25\n");
  EXPECT_THAT(Read().warnings, ElementsAre(HasSubstr("announces 3 points, it holds 1"), HasSubstr("1 of 1 points is")));
}

TEST_F(ColmapReader, TakesTextPointsWithoutErrorOrWithColoursAsFractionsAndSaysItOnce) {
  WriteTextModel();
  WriteBytes(folder_ / "points3D.txt", "1 1 2 3 10 20 255\n2 4 5 6 1 2 3\n3 4 5 6 1 2 3 2 7\n");
  SceneDescription scene = Read();
  ASSERT_THAT(scene.points.positions, SizeIs(3));
  EXPECT_EQ(scene.points.colors[0].z, 255);
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("3 of 3 rows have no reprojection error")));
  WriteBytes(folder_ / "points3D.txt", "1 1 2 3 163.0 20.0 255.0 0.5\n2 4 5 6 0.0 1.0 0.6 0.5 1 0\n");
  scene = Read();
  ASSERT_THAT(scene.points.colors, SizeIs(2));
  EXPECT_EQ(scene.points.colors[0].x, 163);
  EXPECT_EQ(scene.points.colors[1].z, 1);
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("no whole numbers; they were rounded")));
  WriteBytes(folder_ / "points3D.txt", "1 1 2 3 0.2 0 1 0.5\n2 4 5 6 1 1 1 0.5\n");
  scene = Read();
  EXPECT_EQ(scene.points.colors.at(0).x, 51);
  EXPECT_EQ(scene.points.colors.at(1).y, 255);
  EXPECT_THAT(scene.warnings, ElementsAre(HasSubstr("multiplied by 255")));
}

TEST_F(ColmapReader, TakesTextWithCommentsBlankLinesCarriageReturnsAndAByteOrderMark) {
  WriteTextModel();
  const SceneDescription plain = Read();
  WriteBytes(folder_ / "cameras.txt",
             "\xef\xbb\xbf# Camera list\r\n\r\n   \r\n3 RADIAL 640 480 500 320 240 0.01 -0.002\r\n\r\n# end\r\n");
  const SceneDescription scene = Read();
  ASSERT_THAT(scene.photos, SizeIs(2));
  EXPECT_EQ(scene.photos[0].intrinsics.params, plain.photos[0].intrinsics.params);
}

}  // namespace
}  // namespace splat::data
