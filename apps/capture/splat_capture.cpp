// splat-capture: photos of a procedural scene, with the truth beside them.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "apps/cli/cli.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/program.h"
#include "capture/capture.h"
#include "core/check.h"
#include "core/machine_limits.h"
#include "core/printable.h"

namespace splat::apps {
namespace {

using capture::CaptureOptions;

struct Arguments {
  CaptureOptions capture;
  std::string output;
  int threads = 0;
  bool overwrite = false;
  bool quiet = false;
};

void AddImageOptions(CLI::App& app, CaptureOptions& options) {
  app.add_option("--photos", options.photos, "Number of photos, once around the table")->capture_default_str();
  app.add_option("--width", options.width, "px")->capture_default_str();
  app.add_option("--height", options.height, "px")->capture_default_str();
  app.add_option("--fov", options.field_of_view_deg, "Field of view across the width, degrees")->capture_default_str();
  app.add_option("--seed", options.seed, "Paint, positions and noise")->capture_default_str();
  app.add_option("--radius", options.orbit_radius, "Radius of the orbit, m")->capture_default_str();
  app.add_option("--orbit-height", options.orbit_height, "Mean height of the camera, m")->capture_default_str();
  app.add_option("--height-variation", options.height_variation, "Up and down, m")->capture_default_str();
  app.add_option("--samples", options.samples_per_side, "Rays per pixel, per side (odd)")->capture_default_str();
}

void AddImperfections(CLI::App& app, CaptureOptions& options) {
  app.add_option("--k1", options.distortion.k1, "Lens distortion (COLMAP's OPENCV model)")->capture_default_str();
  app.add_option("--k2", options.distortion.k2)->capture_default_str();
  app.add_option("--p1", options.distortion.p1)->capture_default_str();
  app.add_option("--p2", options.distortion.p2)->capture_default_str();
  app.add_option("--exposure-drift", options.exposure_drift_ev, "Stops up and down over the orbit")
      ->capture_default_str();
  app.add_option("--exposure-jitter", options.exposure_jitter_ev, "Stops by which each photo is off at random")
      ->capture_default_str();
  app.add_option("--white-balance-drift", options.white_balance_ev,
                 "Stops between red and blue, up and down over the orbit")
      ->capture_default_str();
  app.add_option("--noise", options.noise, "Standard deviation of the sensor's noise, of 255")->capture_default_str();
  app.add_flag("--exif-rotation", options.exif_rotation, "Take every third photo with a turned camera");
  app.add_flag("--alpha-masks", options.alpha_masks, "PNG with the room transparent");
  app.add_flag("--mixed-sizes", options.mixed_sizes, "Photos of several sizes and shapes");
  app.add_flag("--outdoors", options.outdoors, "In a meadow under a sky with clouds instead of the room");
  app.add_flag("--moving-object", options.moving_object,
               "A ball that is elsewhere in each photo; its masks go to OUTPUT/masks");
  app.add_option("--border", options.black_rows, "Black rows at the top of each photo")->capture_default_str();
  app.add_option("--letterbox", options.letterbox, "Black rows at the top and as many at the bottom")
      ->capture_default_str();
  app.add_option("--poses-off", options.poses_off_deg,
                 "Degrees by which the poses in OUTPUT/poses_off are turned away from the true ones")
      ->capture_default_str();
  app.add_option("--positions-off", options.poses_off_share,
                 "Share of the distance from the table by which those stand elsewhere")
      ->capture_default_str();
  app.add_flag("--depth", options.depth, "Also write depth maps (PFM, m along the optical axis)");
}

void Run(const Arguments& arguments) {
  Validate(arguments.capture);
  std::string folder = arguments.output;
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  const int threads = arguments.threads > 0 ? arguments.threads : UsableCores();
  ThreadPool pool(std::max(1, threads));
  const InterruptHandler interrupt_handler;
  const auto progress = [&](int done, int total) {
    ThrowIfInterrupted(StrCat("interrupted after ", done, " of ", total, " photos"));
    if (!arguments.quiet && (done % 10 == 0 || done == total)) std::printf("photo %d of %d\n", done, total);
    std::fflush(stdout);
  };
  const auto result = WriteCapture(arguments.capture, folder, pool, progress, arguments.overwrite);
  std::printf("%s: %zu photos; the truth is in %s\n", Printable(result.photo_folder).c_str(), result.photos.size(),
              Printable(result.truth_folder).c_str());
}

// Nothing if --help or --version was asked for and has been printed.
std::optional<Arguments> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "Makes photos of a procedural scene by ray tracing, with camera poses and depth as the truth beside them.",
      "splat-capture");
  app.set_version_flag("--version", ProgramVersion("splat-capture"), "Print the version and what it was built with");
  app.add_option("output", arguments.output, "Folder to make: photos in OUTPUT/photos, the truth in OUTPUT/truth")
      ->required();
  AddImageOptions(app, arguments.capture);
  AddImperfections(app, arguments.capture);
  app.add_option("--threads", arguments.threads, "0: all")->check(CLI::Range(0, 1024));
  app.add_flag("--overwrite", arguments.overwrite, "Replace an earlier capture");
  app.add_flag("--quiet", arguments.quiet, "No progress");
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;
  return arguments;
}

}  // namespace
}  // namespace splat::apps

int main(int argc, char** argv) {
  return splat::apps::RunProgram("splat-capture", [&] {
    const auto arguments = splat::apps::ParseArguments(argc, argv);
    if (arguments) splat::apps::Run(*arguments);
    return 0;
  });
}
