// The demonstration capture: photos of a procedural scene with the truth beside them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "capture/tracer.h"
#include "core/parallel.h"

namespace splat::capture {

struct CaptureOptions {
  int photos = 48;                 // once around, 2..9999
  int width = 512, height = 384;   // px, 16..8192
  double field_of_view_deg = 62;   // across the width, 10..120
  uint64_t seed = 1;               // paint, positions and noise
  double orbit_radius = 1.75;      // m, 1.2..2.1: around the table, inside the room
  double orbit_height = 1.42;      // m above the floor, 1.0..2.2
  double height_variation = 0.22;  // m, 0..0.5
  Distortion distortion;           // COLMAP's OPENCV model; must be one-to-one over the photo
  double exposure_drift_ev = 0;    // stops up and down over the orbit, 0..2
  double exposure_jitter_ev = 0;   // stops: each photo's own, at random, with a mean of 0 over the photos; 0..2
  double white_balance_ev = 0;     // stops between red and blue, up and down over the orbit, 0..2
  double noise = 0;                // standard deviation, of 255; 0..50
  int samples_per_side = 3;        // rays per pixel, squared; odd, 1..9
  bool exif_rotation = false;      // every third photo is taken with the camera turned: EXIF orientation 6, 8, 3
  bool alpha_masks = false;        // PNG with transparent room and rug instead of JPEG (then without EXIF)
  bool mixed_sizes = false;        // of four photos the second is upright and the fourth three quarters as large
  bool depth = false;              // also depth maps
  bool outdoors = false;           // in a meadow under a sky with clouds instead of the room
  bool moving_object = false;      // a ball that is elsewhere in each photo, with its masks
  int black_rows = 0;              // px, at the top of each photo, 0..a fourth of the height: a cut video
  int letterbox = 0;               // px, black rows at the top and as many at the bottom, in the same bounds
  // Poses that are wrong, beside the true ones: each camera is turned by so many degrees (0..10) about a random axis
  // and moved in a random direction by so large a share of its distance from the still life (0..0.2).
  double poses_off_deg = 0, poses_off_share = 0;
};

// Throws one splat::Error that lists each violation as option, value and bound.
void Validate(const CaptureOptions& options);

struct CapturedPhoto {
  std::string name;  // photo_0001.jpg: sorted order is the orbit's
  Lens lens;         // of the image as stored
  int exif_orientation = 1;
  double exposure_ev = 0;       // stops
  double white_balance_ev = 0;  // stops that red is brighter against blue; green stays
};

// The cameras of a capture, without taking it.
std::vector<CapturedPhoto> PlanCapture(const CaptureOptions& options);

// The scene of these options, moving objects aside.
Scene SceneFor(const CaptureOptions& options);

// The scene as it is painted and lit for these options: texels follow the size of a pixel.
BakedScene BakeFor(const CaptureOptions& options, Executor& executor);

struct CaptureResult {
  std::vector<CapturedPhoto> photos;
  std::string photo_folder, truth_folder;
};

// Makes `folder`, which appears whole or not at all. It must not exist yet; with `overwrite` it may be an earlier
// capture, which stays until the new one is whole.
//   photos/photo_0001.jpg ...        sRGB, JPEG quality 95 (or .png)
//   truth/cameras.bin, images.bin, points3D.bin
//                                    COLMAP model in metres, z up, of the images as stored (EXIF orientation not
//                                    applied): PINHOLE, or OPENCV with distortion; points lie on the surfaces and have
//                                    no tracks
//   truth/depth/photo_0001.pfm ...   with options.depth: float, m along the optical axis, row by row from the bottom as
//                                    PFM asks, for the pixels as stored; 1e30 where they show the sky
//   masks/photo_0001.png ...         with options.moving_object: black where the object is, else white
//   truth/passed/photo_0001.png ...  with options.moving_object: white where the camera sees it in any of the photos
//   poses_off/...                    where options say that poses are off: the model of truth/ with such poses
//   truth/capture.json               the options
// Equal options give the same bytes, whatever the executor. `progress` gets (photos done, photos) after each. Throws
// splat::Error naming the folder.
CaptureResult WriteCapture(const CaptureOptions& options, const std::string& folder, Executor& executor,
                           const std::function<void(int, int)>& progress, bool overwrite = false);

}  // namespace splat::capture
