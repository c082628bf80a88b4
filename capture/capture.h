// The demonstration capture is a set of photos of a procedural scene, with the truth beside them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "capture/capture_options.h"
#include "capture/lens.h"
#include "capture/tracer.h"
#include "core/parallel.h"

namespace splat::capture {

// Throws one splat::Error that lists each violation of a bound, also of those between options, as option, value and
// bound.
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
//   photos/photo_0001.jpg ...        sRGB, JPEG quality 95 with EXIF (or .png)
//   truth/cameras.txt, images.txt, points3D.txt
//                                    COLMAP text model in metres, z up, of the images as stored (EXIF orientation not
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
