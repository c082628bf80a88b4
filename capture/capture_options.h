// The options of a capture are defined here, each in one place: field, bounds, help and flag.
#pragma once

#include <cstdint>
#include <vector>

#include "capture/lens.h"
#include "core/option.h"

namespace splat::capture {

struct CaptureOptions {
  int photos = 48;                 // once around
  int width = 512, height = 384;   // px
  double field_of_view_deg = 62;   // across the width
  uint64_t seed = 1;               // paint, positions and noise
  double orbit_radius = 1.75;      // m: around the table, inside the room
  double orbit_height = 1.42;      // m above the floor
  double height_variation = 0.22;  // m
  Distortion distortion;           // COLMAP's OPENCV model; must be one-to-one over the photo
  double exposure_drift_ev = 0;    // stops up and down over the orbit
  double exposure_jitter_ev = 0;   // stops: each photo's own, at random, with a mean of 0 over the photos
  double white_balance_ev = 0;     // stops between red and blue, up and down over the orbit
  double noise = 0;                // standard deviation, of 255
  int samples_per_side = 3;        // rays per pixel, squared; odd
  bool exif_rotation = false;      // every third photo is taken with the camera turned: EXIF orientation 6, 8, 3
  bool alpha_masks = false;        // PNG with transparent room and rug instead of JPEG (then without EXIF)
  bool mixed_sizes = false;        // of four photos the second is upright and the fourth three quarters as large
  bool depth = false;              // also depth maps
  bool outdoors = false;           // in a meadow under a sky with clouds instead of the room
  bool moving_object = false;      // a ball that is elsewhere in each photo, with its masks
  int black_rows = 0;              // px, at the top of each photo: a cut video
  int letterbox = 0;               // px, black rows at the top and as many at the bottom
  // Poses that are wrong, beside the true ones: each camera is turned by so many degrees about a random axis and moved
  // in a random direction by so large a share of its distance from the still life.
  double poses_off_deg = 0, poses_off_share = 0;
};

// The headings of the flags.
constexpr const char* kPhotosGroup = "Photos";
constexpr const char* kImperfectionsGroup = "What the photos are like";

// The rows of all options. They refer to `options`.
std::vector<Option> OptionsOf(CaptureOptions& options);

}  // namespace splat::capture
