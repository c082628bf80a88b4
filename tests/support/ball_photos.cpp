#include "tests/support/ball_photos.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>

#include "core/camera.h"
#include "core/constants.h"
#include "core/quaternion.h"
#include "data/photos/image_io.h"

namespace splat::testing {
namespace {

namespace fs = std::filesystem;

struct Ball {
  Vec3<double> center;
  double radius;
  Vec3<double> light, dark;  // colours of the checks, 0..1
};

constexpr Ball kBalls[] = {{{0, 0, 0}, 1, {0.9, 0.3, 0.2}, {0.5, 0.1, 0.1}},
                           {{1.4, 0.4, 0}, 0.6, {0.2, 0.5, 0.9}, {0.1, 0.2, 0.5}}};
constexpr Vec3<double> kBackground = {0.25, 0.3, 0.35};
constexpr double kCameraDistance = 4;
constexpr double kCameraHeight = 1.2;
constexpr int kPointsPerBall = 75;

Vec3<double> ColorOf(const Ball& ball, const Vec3<double>& point) {
  const Vec3<double> direction = (1 / ball.radius) * (point - ball.center);
  const int column = int(std::floor((std::atan2(direction.x, direction.z) / kPi + 1) * 4));
  const int row = int(std::floor((direction.y + 1) * 2.5));
  return (column + row) % 2 == 0 ? ball.light : ball.dark;
}

// Distance along a ray of unit direction, if it hits.
std::optional<double> Hit(const Ball& ball, const Vec3<double>& origin, const Vec3<double>& direction) {
  const Vec3<double> to_center = ball.center - origin;
  const double along = Dot(to_center, direction);
  const double discriminant = along * along - Dot(to_center, to_center) + ball.radius * ball.radius;
  if (discriminant < 0) return std::nullopt;
  return along - std::sqrt(discriminant);
}

Vec3<double> Trace(const Vec3<double>& origin, const Vec3<double>& direction) {
  double nearest = 1e9;
  Vec3<double> color = kBackground;
  for (const Ball& ball : kBalls) {
    const auto distance = Hit(ball, origin, direction);
    if (!distance || *distance > nearest) continue;
    nearest = *distance;
    color = ColorOf(ball, origin + nearest * direction);
  }
  return color;
}

// The i-th camera of the circle, looking at the origin; up is -y.
Camera CameraOf(int i, const BallPhotos& options) {
  const double angle = 2 * kPi * i / options.photos;
  const Vec3<double> eye = {kCameraDistance * std::sin(angle), -kCameraHeight, -kCameraDistance * std::cos(angle)};
  const Vec3<double> forward = Normalized(-eye);
  const Vec3<double> right = Normalized(Cross({0, 1, 0}, forward));
  const Vec3<double> down = Cross(forward, right);
  Camera camera = {options.width,
                   options.height,
                   1.1 * options.width,
                   1.1 * options.width,
                   options.width / 2.,
                   options.height / 2.,
                   {}};
  camera.camera_from_world.rotation = {
      {{right.x, right.y, right.z}, {down.x, down.y, down.z}, {forward.x, forward.y, forward.z}}};
  camera.camera_from_world.translation = -(camera.camera_from_world.rotation * eye);
  return camera;
}

Image8 Photograph(const Camera& camera) {
  Image8 image(camera.width, camera.height, 3);
  const Rigid3 world_from_camera = Inverse(camera.camera_from_world);
  for (int y = 0; y < camera.height; ++y) {
    for (int x = 0; x < camera.width; ++x) {
      const Vec3<double> in_camera = {(x + 0.5 - camera.cx) / camera.fx, (y + 0.5 - camera.cy) / camera.fy, 1};
      const Vec3<double> direction = Normalized(world_from_camera.rotation * in_camera);
      const Vec3<double> color = Trace(world_from_camera.translation, direction);
      const double channels[3] = {color.x, color.y, color.z};
      for (int c = 0; c < 3; ++c) image.At(x, y)[c] = uint8_t(std::lround(255 * channels[c]));
    }
  }
  return image;
}

// Evenly spread points on the ball (golden spiral), as lines of points3D.txt.
void WritePoints(const Ball& ball, int first_id, const BallPhotos& options, std::ostream& out) {
  for (int i = 0; i < kPointsPerBall; ++i) {
    const double y = 1 - (2 * i + 1.0) / kPointsPerBall;
    const double angle = i * kPi * (3 - std::sqrt(5.0)), r = std::sqrt(1 - y * y);
    const Vec3<double> point = ball.center + ball.radius * Vec3<double>{r * std::cos(angle), y, r * std::sin(angle)};
    const Vec3<double> color = 255.0 * ColorOf(ball, point);
    const Vec3<double> in_model = options.unit * point + options.origin;
    out << first_id + i << ' ' << in_model.x << ' ' << in_model.y << ' ' << in_model.z << ' ' << int(color.x) << ' '
        << int(color.y) << ' ' << int(color.z) << " 0.5 1 0 2 0\n";
  }
}

}  // namespace

void WriteBallPhotos(const std::string& folder, const BallPhotos& options) {
  fs::create_directories(folder + "/images");
  fs::create_directories(folder + "/sparse/0");
  std::ofstream cameras(folder + "/sparse/0/cameras.txt"), images(folder + "/sparse/0/images.txt"),
      points(folder + "/sparse/0/points3D.txt");
  images.precision(17);
  points.precision(17);
  const Camera first = CameraOf(0, options);
  cameras << "1 PINHOLE " << first.width << ' ' << first.height << ' ' << first.fx << ' ' << first.fy << ' ' << first.cx
          << ' ' << first.cy << '\n';
  for (int i = 0; i < options.photos; ++i) {
    const Camera camera = CameraOf(i, options);
    const std::string name = "photo_" + std::to_string(i / 10) + std::to_string(i % 10) + options.extension;
    const Quaternion<double> q = QuaternionFromRotation(camera.camera_from_world.rotation);
    const Rigid3& pose = camera.camera_from_world;
    const Vec3<double> t = options.unit * pose.translation - pose.rotation * options.origin;
    images << i + 1 << ' ' << q.w << ' ' << q.x << ' ' << q.y << ' ' << q.z << ' ' << t.x << ' ' << t.y << ' ' << t.z
           << " 1 " << name << "\n\n";
    data::WriteImage(folder + "/images/" + name, Photograph(camera));
  }
  for (int ball = 0; ball < 2; ++ball) WritePoints(kBalls[ball], 1 + ball * kPointsPerBall, options, points);
}

}  // namespace splat::testing
