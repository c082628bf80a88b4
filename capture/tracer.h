// The tracer takes one photo of the baked scene: it sends rays through a lens and averages them per pixel.
#pragma once

#include <vector>

#include "capture/bake.h"
#include "capture/lens.h"
#include "core/image.h"
#include "core/parallel.h"

namespace splat::capture {

struct Hit {
  double t = 0;
  int primitive = 0;  // kSky: none of the scene
};
constexpr int kSky = -1;
constexpr double kSkyDepth = 1e30;  // the t of a ray that meets nothing

// What a ray meets first. Throws splat::Error if there is nothing in a scene that is closed.
Hit Trace(const BakedScene& baked, const Ray& ray);

// Linear radiance that leaves the hit surface, or the sky, against the ray.
Vec3<double> Radiance(const BakedScene& baked, const Ray& ray, const Hit& hit);

struct TracedPhoto {
  ImageF radiance;    // [h, w, 3] linear; with foreground_only the mean over the samples that see no backdrop
  ImageF foreground;  // [h, w, 1] share of the samples that see no backdrop
  ImageF moving;      // [h, w, 1] share of the samples that see the moving object
  // [h, w, 1] m along the optical axis, of the ray through the pixel's centre; kSkyDepth where it shows the sky
  ImageF depth;
};

struct TraceOptions {
  int samples_per_side = 3;      // samples_per_side^2 rays per pixel on a regular grid; odd, so that one is the centre
  bool foreground_only = false;  // leave the backdrop out of radiance
};

// The result is the same for any number of threads.
TracedPhoto TracePhoto(const BakedScene& baked, const Lens& lens, const TraceOptions& options, Executor& executor);

}  // namespace splat::capture
