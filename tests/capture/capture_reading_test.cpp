// What the readers of photos and poses make of a capture, whose truth is known to the pixel.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "capture/capture.h"
#include "data/dataset/dataset.h"
#include "data/dataset/view_loader.h"
#include "data/photos/image_io.h"
#include "data/photos/image_resize.h"
#include "data/poses/pose_source.h"
#include "tests/support/read_poses.h"
#include "tests/support/temp_dir.h"

namespace splat::capture {
namespace {

namespace fs = std::filesystem;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TempDir;

constexpr int kPhotos = 6;
constexpr int kWidth = 160, kHeight = 120;  // px

class CaptureReading : public ::testing::Test {
 protected:
  CaptureResult Take(CaptureOptions options, const std::string& name) {
    options.photos = kPhotos;
    options.width = kWidth;
    options.height = kHeight;
    ThreadPool pool(2);
    return WriteCapture(options, folder_ / name, pool, {});
  }

  static data::Dataset DatasetOf(const CaptureResult& capture, data::DatasetOptions options = {}) {
    options.align = false;
    SerialExecutor executor;
    return data::BuildDataset(data::ReadPoses(capture.truth_folder, capture.photo_folder), options, executor, {});
  }

  TempDir folder_;
};

double MeanOf(const Image8& image) {
  double sum = 0;
  for (const uint8_t value : image.pixels) sum += value;
  return sum / double(image.pixels.size());
}

// The photo's value at a place in px, between the four pixels around it. The place lies at least half a px inside.
double ValueAt(const Image8& photo, double x_px, double y_px, int channel) {
  const int x = int(x_px - 0.5), y = int(y_px - 0.5);
  const double right = x_px - 0.5 - x, below = y_px - 0.5 - y;
  const auto pixel = [&](int column, int row) { return double(photo.At(column, row)[channel]); };
  return (1 - below) * ((1 - right) * pixel(x, y) + right * pixel(x + 1, y)) +
         below * ((1 - right) * pixel(x, y + 1) + right * pixel(x + 1, y + 1));
}

// Mean difference of an image and the photo of a pinhole from the same place, over the rays that both have.
double DifferenceOnSameRays(const Image8& image, const Camera& view, const Image8& photo, const Camera& camera) {
  double sum = 0;
  int count = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double u = (x + 0.5 - view.cx) / view.fx * camera.fx + camera.cx;
      const double v = (y + 0.5 - view.cy) / view.fy * camera.fy + camera.cy;
      if (u < 0.5 || v < 0.5 || u >= photo.width - 1 || v >= photo.height - 1) continue;
      for (int c = 0; c < 3; ++c) sum += std::abs(image.At(x, y)[c] - ValueAt(photo, u, v, c));
      ++count;
    }
  }
  EXPECT_GT(count, image.width * image.height / 2);
  return sum / (3 * count);
}

TEST_F(CaptureReading, TheModelIsFoundBesideThePhotos) {
  const CaptureResult capture = Take({}, "set");
  EXPECT_EQ(data::OpenPhotoFolder(capture.photo_folder).path, capture.photo_folder);
  EXPECT_FALSE(data::FindPoses(capture.photo_folder).has_value()) << "a folder named truth is none of the places";
  fs::create_directory(folder_ / "set/sparse");
  fs::copy(capture.truth_folder, folder_ / "set/sparse/0");
  const auto found = data::FindPoses(capture.photo_folder);
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(fs::equivalent(*found, folder_ / "set/sparse/0"));
  const data::SceneDescription scene = data::ReadPoses(*found, capture.photo_folder);
  EXPECT_THAT(scene.photos, SizeIs(kPhotos));
  EXPECT_THAT(scene.warnings, IsEmpty());
}

// Both files hold the same cameras: transforms.json has world_from_camera, its camera looking along -z with y up.
TEST_F(CaptureReading, TransformsAgreeWithTheColmapModel) {
  const CaptureResult capture = Take({}, "set");
  const Camera& first = capture.photos[0].lens.camera;
  nlohmann::json transforms = {{"w", first.width},
                               {"h", first.height},
                               {"fl_x", first.fx},
                               {"fl_y", first.fy},
                               {"cx", first.cx},
                               {"cy", first.cy},
                               {"frames", nlohmann::json::array()}};
  for (const CapturedPhoto& photo : capture.photos) {
    const Rigid3 pose = Inverse(photo.lens.camera.camera_from_world);
    nlohmann::json matrix = nlohmann::json::array();
    for (int row = 0; row < 3; ++row) {
      const Vec3<double> r = Row(pose.rotation, row);
      const double t = row == 0 ? pose.translation.x : row == 1 ? pose.translation.y : pose.translation.z;
      matrix.push_back({r.x, -r.y, -r.z, t});
    }
    matrix.push_back({0, 0, 0, 1});
    transforms["frames"].push_back({{"file_path", "photos/" + photo.name}, {"transform_matrix", matrix}});
  }
  std::ofstream(folder_ / "set/transforms.json") << transforms;
  const data::SceneDescription one = data::ReadPoses(folder_ / "set/transforms.json", capture.photo_folder);
  const data::SceneDescription other = data::ReadPoses(capture.truth_folder, capture.photo_folder);
  ASSERT_THAT(one.photos, SizeIs(kPhotos));
  constexpr double kRounding = 1e-9;
  for (size_t i = 0; i < one.photos.size(); ++i) {
    EXPECT_TRUE(fs::equivalent(one.photos[i].path, other.photos[i].path));
    for (const Vec3<double>& point : {Vec3<double>{0, 0, 0}, {1, 2, 3}, {-2, 0.5, 1}}) {
      EXPECT_LT(Norm(one.photos[i].camera_from_world * point - other.photos[i].camera_from_world * point), kRounding);
    }
    for (size_t k = 0; k < 4; ++k) {
      EXPECT_NEAR(one.photos[i].intrinsics.params[k], other.photos[i].intrinsics.params[k], kRounding);
    }
  }
}

TEST_F(CaptureReading, DistortedPhotosBecomeWhatAStraightLensSees) {
  CaptureOptions options;
  options.distortion = {-0.15, 0.03, 0.001, -0.001};
  const CaptureResult bent = Take(options, "bent"), straight = Take({}, "straight");
  const data::Dataset dataset = DatasetOf(bent);
  ASSERT_THAT(dataset.views, SizeIs(kPhotos));
  constexpr double kResampling = 4;  // of 255, at the edges of the texture
  for (size_t i = 0; i < dataset.views.size(); ++i) {
    const data::View& view = dataset.views[i];
    const Image8 photo = data::ReadPhoto(straight.photo_folder + "/" + view.name).image;
    const Camera& camera = straight.photos[i].lens.camera;
    const Image8 undistorted = data::LoadView(view, dataset.background, {}).image;
    const double difference = DifferenceOnSameRays(undistorted, view.camera, photo, camera);
    EXPECT_LT(difference, kResampling);
    const Image8 as_taken = data::ReadPhoto(view.path).image;
    EXPECT_GT(DifferenceOnSameRays(as_taken, camera, photo, camera), 2 * difference) << "the distortion is visible";
  }
}

TEST_F(CaptureReading, TransparentPhotosAreCompositedOnWhite) {
  CaptureOptions options;
  options.alpha_masks = true;
  const CaptureResult capture = Take(options, "set");
  data::DatasetOptions on_white;
  on_white.downscale = 4;
  on_white.background = {1, 1, 1};
  const data::Dataset dataset = DatasetOf(capture, on_white);
  const Image8 image = data::LoadView(dataset.views[0], dataset.background, {}).image;
  ASSERT_EQ(image.width, kWidth / 4);
  ASSERT_EQ(image.channels, 3);
  const uint8_t* corner = image.At(image.width - 1, 0);
  EXPECT_THAT(std::vector<uint8_t>(corner, corner + 3), Each(255));
  EXPECT_LT(MeanOf(image), 250) << "the still life";
}

TEST_F(CaptureReading, SmallerPhotosAreUsedWithTheirModel) {
  const CaptureResult capture = Take({}, "set");
  for (const CapturedPhoto& photo : capture.photos) {
    const std::string path = capture.photo_folder + "/" + photo.name;
    data::WriteImage(path, data::ResizeImage(data::ReadPhoto(path).image, kWidth / 2, kHeight / 2));
  }
  const data::Dataset dataset = DatasetOf(capture);
  ASSERT_THAT(dataset.views, SizeIs(kPhotos));
  const Camera &camera = dataset.views[0].camera, &original = capture.photos[0].lens.camera;
  EXPECT_EQ(camera.width, kWidth / 2);
  EXPECT_NEAR(camera.fx, original.fx / 2, 1e-9 * original.fx);
  EXPECT_NEAR(camera.cy, original.cy / 2, 1e-9 * original.cy);
  const Image8 image = data::LoadView(dataset.views[0], dataset.background, {}).image;
  EXPECT_TRUE(image.pixels == data::ReadPhoto(dataset.views[0].path).image.pixels);
}

}  // namespace
}  // namespace splat::capture
