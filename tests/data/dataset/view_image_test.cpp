// What becomes of a photo on its way to the training: its pixels, and which of them count.
#include "data/dataset/view_image.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/check.h"
#include "core/random.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "io/atomic_file.h"
#include "io/read_file.h"
#include "tests/support/error_message.h"
#include "tests/support/pinhole_view.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace splat::data {
namespace {

using splat::testing::ErrorMessageOf;
using splat::testing::PinholeView;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LoadViewTest, TransparencyIsCompositedBeforeAnythingIsAveraged) {
  const testing::TempDir dir;
  Image8 image(32, 32, 4);  // left: opaque green; right: transparent red, which must not be seen
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) {
      image.At(x, y)[x < 17 ? 1 : 0] = 255;
      image.At(x, y)[3] = x < 17 ? 255 : 0;
    }
  }
  WriteImage(dir / "a.png", image);
  View view = PinholeView(dir / "a.png", 32, 32);
  view.camera = ResizedCamera(view.camera, 16, 16);
  const Image8 loaded = LoadView(view, {0, 0, 1}, {}).image;
  ASSERT_EQ(loaded.channels, 3);
  EXPECT_THAT(std::vector<uint8_t>(loaded.At(0, 3), loaded.At(0, 3) + 3), ElementsAre(0, 255, 0));
  EXPECT_THAT(std::vector<uint8_t>(loaded.At(15, 3), loaded.At(15, 3) + 3), ElementsAre(0, 0, 255));
  EXPECT_EQ(loaded.At(8, 3)[0], 0);  // half of each
  EXPECT_NEAR(loaded.At(8, 3)[1], 127.5, 0.5);
}

TEST(LoadViewTest, MissingRowsOfATruncatedJpegDoNotCount) {
  const testing::TempDir dir;
  const std::string path = dir / "a.jpg";
  Image8 noise(160, 320, 3);
  Random random(7);
  for (uint8_t& value : noise.pixels) value = uint8_t(random.Below(256));
  WriteImage(path, noise);
  View view = PinholeView(path, 160, 320);
  EXPECT_TRUE(LoadView(view, {0, 0, 0}, {}).weights.pixels.empty());
  const std::string bytes = ReadFile(path);
  WriteFileAtomically(path, [&](std::ostream& stream) { stream << bytes.substr(0, bytes.size() / 2); });
  const int good = 320 - ReadPhoto(path).missing_rows;
  std::string warning;
  for (const int scale : {1, 2}) {
    view.camera = ResizedCamera(view.camera, 160 / scale, 320 / scale);
    const Image8 weights =
        LoadView(view, {0, 0, 0}, [&](LogLevel, const std::string& line) { warning = line; }).weights;
    ASSERT_EQ(weights.height, 320 / scale);
    ASSERT_EQ(weights.channels, 1);
    for (int y = 0; y < weights.height; ++y) {
      if (y * scale < good && (y + 1) * scale > good) continue;  // half of the row is missing
      ASSERT_EQ(*weights.At(3, y), y * scale < good ? 255 : 0) << scale << ", row " << y;
    }
  }
  EXPECT_THAT(warning, HasSubstr("a.jpg: the file ends early; the last " + std::to_string(320 - good) +
                                 " of its 320 rows are missing and do not count"));

  std::string damaged = bytes;
  damaged.replace(bytes.size() / 2, 4, std::string("\xff\xe5\0\2", 4));  // a marker amid the data
  WriteFileAtomically(path, [&](std::ostream& stream) { stream << damaged; });
  LoadView(view, {0, 0, 0}, [&](LogLevel, const std::string& line) { warning = line; });
  EXPECT_THAT(warning, HasSubstr("a.jpg: its data are damaged; the last "));
}

TEST(LoadViewTest, IsTurnedToTheModelOnlyWhenTheViewSaysSo) {
  const testing::TempDir dir;
  Image8 image(32, 16, 3);
  std::fill_n(image.pixels.begin(), 32 * 3, uint8_t(255));  // first row white
  WriteImage(dir / "a.png", image);
  View view = PinholeView(dir / "a.png", 32, 16);
  view.exif_orientation = 6;
  EXPECT_EQ(LoadView(view, {0, 0, 0}, {}).image.pixels, image.pixels);
  view = PinholeView(dir / "a.png", 16, 32);
  view.exif_orientation = 6;
  view.rotate_to_model = true;
  const Image8 turned = LoadView(view, {0, 0, 0}, {}).image;
  EXPECT_EQ(turned.height, 32);
  EXPECT_EQ(turned.At(15, 20)[0], 255);  // orientation 6: the stored first row is the displayed right edge
  EXPECT_EQ(turned.At(0, 0)[0], 0);
}

// A mask that keeps the columns left of `end`.
Image8 KeepsLeft(int width, int height, int end) {
  Image8 mask(width, height, 1);
  for (int y = 0; y < height; ++y) std::fill_n(mask.At(0, y), end, uint8_t(255));
  return mask;
}

TEST(LoadViewTest, PixelsCountThatTheMaskKeepsWhole) {
  const testing::TempDir dir;
  WriteImage(dir / "a.png", Image8(64, 32, 3));
  WriteImage(dir / "mask.png", KeepsLeft(64, 32, 31));
  View view = PinholeView(dir / "a.png", 64, 32);
  EXPECT_EQ(BytesOf(view), 64 * 32 * 3);
  view.mask.path = dir / "mask.png";
  EXPECT_EQ(BytesOf(view), 64 * 32 * 4);
  EXPECT_EQ(LoadView(view, {0, 0, 0}, {}).weights.pixels, KeepsLeft(64, 32, 31).pixels);
  view.camera = ResizedCamera(view.camera, 16, 8);
  const ViewImage small = LoadView(view, {0, 0, 0}, {});
  EXPECT_EQ(small.weights.pixels, KeepsLeft(16, 8, 7).pixels) << "the eighth column is not kept whole";
  EXPECT_EQ(ResizeView(small, 8, 4).weights.pixels, KeepsLeft(8, 4, 3).pixels);
  WriteImage(dir / "mask.png", KeepsLeft(16, 8, 7));
  EXPECT_EQ(LoadView(view, {0, 0, 0}, {}).weights.pixels, KeepsLeft(16, 8, 7).pixels) << "a mask of another size";
  WriteImage(dir / "mask.png", KeepsLeft(64, 32, 2));
  EXPECT_THAT(ErrorMessageOf([&] { LoadView(view, {0, 0, 0}, {}); }), HasSubstr("a.png: nothing of it counts"));
}

TEST(LoadViewTest, MasksAreTurnedAndUndistortedWithThePhoto) {
  const testing::TempDir dir;
  Image8 photo(64, 48, 3);  // white where it is kept
  for (int y = 10; y < 30; ++y) std::fill_n(photo.At(6, y), 3 * 20, uint8_t(255));
  Image8 mask(64, 48, 1);
  for (int y = 10; y < 30; ++y) std::fill_n(mask.At(6, y), 20, uint8_t(255));
  WriteImage(dir / "a.png", photo);
  WriteImage(dir / "mask.png", mask);
  View view = PinholeView(dir / "a.png", 48, 64);
  view.mask.path = dir / "mask.png";
  view.exif_orientation = 6;
  view.rotate_to_model = true;
  for (const bool bent : {false, true}) {
    if (bent) view.intrinsics = {CameraModel::kSimpleRadial, 48, 64, {60, 24, 32, 0.2}};
    if (bent) view.camera = UndistortedCamera(view.intrinsics);
    const ViewImage loaded = LoadView(view, {0, 0, 0}, {});
    int64_t counted = 0;
    for (size_t i = 0; i < loaded.weights.pixels.size(); ++i) {
      counted += loaded.weights.pixels[i] / 255;
      if (loaded.weights.pixels[i] > 0) {
        ASSERT_EQ(loaded.image.pixels[3 * i], 255) << bent << ", pixel " << i;
      }
    }
    EXPECT_GT(counted, bent ? 250 : 399) << "of 400 as stored";
  }
}

TEST(LoadViewTest, TransparencyIsCompositedOrIgnoredOrAMask) {
  const testing::TempDir dir;
  Image8 photo(32, 32, 4);
  for (size_t i = 0; i < photo.pixels.size(); ++i) photo.pixels[i] = i % 4 < 3 ? 200 : i / 4 % 32 < 16 ? 255 : 0;
  WriteImage(dir / "a.png", photo);
  View view = PinholeView(dir / "a.png", 32, 32);
  const ViewImage composited = LoadView(view, {0, 0, 0}, {});
  EXPECT_EQ(composited.image.At(20, 3)[0], 0);
  EXPECT_TRUE(composited.weights.pixels.empty());
  view.alpha = AlphaUse::kIgnore;
  const ViewImage ignored = LoadView(view, {0, 0, 0}, {});
  EXPECT_EQ(ignored.image.At(20, 3)[0], 200);
  EXPECT_TRUE(ignored.weights.pixels.empty());
  view.alpha = AlphaUse::kMask;
  const ViewImage masked = LoadView(view, {0, 0, 0}, {});
  EXPECT_EQ(masked.image.At(20, 3)[0], 200);
  EXPECT_EQ(masked.weights.pixels, KeepsLeft(32, 32, 16).pixels);
}

TEST(LoadViewTest, APhotoThatIsTransparentEverywhereIsALine) {
  const testing::TempDir dir;
  WriteImage(dir / "a.png", Image8(32, 32, 4));
  View view = PinholeView(dir / "a.png", 32, 32);
  std::vector<std::string> log;
  LoadView(view, {0, 0, 0}, [&](LogLevel, const std::string& line) { log.push_back(line); });
  EXPECT_THAT(log, ElementsAre(HasSubstr("a.png: is transparent everywhere")));
  view.alpha = AlphaUse::kMask;
  EXPECT_THAT(ErrorMessageOf([&] {
                LoadView(view, {0, 0, 0}, {});
              }),
              HasSubstr("every pixel is dropped by its transparency"));
  view.alpha = AlphaUse::kIgnore;
  EXPECT_NO_THROW(LoadView(view, {0, 0, 0}, {}));
}

TEST(LoadViewTest, AllThatDropsAPhotoTogetherIsNamed) {
  const testing::TempDir dir;
  Image8 photo(32, 32, 4);  // opaque at the right
  for (size_t i = 0; i < photo.pixels.size(); ++i) photo.pixels[i] = i / 4 % 32 < 16 ? 0 : 255;
  WriteImage(dir / "a.png", photo);
  WriteImage(dir / "mask.png", KeepsLeft(32, 32, 20));
  View view = PinholeView(dir / "a.png", 32, 32);
  view.alpha = AlphaUse::kMask;
  view.mask.path = dir / "mask.png";
  EXPECT_NO_THROW(LoadView(view, {0, 0, 0}, {}));
  view.border.right = 16;
  EXPECT_THAT(ErrorMessageOf([&] {
                LoadView(view, {0, 0, 0}, {});
              }),
              HasSubstr("dropped by its mask " + (dir / "mask.png") + " or its transparency or its empty border"));
  WriteImage(dir / "mask.png", KeepsLeft(32, 32, 16));
  EXPECT_THAT(ErrorMessageOf([&] {
                LoadView(view, {0, 0, 0}, {});
              }),
              ::testing::EndsWith("dropped by its mask " + (dir / "mask.png") + " or its transparency"));
}

// Mean of an image, 0..255.
double Mean(const Image8& image) {
  double sum = 0;
  for (uint8_t value : image.pixels) sum += value;
  return sum / double(image.pixels.size());
}

SceneDescription OnePhoto(const std::string& path, const Intrinsics& intrinsics) {
  SceneDescription scene;
  PosedPhoto photo;
  photo.name = photo.path = path;
  photo.intrinsics = intrinsics;
  scene.photos = {photo};
  return scene;
}

Dataset Build(const SceneDescription& scene, const DatasetOptions& options) {
  SerialExecutor executor;
  return BuildDataset(scene, options, executor, {});
}

TEST(TestDataPhotos, FoxIsUndistortedAtAnEighth) {
  SPLAT_TEST_DATA_OR_SKIP(folder, "fox/images");
  const Intrinsics intrinsics = {CameraModel::kOpenCv,
                                 1080,
                                 1920,
                                 {1375.52, 1374.49, 554.558, 965.268, 0.0578421, -0.0805099, -0.000980296, 0.00015575}};
  const std::vector<std::string> names = ListPhotos(folder);
  ASSERT_EQ(names.size(), 50u);
  DatasetOptions options;
  options.downscale = 8;
  for (size_t i = 0; i < 10; ++i) {
    const Dataset dataset = Build(OnePhoto(folder + "/" + names[i], intrinsics), options);
    const Image8 image = LoadView(dataset.views[0], dataset.background, {}).image;
    ASSERT_EQ(image.width, 135);
    ASSERT_EQ(image.height, 240);
    ASSERT_NEAR(Mean(image), Mean(ReadPhoto(folder + "/" + names[i]).image), 3.0);  // little is cut away at the rim
  }
}

TEST(TestDataPhotos, LegoIsCompositedOnWhite) {
  SPLAT_TEST_DATA_OR_SKIP(path, "lego/train/r_0.png");
  DatasetOptions options;
  options.downscale = 4;
  options.background = {1, 1, 1};
  const Dataset dataset = Build(OnePhoto(path, {CameraModel::kSimplePinhole, 800, 800, {1111.1, 400, 400}}), options);
  const Image8 image = LoadView(dataset.views[0], dataset.background, {}).image;
  EXPECT_EQ(image.width, 200);
  EXPECT_EQ(image.channels, 3);
  for (const auto& corner : {image.At(0, 0), image.At(199, 0), image.At(0, 199), image.At(199, 199)}) {
    EXPECT_THAT(std::vector<uint8_t>(corner, corner + 3), ElementsAre(255, 255, 255));
  }
  EXPECT_LT(Mean(image), 250);
}

TEST(TestDataPhotos, FernIsScaledFromItsModelOfFourTimesTheSize) {
  SPLAT_TEST_DATA_OR_SKIP(path, "fern/images_4/image000.png");
  const Intrinsics intrinsics = {CameraModel::kSimpleRadial, 4032, 3024, {3260, 2016, 1512, 0.02}};
  const Dataset dataset = Build(OnePhoto(path, intrinsics), {});
  EXPECT_EQ(dataset.views[0].camera.width, 1008);
  EXPECT_NEAR(dataset.views[0].camera.fx, 815, 30);
  const Image8 image = LoadView(dataset.views[0], dataset.background, {}).image;
  EXPECT_EQ(image.height, 756);
  EXPECT_NEAR(Mean(image), Mean(ReadPhoto(path).image), 3.0);
}

}  // namespace
}  // namespace splat::data
