#include "capture/bake.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "capture/noise.h"
#include "core/constants.h"

namespace splat::capture {
namespace {

using Rgb = Vec3<double>;

constexpr double kNearestLight = 0.2;  // m^2: closer squared distances count as this
// Light varies slowly: it is computed on a grid this much coarser than the texels.
constexpr int kTexelsPerLightCell = 6;
constexpr int kTexelsPerBackdropLightCell = 10;
constexpr int kLightSide = 5;       // kLightSide^2 shadow rays per light
constexpr int kSkySide = 6;         // kSkySide^2 rays for the surroundings
constexpr double kSkyReach = 1.5;   // m: what is further away counts as open
constexpr double kFootprint = 1.9;  // texels: finer detail would alias in the bilinear look-up
constexpr double kLift = 1e-4;      // m off the surface where shadow rays start

Rgb operator*(const Rgb& a, const Rgb& b) {
  return {a.x * b.x, a.y * b.y, a.z * b.z};
}

// What may stand between a surface and the light. The room is convex and blocks nothing.
struct Blocker {
  const Primitive* primitive = nullptr;
  Vec3<double> centre;  // m, world, of the bounding sphere
  double radius = 0;
};

std::vector<Blocker> BlockersOf(const Scene& scene) {
  std::vector<Blocker> blockers;
  for (const Primitive& primitive : scene.primitives) {
    if (primitive.solid.shape == Shape::kRoom || primitive.moving) continue;
    blockers.push_back(
        {&primitive, Inverse(primitive.solid.local_from_world).translation, BoundingRadius(primitive.solid)});
  }
  return blockers;
}

// Keeps the blockers that rise above the plane of a surface point within `reach` of it.
void KeepBlockersNear(const std::vector<Blocker>& all, const SurfacePoint& at, double reach,
                      std::vector<Blocker>& kept) {
  kept.clear();
  for (const Blocker& blocker : all) {
    const Vec3<double> offset = blocker.centre - at.x_in_local;
    const double far = reach + blocker.radius;
    if (Dot(offset, at.normal_in_local) > -blocker.radius && Dot(offset, offset) < far * far) kept.push_back(blocker);
  }
}

const Primitive* FirstBlocker(const std::vector<Blocker>& blockers, const Ray& ray, double t_max) {
  const double squared = Dot(ray.direction, ray.direction);
  for (const Blocker& blocker : blockers) {
    const Vec3<double> to_centre = blocker.centre - ray.origin;
    const double along = std::min(t_max, std::max(0.0, Dot(to_centre, ray.direction) / squared));
    const Vec3<double> offset = to_centre - along * ray.direction;
    if (Dot(offset, offset) > blocker.radius * blocker.radius) continue;
    if (Intersect(blocker.primitive->solid, ray, t_max) < t_max) return blocker.primitive;
  }
  return nullptr;
}

Rgb DirectLight(const std::vector<Blocker>& blockers, const RectLight& light, const SurfacePoint& at, uint32_t hash) {
  double sum = 0;
  for (int i = 0; i < kLightSide * kLightSide; ++i) {
    const int column = i % kLightSide, row = i / kLightSide;
    const double a = (column + Unit(hash, uint32_t(2 * i + 1))) / kLightSide;
    const double b = (row + Unit(hash, uint32_t(2 * i + 2))) / kLightSide;
    const Vec3<double> to_light = light.corner + a * light.edge_u + b * light.edge_v - at.x_in_local;
    const double squared = Dot(to_light, to_light), cosine = Dot(at.normal_in_local, to_light) / std::sqrt(squared);
    if (cosine <= 0 || FirstBlocker(blockers, {at.x_in_local, to_light}, 1.0)) continue;
    sum += cosine / std::max(kNearestLight, squared);
  }
  return (sum / (kLightSide * kLightSide)) * light.power;
}

// Share of the surroundings that reaches a point: near things stand in the way and return a part of it in their colour.
Rgb SkyLight(const std::vector<Blocker>& blockers, const SurfacePoint& at, uint32_t hash) {
  constexpr double kReturned = 0.45;
  const Vec3<double>& n = at.normal_in_local;
  const Vec3<double> across = Normalized(Cross(n, std::abs(n.z) < 0.7 ? Vec3<double>{0, 0, 1} : Vec3<double>{1, 0, 0}));
  const Vec3<double> other = Cross(n, across);
  Rgb sum = {0, 0, 0};
  for (int i = 0; i < kSkySide * kSkySide; ++i) {
    const int ring = i % kSkySide, sector = i / kSkySide;
    const double radius = std::sqrt((ring + Unit(hash, uint32_t(2 * i + 1))) / kSkySide);
    const double angle = 2 * kPi * (sector + Unit(hash, uint32_t(2 * i + 2))) / kSkySide;
    const Vec3<double> direction = (radius * std::cos(angle)) * across + (radius * std::sin(angle)) * other +
                                   std::sqrt(std::max(1e-6, 1 - radius * radius)) * n;
    const Primitive* blocker = FirstBlocker(blockers, {at.x_in_local, direction}, kSkyReach);
    sum = sum + (blocker ? kReturned * blocker->textures.front().base : Rgb{1, 1, 1});
  }
  return (1.0 / (kSkySide * kSkySide)) * sum;
}

SurfacePoint InWorld(const Solid& solid, const SurfacePoint& point) {
  const Rigid3 world_from_local = Inverse(solid.local_from_world);
  const Vec3<double> normal = world_from_local.rotation * point.normal_in_local;
  return {world_from_local * point.x_in_local + kLift * normal, normal};
}

// The grid of light over a face; nodes lie on the borders too.
struct LightGrid {
  int width = 0, height = 0;
  std::vector<Rgb> nodes;

  Rgb At(double u, double v) const {
    const double x = u * (width - 1), y = v * (height - 1);
    const int x0 = std::min(int(x), width - 2), y0 = std::min(int(y), height - 2);
    const Rgb* row = nodes.data() + size_t(y0) * width + x0;
    return Mix(Mix(row[0], row[1], x - x0), Mix(row[width], row[width + 1], x - x0), y - y0);
  }
};

// Away from a face's border, where it may touch what it stands on.
double Inset(double u, double size) {
  constexpr double kInset = 1.5e-3;  // m
  const double inset = std::min(0.25, kInset / size);
  return std::min(1 - inset, std::max(inset, u));
}

void FillLightRow(const Scene& scene, const Solid& solid, int face, uint32_t seed, int row, LightGrid& grid) {
  constexpr double kEverywhere = 1e3;  // m
  const std::vector<Blocker> all = BlockersOf(scene);
  const Vec2<double> size = FaceSize(solid, face);
  std::vector<Blocker> near, above;
  for (int x = 0; x < grid.width; ++x) {
    const SurfaceUv uv = {face, Inset(double(x) / (grid.width - 1), size.x),
                          Inset(double(row) / (grid.height - 1), size.y)};
    const SurfacePoint at = InWorld(solid, PointAt(solid, uv));
    const uint32_t hash = HashLattice(x, row, face, seed);
    KeepBlockersNear(all, at, kEverywhere, above);
    KeepBlockersNear(above, at, kSkyReach, near);
    Rgb light = scene.ambient * SkyLight(near, at, hash);
    for (const RectLight& source : scene.lights) light = light + DirectLight(above, source, at, hash + 1);
    grid.nodes[size_t(row) * grid.width + x] = light;
  }
}

LightGrid ComputeLight(const Scene& scene, const Primitive& primitive, int face, const Chart& chart, uint32_t seed,
                       Executor& executor) {
  const int cell = primitive.backdrop ? kTexelsPerBackdropLightCell : kTexelsPerLightCell;
  LightGrid grid;
  grid.width = std::max(2, chart.width / cell + 1);
  grid.height = std::max(2, chart.height / cell + 1);
  grid.nodes.resize(size_t(grid.width) * grid.height);
  ParallelFor(executor, grid.height, 4, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) FillLightRow(scene, primitive.solid, face, seed, int(row), grid);
  });
  return grid;
}

void FillTexels(const Primitive& primitive, int face, const LightGrid& light, double texel, Chart& chart, int row) {
  const Vec2<double> size = FaceSize(primitive.solid, face);
  const Texture& texture = primitive.textures[primitive.textures.size() > 1 ? size_t(face) : 0];
  for (int column = 0; column < chart.width; ++column) {
    const SurfaceUv uv = {face, (column + 0.5) / chart.width, (row + 0.5) / chart.height};
    const Vec3<double> x_in_local = PointAt(primitive.solid, uv).x_in_local;
    // Faces get strips of the pattern that lie far apart, so that no two of them look alike.
    const Vec2<double> position = {uv.u * size.x + 7.3 * face, uv.v * size.y + 3.1 * face};
    const Rgb radiance = TextureColor(texture, {x_in_local, position, kFootprint * texel}) * light.At(uv.u, uv.v);
    uint16_t* out = chart.texels.data() + 3 * (size_t(row) * chart.width + column);
    out[0] = uint16_t(std::min(65535.0, radiance.x * kRadianceUnit + 0.5));
    out[1] = uint16_t(std::min(65535.0, radiance.y * kRadianceUnit + 0.5));
    out[2] = uint16_t(std::min(65535.0, radiance.z * kRadianceUnit + 0.5));
  }
}

}  // namespace

BakedScene Bake(Scene scene, const BakeOptions& options, Executor& executor) {
  BakedScene baked;
  for (size_t i = 0; i < scene.primitives.size(); ++i) {
    const Primitive& primitive = scene.primitives[i];
    const double texel = options.texel * primitive.coarseness * (primitive.backdrop ? options.coarser_backdrop : 1);
    std::vector<Chart> charts(size_t(FaceCount(primitive.solid.shape)));
    for (int face = 0; face < int(charts.size()); ++face) {
      Chart& chart = charts[size_t(face)];
      const Vec2<double> size = FaceSize(primitive.solid, face);
      chart.width = std::max(2, int(std::ceil(size.x / texel)));
      chart.height = std::max(2, int(std::ceil(size.y / texel)));
      chart.texels.resize(size_t(chart.width) * chart.height * 3);
      const uint32_t seed = HashLattice(int(i), face, 77, uint32_t(options.seed));
      const LightGrid light = ComputeLight(scene, primitive, face, chart, seed, executor);
      ParallelFor(executor, chart.height, 8, [&](int64_t begin, int64_t end) {
        for (int64_t row = begin; row < end; ++row) FillTexels(primitive, face, light, texel, chart, int(row));
      });
    }
    baked.charts.push_back(std::move(charts));
  }
  baked.scene = std::move(scene);
  return baked;
}

Rgb RadianceAt(const Chart& chart, double u, double v) {
  const double x = std::min(chart.width - 1.0, std::max(0.0, u * chart.width - 0.5));
  const double y = std::min(chart.height - 1.0, std::max(0.0, v * chart.height - 0.5));
  const int x0 = std::min(int(x), chart.width - 2), y0 = std::min(int(y), chart.height - 2);
  const double fx = x - x0, fy = y - y0;
  const uint16_t* a = chart.texels.data() + 3 * (size_t(y0) * chart.width + x0);
  const uint16_t* b = a + 3 * size_t(chart.width);
  const double w00 = (1 - fx) * (1 - fy), w10 = fx * (1 - fy), w01 = (1 - fx) * fy, w11 = fx * fy;
  const auto blend = [&](int c) { return (w00 * a[c] + w10 * a[c + 3] + w01 * b[c] + w11 * b[c + 3]) / kRadianceUnit; };
  return {blend(0), blend(1), blend(2)};
}

}  // namespace splat::capture
