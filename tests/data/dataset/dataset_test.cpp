#include "data/dataset/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>

#include "core/check.h"
#include "data/photos/image_io.h"
#include "io/atomic_file.h"
#include "tests/support/dataset_photos.h"
#include "tests/support/temp_dir.h"

namespace splat::data {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr double kPixelTolerance_px = 1e-9;

std::string ErrorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

class DatasetTest : public testing::DatasetPhotos {};

TEST_F(DatasetTest, MasksAndTransparencyReachTheViews) {
  AddPhoto("a.png", 60, 40);
  AddPhoto("b.png", 60, 40);
  Image8 mask(60, 40, 1);
  std::fill_n(mask.pixels.begin(), 60 * 30, uint8_t(255));
  WriteImage(dir_ / "mask.png", mask);
  scene_.photos[1].mask.path = dir_ / "mask.png";
  options_.alpha = "mask";
  const Dataset dataset = Build();
  ASSERT_THAT(dataset.views, SizeIs(2));
  EXPECT_EQ(dataset.views[0].mask.path, "");
  EXPECT_EQ(dataset.views[1].mask.path, dir_ / "mask.png");
  EXPECT_EQ(dataset.views[0].alpha, AlphaUse::kMask);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("Masks: 1 of 2 photos")));
}

TEST_F(DatasetTest, EmptyBordersAreLeftOutUnlessTheyAreWanted) {
  for (const std::string name : {"a.png", "b.png", "c.png", "d.png"}) {
    AddPhoto(name, 60, 40);
    Image8 photo(60, 40, 3);
    std::fill(photo.At(0, 5), photo.At(0, 39) + 3 * 60, uint8_t(scene_.photos.size() * 40));
    WriteImage(dir_ / name, photo);
  }
  EXPECT_EQ(Build().views[2].border.top, 8);
  EXPECT_THAT(log_, ElementsAre(HasSubstr("Borders: 8 rows at the top")));
  options_.borders = "off";
  EXPECT_TRUE(Build().views[2].border.IsEmpty());
}

TEST_F(DatasetTest, PhotoKeepsItsSizeByDefault) {
  AddPhoto("a.png", 60, 40);
  const Dataset dataset = Build();
  ASSERT_THAT(dataset.views, SizeIs(1));
  const View& view = dataset.views[0];
  EXPECT_EQ(view.name, "a.png");
  EXPECT_EQ(view.path, dir_ / "a.png");
  EXPECT_EQ(view.camera.width, 60);
  EXPECT_EQ(view.camera.height, 40);
  EXPECT_EQ(view.camera.fx, 54);
  EXPECT_EQ(view.camera.cy, 40 * 0.48);
  EXPECT_GT(dataset.extent, 0);
  EXPECT_TRUE(std::isfinite(dataset.extent));
}

TEST_F(DatasetTest, DownscaleAndTheLargestSizeRoundEachSide) {
  AddPhoto("a.png", 101, 67);
  options_.downscale = 2;
  View view = Build().views[0];
  EXPECT_EQ(view.camera.width, 51);
  EXPECT_EQ(view.camera.height, 34);
  EXPECT_NEAR(view.camera.fx, 101 * 0.9 * 51 / 101.0, kPixelTolerance_px);
  EXPECT_NEAR(view.camera.fy, 101 * 0.9 * 34 / 67.0, kPixelTolerance_px);
  EXPECT_NEAR(view.camera.cx, 25.5, kPixelTolerance_px);
  options_.max_image_size = 40;  // applies to what downscale leaves
  view = Build().views[0];
  EXPECT_EQ(view.camera.width, 40);
  EXPECT_EQ(view.camera.height, 27);
  options_.max_image_size = 60;  // already smaller
  EXPECT_EQ(Build().views[0].camera.width, 51);
}

TEST_F(DatasetTest, LargePhotosAreLimitedTo1600ByDefault) {
  AddPhoto("a.png", 40, 3200);
  scene_.photos[0].intrinsics.params = {3000, 3000, 20, 1600};
  const Camera camera = Build().views[0].camera;
  EXPECT_EQ(camera.height, 1600);
  EXPECT_EQ(camera.width, 20);
}

TEST_F(DatasetTest, DownscaleThatLeavesNothingNamesTheOption) {
  AddPhoto("a.png", 100, 60);
  options_.downscale = 50;
  EXPECT_THAT(ErrorOf([&] { Build(); }), AllOf(HasSubstr("--downscale 50"), HasSubstr("a.png")));
  options_.downscale = 1;
  options_.max_image_size = 20;
  EXPECT_THAT(ErrorOf([&] { Build(); }), HasSubstr("--max-image-size 20"));
}

TEST_F(DatasetTest, OptionsOutOfRangeAreRefused) {
  AddPhoto("a.png", 60, 40);
  options_.downscale = 0;
  EXPECT_THAT(ErrorOf([&] { Build(); }), HasSubstr("--downscale 0"));
  options_ = {};
  options_.test_every = -1;
  EXPECT_THAT(ErrorOf([&] { Build(); }), HasSubstr("--test-every -1"));
  options_ = {};
  options_.max_image_size = -5;
  EXPECT_THAT(ErrorOf([&] { Build(); }), HasSubstr("--max-image-size -5"));
  options_ = {};
  options_.background[1] = 255;
  EXPECT_THAT(ErrorOf([&] { Build(); }), HasSubstr("--background"));
}

TEST_F(DatasetTest, SizeThatDiffersFromTheCalibratedOneIsScaledWhereTheAspectAgrees) {
  WriteImage(dir_ / "a.png", Image8(63, 47, 3));  // of 252x189
  AddCamera("a.png", {CameraModel::kPinhole, 252, 189, {200, 210, 126, 90}});
  const Camera camera = Build().views[0].camera;
  EXPECT_EQ(camera.width, 63);
  EXPECT_EQ(camera.height, 47);
  EXPECT_NEAR(camera.fx, 50, kPixelTolerance_px);
  EXPECT_NEAR(camera.fy, 210 * 47 / 189.0, kPixelTolerance_px);
  EXPECT_NEAR(camera.cx, 31.5, kPixelTolerance_px);
}

TEST_F(DatasetTest, ACameraWithTheSizeOfAnotherVersionIsTakenAsOfThePhoto) {
  AddPhoto("a.png", 80, 60);
  scene_.photos[0].intrinsics.width = 160;
  scene_.photos[0].intrinsics.height = 120;
  const Dataset dataset = Build();
  ASSERT_THAT(dataset.views, SizeIs(1));
  EXPECT_NEAR(dataset.views[0].camera.fx, 72, kPixelTolerance_px);
  EXPECT_NEAR(dataset.views[0].camera.cx, 40, kPixelTolerance_px);
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("is the middle of the photo of 80 x 60 px"), HasSubstr("a.png"))));
}

TEST_F(DatasetTest, OtherAspectIsLeftOutByNameWithBothSizes) {
  AddPhoto("a.png", 60, 40);
  AddPhoto("b.png", 60, 40);
  WriteImage(dir_ / "c.png", Image8(40, 60, 3));
  AddCamera("c.png", scene_.photos[0].intrinsics);
  EXPECT_THAT(Build().views, SizeIs(2));
  EXPECT_THAT(log_,
              ElementsAre(AllOf(HasSubstr("c.png"), HasSubstr("40x60"), HasSubstr("60x40"), HasSubstr("left out"))));
}

TEST_F(DatasetTest, UnusablePhotosAreLeftOutByName) {
  for (const char* name : {"a.png", "b.png", "c.png", "d.png", "e.png"}) AddPhoto(name, 60, 40);
  std::filesystem::remove(dir_ / "b.png");
  WriteFileAtomically(dir_ / "d.png", [](std::ostream& out) { out << "no photo at all"; });
  const Dataset dataset = Build();
  ASSERT_THAT(dataset.views, SizeIs(3));
  EXPECT_EQ(dataset.views[1].name, "c.png");
  EXPECT_THAT(log_, ElementsAre(HasSubstr("b.png: does not exist"), HasSubstr("d.png: is not an image")));
}

TEST_F(DatasetTest, UnusablePhotosOfOneReasonShareALine) {
  for (const char* name : {"a.png", "b.png", "c.png", "d.png", "e.png"}) AddPhoto(name, 60, 40);
  for (const char* name : {"b.png", "d.png"}) std::filesystem::remove(dir_ / name);
  Build();
  EXPECT_THAT(log_, ElementsAre(HasSubstr("b.png: does not exist (left out, and for the same reason d.png)")));
}

TEST_F(DatasetTest, MoreUnusablePhotosThanGoodOnesAreAnErrorThatNamesThree) {
  for (const char* name : {"a.png", "b.png", "c.png", "d.png", "e.png", "f.png"}) AddPhoto(name, 60, 40);
  for (const char* name : {"a.png", "b.png", "c.png", "d.png"}) std::filesystem::remove(dir_ / name);
  EXPECT_THAT(ErrorOf([&] { Build(); }), AllOf(HasSubstr("4 of 6 photos"), HasSubstr("a.png"), HasSubstr("b.png"),
                                               HasSubstr("c.png"), ::testing::Not(HasSubstr("d.png"))));
}

TEST_F(DatasetTest, NoPhotosAreAnError) {
  scene_.source = "COLMAP model x";
  EXPECT_THAT(ErrorOf([&] { Build(); }), HasSubstr("COLMAP model x: holds no photos"));
}

TEST_F(DatasetTest, UnsupportedCameraModelIsRefusedByName) {
  AddPhoto("a.png", 60, 40);
  scene_.photos[0].intrinsics = {CameraModel::kFov, 60, 40, {50, 50, 30, 20, 0.5}};
  EXPECT_THAT(ErrorOf([&] { Build(); }), HasSubstr("FOV is not supported"));
}

TEST_F(DatasetTest, EveryNthPhotoOfTheSortedListIsHeldOut) {
  for (const char* name : {"c.png", "a.png", "e.png", "b.png", "d.png"}) AddPhoto(name, 60, 40);
  options_.test_every = 2;
  const Dataset dataset = Build();
  EXPECT_EQ(dataset.views[1].name, "b.png");
  EXPECT_THAT(dataset.ViewsOf(Split::kTest), ElementsAre(0, 2, 4));
  EXPECT_THAT(dataset.ViewsOf(Split::kTrain), ElementsAre(1, 3));
}

TEST_F(DatasetTest, SplitOfTheSourceIsKept) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 60, 40);
  for (PosedPhoto& photo : scene_.photos) photo.split = Split::kTrain;
  scene_.photos[1].split = Split::kTest;
  EXPECT_THAT(Build().ViewsOf(Split::kTest), ElementsAre(1));
  EXPECT_THAT(log_, SizeIs(0));
  options_.test_every = 2;
  EXPECT_THAT(Build().ViewsOf(Split::kTest), ElementsAre(1));
  EXPECT_THAT(log_, ElementsAre(HasSubstr("--test-every 2 is not used")));
}

TEST_F(DatasetTest, NoTrainingViewIsAnError) {
  AddPhoto("a.png", 60, 40);
  options_.test_every = 8;
  EXPECT_THAT(ErrorOf([&] { Build(); }), HasSubstr("--test-every 8"));
  options_.needs_training_views = false;
  EXPECT_THAT(Build().ViewsOf(Split::kTest), ElementsAre(0));
}

TEST_F(DatasetTest, PhotoTurnedByExifIsTurnedOnlyWhereTheModelIs) {
  for (const char* name : {"a.jpg", "b.jpg"}) {
    WriteImage(dir_ / name, Image8(60, 40, 3));
    SetOrientation(name, 6);
  }
  AddCamera("a.jpg", {CameraModel::kSimplePinhole, 60, 40, {50, 30, 20}});
  AddCamera("b.jpg", {CameraModel::kSimplePinhole, 40, 60, {50, 20, 30}});
  const Dataset dataset = Build();
  ASSERT_THAT(dataset.views, SizeIs(2));
  EXPECT_FALSE(dataset.views[0].rotate_to_model);
  EXPECT_EQ(dataset.views[0].exif_orientation, 6);
  EXPECT_EQ(dataset.views[0].camera.width, 60);
  EXPECT_TRUE(dataset.views[1].rotate_to_model);
  EXPECT_EQ(dataset.views[1].camera.width, 40);
  EXPECT_EQ(dataset.views[1].camera.height, 60);
}

TEST_F(DatasetTest, PointsThatNoCameraLooksAtAreLeftWithAWarning) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 60, 40);
  scene_.source = "COLMAP model x";
  for (int i = 0; i < 100; ++i) scene_.points.positions.push_back({0.01 * (i % 10), 0.01 * double(i / 10), 5});
  scene_.points.colors.assign(scene_.points.positions.size(), {1, 2, 3});
  EXPECT_THAT(Build().points.positions, SizeIs(100));
  EXPECT_THAT(log_, SizeIs(0));
  for (Vec3<double>& position : scene_.points.positions) position.z = -5;
  const Dataset dataset = Build();
  EXPECT_THAT(dataset.points.positions, SizeIs(0));
  EXPECT_THAT(dataset.points.colors, SizeIs(0));
  EXPECT_THAT(log_, ElementsAre(AllOf(HasSubstr("COLMAP model x: has points that no camera looks at"),
                                      HasSubstr("random points"))));
}

TEST_F(DatasetTest, PointsThatAreTooFewToStartFromAreSaid) {
  for (const char* name : {"a.png", "b.png", "c.png"}) AddPhoto(name, 60, 40);
  const auto few = [&](int count, const Vec3<double>& step, const Vec3<double>& bend) {
    log_.clear();
    scene_.points = {};
    for (int i = 0; i < count; ++i) {
      scene_.points.positions.push_back(Vec3<double>{-0.5, 0, 5} + double(i) * step + double(i % 2) * bend);
    }
    scene_.points.colors.assign(scene_.points.positions.size(), {1, 2, 3});
    const Dataset dataset = Build();
    EXPECT_THAT(dataset.points.positions, SizeIs(size_t(count))) << "they stay";
    EXPECT_EQ(dataset.few_points, !log_.empty());
    return log_.empty() ? "" : log_[0];
  };
  EXPECT_THAT(few(1, {}, {}), AllOf(HasSubstr("in only 1 place"), HasSubstr("random points")));
  EXPECT_THAT(few(9, {0.1, 0.1, 0}, {0.2, 0, 0}), HasSubstr("in only 9 places"));
  EXPECT_THAT(few(1000, {1e-7, 0, 0}, {}), HasSubstr("in only "));
  EXPECT_THAT(few(100, {0.01, 0.01, 0.02}, {}), HasSubstr("on one line"));
  EXPECT_EQ(few(100, {0.01, 0.01, 0.02}, {0.05, 0, 0}), "") << "on a plane before all cameras";
  EXPECT_EQ(few(0, {}, {}), "");
}

}  // namespace
}  // namespace splat::data
