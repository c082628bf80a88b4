// A moving object stands elsewhere in each photo, as people and pets do.
#pragma once

#include <vector>

#include "capture/lens.h"
#include "capture/tracer.h"

namespace splat::capture {

// Where the object is in each of the photos, over the table.
std::vector<Vec3<double>> MovingObjectPlaces(int photos);

// Adds the object to a scene. It moves and throws no shadow, so that all else looks as it does without it.
void AddMovingObject(uint64_t seed, Scene& scene);

// Puts the object of a scene somewhere.
void PlaceMovingObject(const Vec3<double>& place, Scene& scene);

// 1 channel: 255 where a photo shows all but the object, with a rim of kMaskRim_px around it that is 0, too.
constexpr int kMaskRim_px = 2;
Image8 MaskOfMovingObject(const TracedPhoto& traced);

// 1 channel: 255 where a camera sees the object in any of the places, by the rays through the pixels' centres.
Image8 WhereTheObjectPasses(const Scene& scene, const std::vector<Vec3<double>>& places, const Lens& lens,
                            const TracedPhoto& traced, Executor& executor);

}  // namespace splat::capture
