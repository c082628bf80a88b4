#include "tests/support/scenes.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"
#include "core/quaternion.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"

namespace splat::testing {
namespace {

// World position of the point seen at (x, y) px and depth z.
Vec3<double> PointSeenAt(const Camera& camera, double x, double y, double z) {
  const Vec3<double> in_camera{(x - camera.cx) / camera.fx * z, (y - camera.cy) / camera.fy * z, z};
  return Inverse(camera.camera_from_world) * in_camera;
}

// Log of the scale that looks `sigma_px` large at depth z.
double LogScaleOf(const Camera& camera, double sigma_px, double z) {
  return std::log(sigma_px * z / std::sqrt(camera.fx * camera.fy));
}

}  // namespace

SplatArrays::SplatArrays(int64_t splats, int rest_count) : count(splats), sh_rest_count(rest_count) {
  for (int array = 0; array < kSplatArrays; ++array) {
    (*this)[array].resize(size_t(splats) * size_t(WidthOf(array, rest_count)));
  }
}

std::vector<double> SplatArrays::Flat() const {
  std::vector<double> flat;
  for (int array = 0; array < kSplatArrays; ++array) {
    flat.insert(flat.end(), (*this)[array].begin(), (*this)[array].end());
  }
  return flat;
}

void SplatArrays::SetFlat(const std::vector<double>& flat) {
  auto next = flat.begin();
  for (int array = 0; array < kSplatArrays; ++array) {
    std::vector<double>& values = (*this)[array];
    SPLAT_CHECK(flat.end() - next >= int64_t(values.size()), "flat parameters: ", flat.size(), " are too few");
    std::copy_n(next, values.size(), values.begin());
    next += int64_t(values.size());
  }
}

Camera TestCamera(int width, int height, uint64_t seed) {
  Camera camera;
  camera.width = width;
  camera.height = height;
  const double larger = std::max(width, height);
  camera.fx = 1.1 * larger;
  camera.fy = 1.02 * larger;
  camera.cx = 0.47 * width;
  camera.cy = 0.54 * height;
  if (seed == 0) return camera;
  Random random(seed);
  const Quaternion<double> q{random.Normal(), random.Normal(), random.Normal(), random.Normal()};
  camera.camera_from_world.rotation = RotationMatrix(q);
  camera.camera_from_world.translation = {random.Uniform(-0.3, 0.3), random.Uniform(-0.3, 0.3),
                                          random.Uniform(3.5, 4.5)};
  return camera;
}

SplatArrays RandomSplats(const SceneOptions& options, const Camera& camera) {
  Random random(options.seed);
  SplatArrays splats(options.splats, math::ShRestCount(options.sh_degree));
  const double mx = options.outside * camera.width, my = options.outside * camera.height;
  for (int64_t i = 0; i < options.splats; ++i) {
    const double z = random.Uniform(options.depth_min, options.depth_max);
    const double x = random.Uniform(-mx, camera.width + mx), y = random.Uniform(-my, camera.height + my);
    const Vec3<double> mean = PointSeenAt(camera, x, y, z);
    splats.means[3 * i] = mean.x;
    splats.means[3 * i + 1] = mean.y;
    splats.means[3 * i + 2] = mean.z;
    for (int k = 0; k < 3; ++k) {
      const double log_sigma = random.Uniform(std::log(options.sigma_px_min), std::log(options.sigma_px_max));
      splats.log_scales[3 * i + k] = LogScaleOf(camera, std::exp(log_sigma), z);
    }
    for (int k = 0; k < 4; ++k) splats.quats[4 * i + k] = random.Normal();
    splats.opacity_logits[i] = math::Logit(random.Uniform(options.opacity_min, options.opacity_max));
    for (int k = 0; k < 3; ++k) splats.sh_dc[3 * i + k] = math::ColorToShDc(random.Uniform(0.1, 0.9));
  }
  for (double& coefficient : splats.sh_rest) coefficient = 0.05 * random.Normal();
  return splats;
}

void AppendPlainSplat(SplatArrays& splats, const Camera& camera, const PlainSplat& plain) {
  const Vec3<double> mean = PointSeenAt(camera, plain.x, plain.y, plain.z);
  const double log_scale = LogScaleOf(camera, plain.sigma_px, plain.z);
  splats.means.insert(splats.means.end(), {mean.x, mean.y, mean.z});
  splats.log_scales.insert(splats.log_scales.end(), {log_scale, log_scale, log_scale});
  splats.quats.insert(splats.quats.end(), {1, 0, 0, 0});
  splats.opacity_logits.push_back(math::Logit(plain.opacity));
  for (const double color : plain.color) splats.sh_dc.push_back(math::ColorToShDc(color));
  splats.sh_rest.resize(splats.sh_rest.size() + 3 * size_t(splats.sh_rest_count), 0);
  ++splats.count;
}

ImageF RandomImage(int width, int height, uint64_t seed) {
  Random random(seed);
  ImageF image(width, height, 3);
  double frequency[3], phase[3];
  for (int c = 0; c < 3; ++c) {
    frequency[c] = random.Uniform(0.05, 0.4);
    phase[c] = random.Uniform(0, 6);
  }
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < 3; ++c) {
        const double wave = 0.5 + 0.4 * std::sin(frequency[c] * (x + 0.7 * y) + phase[c]);
        image.At(x, y)[c] = float(std::clamp(wave + random.Uniform(-0.05, 0.05), 0.0, 1.0));
      }
    }
  }
  return image;
}

std::vector<double> RandomVector(size_t size, double low, double high, Random& random) {
  std::vector<double> values(size);
  for (double& value : values) value = random.Uniform(low, high);
  return values;
}

}  // namespace splat::testing
