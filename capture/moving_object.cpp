#include "capture/moving_object.h"

#include <algorithm>
#include <cmath>

#include "core/golden_angle.h"

namespace splat::capture {
namespace {

constexpr double kRadius = 0.1, kHeight = 1.0, kDistance = 0.55;  // m; of its centre from the floor and the axis

}  // namespace

std::vector<Vec3<double>> MovingObjectPlaces(int photos) {
  std::vector<Vec3<double>> places;
  for (int i = 0; i < photos; ++i) {
    const double angle = kGoldenAngle * i;
    places.push_back({kDistance * std::cos(angle), kDistance * std::sin(angle), kHeight + 0.08 * std::sin(1.7 * i)});
  }
  return places;
}

void AddMovingObject(uint64_t seed, Scene& scene) {
  Primitive object;
  object.name = "moving ball";
  object.solid = {Shape::kSphere, {kRadius, 0, 0}, {}};
  object.textures = {{Pattern::kMosaic, 0.07, LinearFromSrgb(0xe8e0d0), LinearFromSrgb(0xd0342c),
                      LinearFromSrgb(0x1c3a8c), uint32_t(seed) * 7919u + 40009u}};
  object.moving = true;
  scene.primitives.push_back(object);
  PlaceMovingObject({kDistance, 0, kHeight}, scene);
}

void PlaceMovingObject(const Vec3<double>& place, Scene& scene) {
  for (Primitive& primitive : scene.primitives) {
    if (primitive.moving) primitive.solid.local_from_world = Inverse(Rigid3{Identity3<double>(), place});
  }
}

Image8 MaskOfMovingObject(const TracedPhoto& traced) {
  const int width = traced.moving.width, height = traced.moving.height;
  Image8 mask(width, height, 1);
  std::fill(mask.pixels.begin(), mask.pixels.end(), uint8_t(255));
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if (*traced.moving.At(x, y) == 0) continue;
      const int left = std::max(0, x - kMaskRim_px), right = std::min(width, x + kMaskRim_px + 1);
      for (int row = std::max(0, y - kMaskRim_px); row < std::min(height, y + kMaskRim_px + 1); ++row) {
        std::fill(mask.At(left, row), mask.At(left, row) + (right - left), uint8_t(0));
      }
    }
  }
  return mask;
}

Image8 WhereTheObjectPasses(const Scene& scene, const std::vector<Vec3<double>>& places, const Lens& lens,
                            const TracedPhoto& traced, Executor& executor) {
  const auto object = std::find_if(scene.primitives.begin(), scene.primitives.end(),
                                   [](const Primitive& primitive) { return primitive.moving; });
  std::vector<Solid> solids;
  for (const Vec3<double>& place : places) {
    solids.push_back(object->solid);
    solids.back().local_from_world = Inverse(Rigid3{Identity3<double>(), place});
  }
  Image8 passed(traced.depth.width, traced.depth.height, 1);
  ParallelFor(executor, passed.height, 4, [&](int64_t begin, int64_t end) {
    for (int y = int(begin); y < int(end); ++y) {
      for (int x = 0; x < passed.width; ++x) {
        const double depth = double(*traced.depth.At(x, y));
        const Ray ray = RayThrough(lens, x + 0.5, y + 0.5);
        const bool hidden = *traced.moving.At(x, y) > 0 ||
                            std::any_of(solids.begin(), solids.end(),
                                        [&](const Solid& solid) { return Intersect(solid, ray, depth) < depth; });
        *passed.At(x, y) = hidden ? 255 : 0;
      }
    }
  });
  return passed;
}

}  // namespace splat::capture
