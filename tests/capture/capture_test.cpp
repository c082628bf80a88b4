#include "capture/capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>

#include "capture/scene.h"
#include "capture/trajectory.h"
#include "core/camera.h"
#include "core/constants.h"
#include "core/twist.h"
#include "data/photos/image_io.h"
#include "data/photos/photo_files.h"
#include "data/poses/colmap_reader.h"
#include "io/read_file.h"
#include "tests/support/error_message.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"

namespace splat::capture {
namespace {

namespace fs = std::filesystem;
using testing::ErrorMessageOf;
using ::testing::HasSubstr;
using testing::TempDir;

CaptureOptions SmallOptions() {
  CaptureOptions options;
  options.width = 96;
  options.height = 72;
  options.photos = 4;
  return options;
}

std::map<std::string, std::string> Contents(const std::string& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) contents[fs::relative(entry.path(), folder)] = ReadFile(entry.path());
  }
  return contents;
}

ImageF ReadPfm(const std::string& path) {
  std::istringstream stream(ReadFile(path));
  std::string magic, scale;
  int width = 0, height = 0;
  stream >> magic >> width >> height >> scale;
  stream.get();
  EXPECT_EQ(magic, "Pf");
  EXPECT_EQ(scale, "-1.0");
  ImageF image(width, height, 1);
  for (int y = height - 1; y >= 0; --y) stream.read(reinterpret_cast<char*>(image.At(0, y)), 4 * width);
  EXPECT_TRUE(stream.good());
  return image;
}

CaptureResult Take(const CaptureOptions& options, const std::string& folder) {
  ThreadPool pool(2);
  return WriteCapture(options, folder, pool, {});
}

TEST(WriteCapture, GivesTheSameBytesForAnyNumberOfThreads) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  options.noise = 3;
  options.depth = true;
  options.exposure_drift_ev = 0.5;
  for (const int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    WriteCapture(options, folder / std::to_string(threads), pool, {});
  }
  const auto one = Contents(folder / "1");
  EXPECT_EQ(one.size(), 4u + 4 + 4) << "photos, depth maps, three model files and the options";
  EXPECT_TRUE(one == Contents(folder / "2"));
  EXPECT_TRUE(one == Contents(folder / "3"));
  options.seed = 2;
  Take(options, folder / "other");
  EXPECT_NE(one.at("photos/photo_0001.jpg"), Contents(folder / "other").at("photos/photo_0001.jpg"));
}

TEST(WriteCapture, PosesAreOffAsFarAsAskedAndThePhotosAreTheSame) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  Take(options, folder / "true");
  options.poses_off_deg = 2;
  options.poses_off_share = 0.05;
  const CaptureResult result = Take(options, folder / "off");
  EXPECT_TRUE(Contents(folder / "true/photos") == Contents(result.photo_folder));
  for (const char* file : {"cameras.txt", "images.txt", "points3D.txt"}) {
    EXPECT_EQ(ReadFile(folder / "true/truth/" + file), ReadFile(result.truth_folder + "/" + file)) << file;
  }
  EXPECT_FALSE(fs::exists(folder / "true/poses_off"));
  const data::SceneDescription truth = data::ReadColmapModel(result.truth_folder, "");
  const data::SceneDescription off = data::ReadColmapModel(folder / "off/poses_off", "");
  ASSERT_EQ(off.photos.size(), 4u);
  EXPECT_EQ(off.points.positions.size(), truth.points.positions.size());
  constexpr double kRounding = 1e-9;
  Twist before = {};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(off.photos[i].name, truth.photos[i].name);
    const Rigid3 &right = truth.photos[i].camera_from_world, &wrong = off.photos[i].camera_from_world;
    const Twist way = LogOfMotion(Compose(wrong, Inverse(right)));
    EXPECT_NEAR(Norm(AngularPart(way)) * kDegreesPerRadian, 2, kRounding);
    const double moved = Norm(CameraCenterInWorld(wrong) - CameraCenterInWorld(right));
    EXPECT_NEAR(moved, 0.05 * Norm(right * MakeStillLife(options.seed).look_at), kRounding);
    EXPECT_GT(Norm(AngularPart(way) - AngularPart(before)), 1e-3) << "each its own way";
    before = way;
  }
}

TEST(WriteCapture, TruthIsAColmapModelOfThePhotos) {
  const TempDir folder;
  const CaptureResult result = Take(SmallOptions(), folder / "set");
  const data::SceneDescription scene = data::ReadColmapModel(result.truth_folder, result.photo_folder);
  ASSERT_EQ(scene.photos.size(), 4u);
  constexpr double kTextDigits = 1e-13;
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(scene.photos[i].name, result.photos[i].name) << "sorted order is the orbit's";
    EXPECT_TRUE(fs::exists(scene.photos[i].path));
    const Rigid3& expected = result.photos[i].lens.camera.camera_from_world;
    EXPECT_NEAR(Norm(scene.photos[i].camera_from_world.translation - expected.translation), 0, kTextDigits);
    for (int row = 0; row < 3; ++row) {
      EXPECT_NEAR(Norm(Row(scene.photos[i].camera_from_world.rotation, row) - Row(expected.rotation, row)), 0,
                  kTextDigits);
    }
    EXPECT_EQ(scene.photos[i].intrinsics.model, data::CameraModel::kPinhole);
    EXPECT_NEAR(scene.photos[i].intrinsics.params[0], result.photos[i].lens.camera.fx, kTextDigits * 1000);
  }
  EXPECT_EQ(scene.points.positions.size(), 4u * 250);
}

// Share of pixels of photo a whose surface, found by its depth, looks the same in photo b where b sees it too.
double ShareOfAgreement(const CaptureResult& result, size_t a, size_t b) {
  const auto photo = [&](size_t i) { return data::ReadPhoto(result.photo_folder + "/" + result.photos[i].name).image; };
  const auto depth = [&](size_t i) {
    return ReadPfm(result.truth_folder + "/depth/" + fs::path(result.photos[i].name).stem().string() + ".pfm");
  };
  constexpr double kSameSurface = 0.02;  // relative difference of depth
  constexpr int kSameColor = 24;         // of 255: JPEG, another sampling of the texture
  const Image8 from = photo(a), to = photo(b);
  const ImageF depth_from = depth(a), depth_to = depth(b);
  const Lens& lens = result.photos[b].lens;
  int seen = 0, agree = 0;
  for (int y = 0; y < from.height; ++y) {
    for (int x = 0; x < from.width; ++x) {
      const Ray ray = RayThrough(result.photos[a].lens, x + 0.5, y + 0.5);
      const Vec3<double> p =
          lens.camera.camera_from_world * (ray.origin + double(*depth_from.At(x, y)) * ray.direction);
      if (p.z <= 0) continue;
      const Vec2<double> q = Distort(lens.distortion, {p.x / p.z, p.y / p.z});
      const int u = int(std::floor(lens.camera.fx * q.x + lens.camera.cx));
      const int v = int(std::floor(lens.camera.fy * q.y + lens.camera.cy));
      if (u < 0 || v < 0 || u >= to.width || v >= to.height) continue;
      if (std::abs(*depth_to.At(u, v) - p.z) > kSameSurface * p.z) continue;
      ++seen;
      int worst = 0;
      for (int c = 0; c < 3; ++c) worst = std::max(worst, std::abs(from.At(x, y)[c] - to.At(u, v)[c]));
      agree += worst <= kSameColor;
    }
  }
  EXPECT_GT(seen, from.width * from.height / 10);
  return double(agree) / seen;
}

TEST(WriteCapture, PosesAndDepthAgreeWithTheImages) {
  const TempDir folder;
  CaptureOptions options;
  options.width = 240;
  options.height = 180;
  options.photos = 40;  // near neighbours; only the first are compared
  options.depth = true;
  options.samples_per_side = 1;
  options.distortion = {-0.08, 0.02, 0.001, -0.001};
  options.exif_rotation = true;
  options.mixed_sizes = true;
  const CaptureResult result = Take(options, folder / "set");
  constexpr double kMost = 0.8;  // the rest lies at edges within a pixel
  EXPECT_GT(ShareOfAgreement(result, 0, 2), kMost);
  EXPECT_GT(ShareOfAgreement(result, 0, 1), kMost) << "upright, and held as EXIF orientation 6";
  EXPECT_GT(ShareOfAgreement(result, 2, 3), kMost) << "three quarters as large";
}

TEST(WriteCapture, DistortedPhotosAreBentAsTheTruthSays) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  options.distortion = {-0.1, 0.01, 0, 0};
  const CaptureResult bent = Take(options, folder / "bent");
  const data::Intrinsics intrinsics = data::ReadColmapModel(bent.truth_folder, "").photos[0].intrinsics;
  EXPECT_EQ(intrinsics.model, data::CameraModel::kOpenCv);
  EXPECT_EQ(intrinsics.params[4], -0.1);
  EXPECT_EQ(intrinsics.params[5], 0.01);
  const CaptureResult straight = Take(SmallOptions(), folder / "straight");
  EXPECT_NE(ReadFile(bent.photo_folder + "/photo_0001.jpg"), ReadFile(straight.photo_folder + "/photo_0001.jpg"));
}

TEST(WriteCapture, PhotosCarryExif) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  options.photos = 9;
  options.exif_rotation = true;
  const CaptureResult result = Take(options, folder / "set");
  const int expected[9] = {1, 6, 1, 1, 8, 1, 1, 3, 1};
  for (size_t i = 0; i < 9; ++i) {
    const data::PhotoInfo info = data::ReadPhotoInfo(result.photo_folder + "/" + result.photos[i].name);
    EXPECT_EQ(info.exif_orientation, expected[i]);
    EXPECT_EQ(info.width, 96) << "as stored";
  }
}

TEST(WriteCapture, ExifHasTheExposuresOfThePhotos) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  options.exposure_drift_ev = 0.5;
  options.exposure_jitter_ev = 0.7;
  const CaptureResult result = Take(options, folder / "set");
  const auto stops = [&](size_t i) {
    return data::ExposureStops(data::ReadPhotoInfo(result.photo_folder + "/" + result.photos[i].name).exposure).value();
  };
  constexpr double kMicroseconds = 2e-4;  // of exposures around 1/60 s, as EXIF has them
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_NEAR(stops(i) - stops(0), result.photos[i].exposure_ev - result.photos[0].exposure_ev, kMicroseconds) << i;
  }
}

TEST(WriteCapture, AlphaMasksHideTheRoom) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  options.alpha_masks = true;
  const CaptureResult result = Take(options, folder / "set");
  EXPECT_EQ(result.photos[0].name, "photo_0001.png");
  const Image8 image = data::ReadPhoto(result.photo_folder + "/photo_0001.png").image;
  ASSERT_EQ(image.channels, 4);
  int opaque = 0, hidden = 0;
  for (int i = 0; i < image.width * image.height; ++i) {
    opaque += image.pixels[size_t(4 * i + 3)] == 255;
    hidden += image.pixels[size_t(4 * i + 3)] == 0;
  }
  EXPECT_GT(opaque, image.width * image.height / 5);
  EXPECT_GT(hidden, image.width * image.height / 5);
  EXPECT_EQ(image.At(48, 40)[3], 255) << "the still life";
  EXPECT_EQ(image.At(95, 0)[3], 0) << "the wall";
}

TEST(WriteCapture, MixedSizesHaveTheirOwnCameras) {
  const TempDir folder;
  CaptureOptions options = SmallOptions();
  options.mixed_sizes = true;
  const CaptureResult result = Take(options, folder / "set");
  const int widths[4] = {96, 72, 96, 72}, heights[4] = {72, 96, 72, 54};
  const data::SceneDescription scene = data::ReadColmapModel(result.truth_folder, result.photo_folder);
  for (size_t i = 0; i < 4; ++i) {
    const data::PhotoInfo info = data::ReadPhotoInfo(result.photo_folder + "/" + result.photos[i].name);
    EXPECT_EQ(info.width, widths[i]);
    EXPECT_EQ(info.height, heights[i]);
    EXPECT_EQ(scene.photos[i].intrinsics.width, widths[i]);
    EXPECT_EQ(scene.photos[i].intrinsics.height, heights[i]);
  }
}

TEST(PlanCapture, ExposureDriftsOverTheOrbit) {
  CaptureOptions options = SmallOptions();
  options.exposure_drift_ev = 0.5;
  const std::vector<CapturedPhoto> photos = PlanCapture(options);
  constexpr double kExact = 1e-12;
  EXPECT_NEAR(photos[0].exposure_ev, 0, kExact);
  EXPECT_NEAR(photos[1].exposure_ev, 0.5, kExact);
  EXPECT_NEAR(photos[3].exposure_ev, -0.5, kExact);
}

TEST(PlanCapture, ExposureJittersByChanceAroundAMeanOfZero) {
  CaptureOptions options = SmallOptions();
  options.photos = 40;
  options.exposure_jitter_ev = 0.7;
  const std::vector<CapturedPhoto> photos = PlanCapture(options);
  double sum = 0, most = 0;
  for (const CapturedPhoto& photo : photos) {
    sum += photo.exposure_ev;
    most = std::max(most, std::abs(photo.exposure_ev));
  }
  EXPECT_NEAR(sum, 0, 1e-12);
  EXPECT_GT(most, 0.5);
  EXPECT_LT(most, 1);
  EXPECT_EQ(PlanCapture(options)[7].exposure_ev, photos[7].exposure_ev) << "the seed decides";
  options.seed += 1;
  EXPECT_NE(PlanCapture(options)[7].exposure_ev, photos[7].exposure_ev);
}

TEST(PlanCapture, WhiteBalanceDriftsOverTheOrbit) {
  CaptureOptions options = SmallOptions();
  options.white_balance_ev = 0.4;
  const std::vector<CapturedPhoto> photos = PlanCapture(options);
  constexpr double kExact = 1e-12;
  EXPECT_NEAR(photos[0].white_balance_ev, 0.4, kExact);
  EXPECT_NEAR(photos[1].white_balance_ev, 0, kExact);
  EXPECT_NEAR(photos[2].white_balance_ev, -0.4, kExact);
  EXPECT_EQ(photos[0].exposure_ev, 0);
}

double MeanOfChannel(const std::string& path, int channel) {
  const Image8 image = data::ReadPhoto(path).image;
  double sum = 0;
  for (size_t i = size_t(channel); i < image.pixels.size(); i += 3) sum += image.pixels[i];
  return sum / (double(image.width) * image.height);
}

// Photo 0 is taken in warm light, photo 2 in cold.
TEST(WriteCapture, WhiteBalanceAndExposureDriftInThePhotos) {
  const TempDir folder;
  const auto take = [&](double white_balance, double exposure, const std::string& name) {
    CaptureOptions options = SmallOptions();
    options.white_balance_ev = white_balance;
    options.exposure_drift_ev = exposure;
    return Take(options, folder / name);
  };
  const CaptureResult plain = take(0, 0, "plain"), drift = take(0.4, 0, "white_balance"),
                      exposed = take(0, 0.5, "exposure");
  const auto change = [&](const CaptureResult& result, size_t photo, int channel) {
    return MeanOfChannel(result.photo_folder + "/" + result.photos[photo].name, channel) -
           MeanOfChannel(plain.photo_folder + "/" + plain.photos[photo].name, channel);
  };
  constexpr double kSame = 1, kShown = 3;  // of 255; JPEG rounds colours
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(change(drift, 1, c), 0, kSame) << c;
    EXPECT_NEAR(change(exposed, 0, c), 0, kSame) << c;
    EXPECT_GT(change(exposed, 1, c), kShown) << c;
    EXPECT_LT(change(exposed, 3, c), -kShown) << c;
  }
  EXPECT_GT(change(drift, 0, 0), kShown);
  EXPECT_NEAR(change(drift, 0, 1), 0, kSame);
  EXPECT_LT(change(drift, 0, 2), -kShown);
  EXPECT_LT(change(drift, 2, 0), -kShown);
  EXPECT_NEAR(change(drift, 2, 1), 0, kSame);
  EXPECT_GT(change(drift, 2, 2), kShown);
}

TEST(WriteCapture, ListsAllBadOptionsAtOnce) {
  const TempDir folder;
  CaptureOptions options;
  options.photos = 1;
  options.width = 4;
  options.noise = std::nan("");
  options.samples_per_side = 4;
  options.distortion.k1 = -0.9;
  const std::string message = ErrorMessageOf([&] { Take(options, folder / "set"); });
  EXPECT_THAT(message, HasSubstr("photos is 1, must be between 2 and 9999"));
  EXPECT_THAT(message, HasSubstr("width is 4"));
  EXPECT_THAT(message, HasSubstr("noise is nan"));
  EXPECT_THAT(message, HasSubstr("samples is 4, must be odd"));
  EXPECT_THAT(message, HasSubstr("distortion is too strong"));
  EXPECT_FALSE(fs::exists(folder / "set"));
}

TEST(WriteCapture, LeavesAnExistingFolderAloneAndNothingBehindWhenItFails) {
  const TempDir folder;
  fs::create_directory(folder / "mine");
  EXPECT_THAT(ErrorMessageOf([&] { Take(SmallOptions(), folder / "mine"); }), HasSubstr("exists already"));
  EXPECT_TRUE(fs::is_empty(folder / "mine"));
  ThreadPool pool(1);
  const auto fail = [](int done, int) {
    if (done == 2) throw Error("stopped");
  };
  EXPECT_EQ(ErrorMessageOf([&] { WriteCapture(SmallOptions(), folder / "set", pool, fail); }), "stopped");
  EXPECT_FALSE(fs::exists(folder / "set"));
  EXPECT_FALSE(fs::exists(folder / "set.tmp"));
}

}  // namespace
}  // namespace splat::capture
