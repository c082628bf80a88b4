#include "capture/capture_options.h"

namespace splat::capture {
namespace {

std::vector<Option> PhotosOptions(CaptureOptions& options) {
  return {
      Option("photos", options.photos, "Number of photos, once around the table")
          .Between(2, 9999)
          .Flag("--photos N", kPhotosGroup),
      Option("width", options.width, "px").Between(16, 8192).Flag("--width N", kPhotosGroup),
      Option("height", options.height, "px").Between(16, 8192).Flag("--height N", kPhotosGroup),
      Option("field_of_view", options.field_of_view_deg, "Field of view across the width, degrees")
          .Between(10, 120)
          .Flag("--fov DEGREES", kPhotosGroup),
      Option("seed", options.seed, "Paint, positions and noise").AtLeast(0).Flag("--seed N", kPhotosGroup),
      Option("orbit_radius", options.orbit_radius, "Radius of the orbit, m")
          .Between(1.2, 2.1)
          .Flag("--radius M", kPhotosGroup),
      Option("orbit_height", options.orbit_height, "Mean height of the camera, m")
          .Between(1, 2.2)
          .Flag("--orbit-height M", kPhotosGroup),
      Option("height_variation", options.height_variation, "Up and down, m")
          .Between(0, 0.5)
          .Flag("--height-variation M", kPhotosGroup),
      Option("samples", options.samples_per_side, "Rays per pixel, per side; an odd number")
          .Between(1, 9)
          .Flag("--samples N", kPhotosGroup),
      Option("outdoors", options.outdoors, "In a meadow under a sky with clouds instead of the room")
          .Flag("--outdoors", kPhotosGroup),
      Option("depth", options.depth, "Also write depth maps (PFM, m along the optical axis)")
          .Flag("--depth", kPhotosGroup),
  };
}

std::vector<Option> LensAndLightOptions(CaptureOptions& options) {
  return {
      Option("k1", options.distortion.k1, "Distortion of the lens (COLMAP's OPENCV model)")
          .Flag("--k1 X", kImperfectionsGroup),
      Option("k2", options.distortion.k2, "The same").Flag("--k2 X", kImperfectionsGroup),
      Option("p1", options.distortion.p1, "The same").Flag("--p1 X", kImperfectionsGroup),
      Option("p2", options.distortion.p2, "The same").Flag("--p2 X", kImperfectionsGroup),
      Option("exposure_drift", options.exposure_drift_ev, "Stops up and down over the orbit")
          .Between(0, 2)
          .Flag("--exposure-drift STOPS", kImperfectionsGroup),
      Option("exposure_jitter", options.exposure_jitter_ev, "Stops by which each photo is off at random")
          .Between(0, 2)
          .Flag("--exposure-jitter STOPS", kImperfectionsGroup),
      Option("white_balance_drift", options.white_balance_ev, "Stops between red and blue, up and down over the orbit")
          .Between(0, 2)
          .Flag("--white-balance-drift STOPS", kImperfectionsGroup),
      Option("noise", options.noise, "Standard deviation of the sensor's noise, of 255")
          .Between(0, 50)
          .Flag("--noise X", kImperfectionsGroup),
  };
}

std::vector<Option> ImperfectionOptions(CaptureOptions& options) {
  return {
      Option("exif_rotation", options.exif_rotation, "Take every third photo with a turned camera")
          .Flag("--exif-rotation", kImperfectionsGroup),
      Option("alpha_masks", options.alpha_masks, "PNG with the room transparent")
          .Flag("--alpha-masks", kImperfectionsGroup),
      Option("mixed_sizes", options.mixed_sizes, "Photos of several sizes and shapes")
          .Flag("--mixed-sizes", kImperfectionsGroup),
      Option("moving_object", options.moving_object,
             "A ball that is elsewhere in each photo; its masks go to OUTPUT/masks")
          .Flag("--moving-object", kImperfectionsGroup),
      Option("border", options.black_rows, "Black rows at the top of each photo, at most a fourth of the height")
          .AtLeast(0)
          .Flag("--border N", kImperfectionsGroup),
      Option("letterbox", options.letterbox, "Black rows at the top and as many at the bottom, each at most a fourth")
          .AtLeast(0)
          .Flag("--letterbox N", kImperfectionsGroup),
      Option("poses_off", options.poses_off_deg,
             "Degrees by which the poses in OUTPUT/poses_off are turned away from the true ones")
          .Between(0, 10)
          .Flag("--poses-off DEGREES", kImperfectionsGroup),
      Option("positions_off", options.poses_off_share,
             "Share of the distance from the table by which those stand elsewhere")
          .Between(0, 0.2)
          .Flag("--positions-off SHARE", kImperfectionsGroup),
  };
}

}  // namespace

std::vector<Option> OptionsOf(CaptureOptions& options) {
  std::vector<Option> rows = PhotosOptions(options);
  Append(rows, LensAndLightOptions(options));
  Append(rows, ImperfectionOptions(options));
  return rows;
}

}  // namespace splat::capture
