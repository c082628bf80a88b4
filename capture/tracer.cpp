#include "capture/tracer.h"

#include <algorithm>
#include <cmath>

#include "capture/sky.h"
#include "core/check.h"

namespace splat::capture {
namespace {

constexpr int kTile = 16;  // px

// A primitive that a tile's rays may meet, and the nearest that any of them can (a length, not a t).
struct Candidate {
  double nearest = 0;
  int primitive = 0;
};

// Directions of a tile's rays as a cone about the one through its middle.
struct Cone {
  Vec3<double> axis;  // length 1
  double half_angle = 0;
};

Cone TileCone(const Lens& lens, int x0, int y0) {
  constexpr double kMargin = 1.02;  // the cone of the corners holds all rays but for the bend of a distorted edge
  Cone cone = {Normalized(RayThrough(lens, x0 + 0.5 * kTile, y0 + 0.5 * kTile).direction), 0};
  for (int corner = 0; corner < 4; ++corner) {
    const int right = corner % 2, lower = corner / 2;
    const Ray ray = RayThrough(lens, x0 + right * kTile, y0 + lower * kTile);
    const double cosine = Dot(cone.axis, Normalized(ray.direction));
    cone.half_angle = std::max(cone.half_angle, kMargin * std::acos(std::min(1.0, cosine)));
  }
  return cone;
}

// Primitives whose bounding sphere meets the cone, nearest first.
std::vector<Candidate> CandidatesIn(const Scene& scene, const Vec3<double>& origin, const Cone& cone) {
  std::vector<Candidate> candidates;
  for (int i = 0; i < int(scene.primitives.size()); ++i) {
    const Solid& solid = scene.primitives[size_t(i)].solid;
    const Vec3<double> to_centre = Inverse(solid.local_from_world).translation - origin;
    const double distance = Norm(to_centre), radius = BoundingRadius(solid);
    if (distance <= radius) {
      candidates.push_back({0, i});
      continue;
    }
    const double angle = std::acos(std::min(1.0, std::max(-1.0, Dot(cone.axis, to_centre) / distance)));
    if (angle < cone.half_angle + std::asin(radius / distance)) candidates.push_back({distance - radius, i});
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.nearest != b.nearest ? a.nearest < b.nearest : a.primitive < b.primitive;
  });
  return candidates;
}

Hit TraceAmong(const Scene& scene, const std::vector<Candidate>& candidates, const Ray& ray) {
  Hit hit = {kSkyDepth, kSky};
  const double length = Norm(ray.direction);
  for (const Candidate& candidate : candidates) {
    if (candidate.nearest > hit.t * length) break;
    const double t = Intersect(scene.primitives[size_t(candidate.primitive)].solid, ray, hit.t);
    if (t < hit.t) hit = {t, candidate.primitive};
  }
  SPLAT_CHECK(hit.primitive != kSky || scene.open, "a ray left the scene: the camera must stand inside the room");
  return hit;
}

// A broad highlight of the first light, for the painted and polished things.
double Highlight(const Scene& scene, const Solid& solid, const Ray& ray, const Vec3<double>& x_in_local) {
  constexpr double kSharpness = 24;
  const RectLight& light = scene.lights.front();
  const Vec3<double> normal =
      Transpose(solid.local_from_world.rotation) * PointAt(solid, UvAt(solid, x_in_local)).normal_in_local;
  const Vec3<double> position = Inverse(solid.local_from_world) * x_in_local;
  const Vec3<double> to_light = Normalized(light.corner + 0.5 * light.edge_u + 0.5 * light.edge_v - position);
  const Vec3<double> halfway = Normalized(to_light - Normalized(ray.direction));
  return std::pow(std::max(0.0, Dot(normal, halfway)), kSharpness);
}

struct PixelSum {
  Vec3<double> radiance = {0, 0, 0};
  int counted = 0, foreground = 0, moving = 0;
  double depth = 0;
};

class PhotoTracer {
 public:
  PhotoTracer(const BakedScene& baked, const Lens& lens, const TraceOptions& options)
      : baked_(baked), lens_(lens), options_(options) {}

  void TraceTile(int x0, int y0, TracedPhoto& photo) const {
    const Vec3<double> origin = CameraCenterInWorld(lens_.camera);
    const std::vector<Candidate> candidates = CandidatesIn(baked_.scene, origin, TileCone(lens_, x0, y0));
    for (int y = y0; y < std::min(y0 + kTile, photo.depth.height); ++y) {
      for (int x = x0; x < std::min(x0 + kTile, photo.depth.width); ++x)
        Store(TracePixel(candidates, x, y), x, y, photo);
    }
  }

 private:
  PixelSum TracePixel(const std::vector<Candidate>& candidates, int x, int y) const {
    PixelSum sum;
    const int side = options_.samples_per_side;
    for (int i = 0; i < side * side; ++i) {
      const int column = i % side, row = i / side;
      const Ray ray = RayThrough(lens_, x + (column + 0.5) / side, y + (row + 0.5) / side);
      const Hit hit = TraceAmong(baked_.scene, candidates, ray);
      if (i == side * side / 2) sum.depth = hit.t;
      const Primitive* const primitive =
          hit.primitive == kSky ? nullptr : &baked_.scene.primitives[size_t(hit.primitive)];
      const bool backdrop = !primitive || primitive->backdrop;
      if (!backdrop) ++sum.foreground;
      if (primitive && primitive->moving) ++sum.moving;
      if (backdrop && options_.foreground_only) continue;
      sum.radiance = sum.radiance + Radiance(baked_, ray, hit);
      ++sum.counted;
    }
    return sum;
  }

  void Store(const PixelSum& sum, int x, int y, TracedPhoto& photo) const {
    const double weight = sum.counted > 0 ? 1.0 / sum.counted : 0;
    float* radiance = photo.radiance.At(x, y);
    radiance[0] = float(weight * sum.radiance.x);
    radiance[1] = float(weight * sum.radiance.y);
    radiance[2] = float(weight * sum.radiance.z);
    *photo.foreground.At(x, y) = float(sum.foreground) / float(options_.samples_per_side * options_.samples_per_side);
    *photo.moving.At(x, y) = float(sum.moving) / float(options_.samples_per_side * options_.samples_per_side);
    *photo.depth.At(x, y) = float(sum.depth);
  }

  const BakedScene& baked_;
  const Lens& lens_;
  const TraceOptions& options_;
};

}  // namespace

Hit Trace(const BakedScene& baked, const Ray& ray) {
  std::vector<Candidate> all;
  all.reserve(baked.scene.primitives.size());
  for (int i = 0; i < int(baked.scene.primitives.size()); ++i) all.push_back({0, i});
  return TraceAmong(baked.scene, all, ray);
}

Vec3<double> Radiance(const BakedScene& baked, const Ray& ray, const Hit& hit) {
  if (hit.primitive == kSky) return SkyRadiance(ray.direction, baked.scene.sky_seed);
  const Primitive& primitive = baked.scene.primitives[size_t(hit.primitive)];
  const Vec3<double> x_in_local = primitive.solid.local_from_world * (ray.origin + hit.t * ray.direction);
  const SurfaceUv uv = UvAt(primitive.solid, x_in_local);
  Vec3<double> radiance = RadianceAt(baked.charts[size_t(hit.primitive)][size_t(uv.face)], uv.u, uv.v);
  if (primitive.gloss > 0) {
    const double shine = primitive.gloss * Highlight(baked.scene, primitive.solid, ray, x_in_local);
    radiance = radiance + Vec3<double>{shine, shine, shine};
  }
  return radiance;
}

TracedPhoto TracePhoto(const BakedScene& baked, const Lens& lens, const TraceOptions& options, Executor& executor) {
  SPLAT_CHECK(options.samples_per_side > 0 && options.samples_per_side % 2 == 1, "samples per side must be odd, not ",
              options.samples_per_side);
  const int width = lens.camera.width, height = lens.camera.height;
  TracedPhoto photo = {ImageF(width, height, 3), ImageF(width, height, 1), ImageF(width, height, 1),
                       ImageF(width, height, 1)};
  const PhotoTracer tracer(baked, lens, options);
  const int columns = (width + kTile - 1) / kTile, rows = (height + kTile - 1) / kTile;
  executor.Run(int64_t(columns) * rows, [&](int64_t tile) {
    tracer.TraceTile(int(tile % columns) * kTile, int(tile / columns) * kTile, photo);
  });
  return photo;
}

}  // namespace splat::capture
