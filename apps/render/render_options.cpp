#include "apps/render/render_options.h"

#include "apps/cli/cli.h"
#include "apps/cli/common_options.h"
#include "apps/cli/option_flags.h"
#include "apps/cli/version.h"
#include "core/check.h"
#include "data/poses/pose_files.h"

namespace splat::apps {
namespace {

std::vector<Option> OptionsOf(RenderOptions& options, bool& quiet) {
  const char* const group = kOptionsGroup;
  return {
      Option("scene", options.scene, "The scene: a PLY, SPZ or another scene file")
          .Flag("scene SCENE", group)
          .Required(),
      Option("cameras", options.cameras,
             StrCat("Whose views are rendered: the cameras.json of a run, ", data::kKindsOfPoses))
          .Flag("-c,--cameras PATH", group),
      Option("orbit", options.orbit,
             "Instead: N views from the circle that the photos of the cameras.json beside SCENE were taken from; else "
             "from a circle around the scene")
          .Between(0, 100'000)
          .LeastStandsFor("the views of --cameras")
          .Flag("--orbit N", group),
      Option("output", options.output, "Folder for the images, named after the cameras' photos")
          .Flag("-o,--output DIR", group)
          .Required(),
      Option("photo_colors", options.photo_colors,
             "The photo_colors.json of a run: views of its photos get their exposure, white balance and vignetting")
          .Flag("--photo-colors FILE", group),
      Option("split", options.split, "Which cameras")
          .OneOf({"all", "train", "test"})
          .Flag("--split all|train|test", group),
      Option("downscale", options.downscale, "Divide the cameras' size by N")
          .Between(1, 64)
          .Flag("-d,--downscale N", group),
      Option("width", options.width, "Width of the images in pixels; 0: as the cameras have it")
          .Between(0, 32768)
          .Flag("--width N", group),
      Option("background", options.background,
             "black, white, #rrggbb or r,g,b in 0..1; without it what the scene says, or black")
          .Flag("--background COLOR", group),
      Option("device", options.device, "Where to render: auto takes a GPU if there is one")
          .OneOf({"auto", "cpu", "cuda"})
          .Flag("--device auto|cpu|cuda", group),
      ThreadsOption(options.threads),
      QuietOption(quiet),
  };
}

}  // namespace

std::optional<RenderOptions> ParseRenderOptions(int argc, char** argv) {
  RenderOptions options;
  bool quiet = false;
  CLI::App app("Renders a Gaussian-splat scene to PNG images.", "splat-render");
  app.set_version_flag("--version", ProgramVersion("splat-render"), "Print the version and what it was built with");
  const OptionFlags flags(app, OptionsOf(options, quiet), {kOptionsGroup});
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;
  flags.Assign();

  SPLAT_CHECK(options.cameras.empty() == (options.orbit > 0), "pass either --cameras PATH or --orbit N");
  SPLAT_CHECK(options.downscale == 1 || options.width == 0, "pass either --downscale or --width");
  options.verbosity = quiet ? Verbosity::kQuiet : Verbosity::kNormal;
  return options;
}

}  // namespace splat::apps
