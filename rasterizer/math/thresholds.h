// This header has every threshold of the method once, with its reason. Kernels of every backend and the exporters take
// them from here.
#pragma once

namespace splat::math {

// A splat contributes to a pixel only where its alpha reaches 1/255: below it an 8-bit display shows no change.
constexpr double kMinAlpha = 1.0 / 255.0;

// Alpha is clamped here, so that 1 / (1 - alpha) in the backward pass stays bounded. Where the clamp is active the
// gradient of the geometry and the opacity is zero.
constexpr double kMaxAlpha = 0.99;

// A pixel takes further splats only while its transmittance is at least this; what lies behind can add 1e-4 at most.
constexpr double kMinTransmittance = 1e-4;

// This is added to both variances of the 2D covariance, px^2, so that a splat is never smaller than about a pixel. It
// is the default of all viewers.
constexpr double kLowPassVariancePx2 = 0.3;

// Tangents of the viewing angle are clamped to this factor times the image's edges in the projection's Jacobian only:
// the linearisation explodes far outside the image.
constexpr double kTangentMargin = 0.15;

// Splats nearer than this to the camera plane are culled, in scene units, where the caller does not say otherwise: the
// near plane of an aligned scene (scene/near_plane.h). What is nearer is a floater in front of the lens.
constexpr double kDefaultNear = 0.2;
constexpr double kDefaultFar = 1e10;

// A splat whose quaternion's squared length is not between these is not drawn: squares of such numbers come near the
// ends of what a float holds, and below the first there is no direction.
constexpr double kSmallestSquaredNorm = 1e-30, kLargestSquaredNorm = 1e30;

// A splat whose stored opacity is not below this, or one of whose stored scales is not above its negative, is not
// drawn: these are the infinities, which an activation would turn into ordinary values.
constexpr double kLargestStoredValue = 1e30;

// A splat whose projection exceeds one of these is not drawn: products of such numbers would overflow floats.
constexpr double kLargestVariancePx2 = 1e12;
constexpr double kLargestDeterminantPx4 = 1e24;  // of the 2D covariance
constexpr double kLargestSquaredColor = 1e24;    // squared length of the colour before it is clamped

}  // namespace splat::math
