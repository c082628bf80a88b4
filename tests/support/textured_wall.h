// Tests compare colours of points with these photos of a wall with a pattern, and points on it.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "core/random.h"
#include "data/dataset/dataset.h"
#include "data/photos/exif_orientation.h"
#include "data/photos/image_io.h"
#include "tests/support/temp_dir.h"

namespace splat::testing {

// The wall is the plane z = 5 of the world; the cameras stand at about z = 0 and look along z, a little turned.
struct TexturedWall {
  static constexpr int kPhotos = 8, kWidth = 240, kHeight = 180, kPoints = 1500;

  TempDir folder;
  std::vector<data::PosedPhoto> photos;
  std::vector<data::View> views;
  data::PointCloud points;

  TexturedWall() {
    for (int i = 0; i < kPhotos; ++i) AddPhoto(i);
    Random random(3);
    for (int i = 0; i < kPoints; ++i) {
      const Vec3<double> p = {random.Uniform(-2, 2), random.Uniform(-1.5, 1.5), 5};
      points.positions.push_back(p);
      points.colors.push_back(ColorAt(p.x, p.y));
    }
  }

  // Patches of about 0.4 to 2 of the world's units.
  static Vec3<uint8_t> ColorAt(double x, double y) {
    const auto channel = [&](int c) {
      double value = 0;
      for (int k = 0; k < 8; ++k) {
        const double angle = 2.4 * k + 0.7 * c, wave = 3 + 1.7 * k;
        value += std::sin(wave * (x * std::cos(angle) + y * std::sin(angle)) + 1.3 * k * (c + 1));
      }
      return uint8_t(128 + 14 * value);
    };
    return {channel(0), channel(1), channel(2)};
  }

  // Writes the photo as a camera that stands on its head has stored it; its view knows of it by EXIF.
  void StoreUpsideDown(size_t view) {
    data::WriteImage(views[view].path, data::ApplyOrientation(data::ReadPhoto(views[view].path).image, 3));
    views[view].exif_orientation = 3;
  }

 private:
  void AddPhoto(int i) {
    const double angle = 0.05 * (i - 3.5);
    data::PosedPhoto photo;
    photo.name = "view_" + std::to_string(i) + ".png";
    photo.path = folder / photo.name;
    photo.intrinsics = {data::CameraModel::kPinhole, kWidth, kHeight, {240, 240, 0.5 * kWidth, 0.5 * kHeight}};
    photo.camera_from_world.rotation = {
        {{std::cos(angle), 0, std::sin(angle)}, {0, 1, 0}, {-std::sin(angle), 0, std::cos(angle)}}};
    photo.camera_from_world.translation = {0.1 * i, 0.05 * i, 0};
    Image8 image(kWidth, kHeight, 3);
    const Rigid3 world_from_camera = Inverse(photo.camera_from_world);
    for (int y = 0; y < kHeight; ++y) {
      for (int x = 0; x < kWidth; ++x) {
        const Vec3<double> ray = world_from_camera.rotation *
                                 Vec3<double>{(x + 0.5 - 0.5 * kWidth) / 240, (y + 0.5 - 0.5 * kHeight) / 240, 1};
        const Vec3<double> at = world_from_camera.translation + ((5 - world_from_camera.translation.z) / ray.z) * ray;
        const Vec3<uint8_t> color = ColorAt(at.x, at.y);
        uint8_t* pixel = image.At(x, y);
        pixel[0] = color.x, pixel[1] = color.y, pixel[2] = color.z;
      }
    }
    data::WriteImage(photo.path, image);
    data::View view;
    view.name = photo.name;
    view.path = photo.path;
    view.intrinsics = photo.intrinsics;
    view.camera = {kWidth, kHeight, 240, 240, 0.5 * kWidth, 0.5 * kHeight, photo.camera_from_world};
    photos.push_back(photo);
    views.push_back(view);
  }
};

}  // namespace splat::testing
