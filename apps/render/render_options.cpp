#include "apps/render/render_options.h"

#include "apps/cli/cli.h"
#include "apps/cli/program.h"
#include "core/check.h"

namespace splat::apps {

std::optional<RenderOptions> ParseRenderOptions(int argc, char** argv) {
  RenderOptions options;
  std::string background;
  bool quiet = false;
  CLI::App app("Renders a Gaussian-splat scene to PNG images.", "splat-render");
  app.set_version_flag("--version", ProgramVersion("splat-render"), "Print the version and what it was built with");
  app.add_option("scene", options.scene, "The scene: a PLY, SPZ or another scene file")->required()->type_name("SCENE");
  app.add_option("-c,--cameras", options.cameras,
                 "Whose views are rendered: a cameras.json, a COLMAP model folder or a transforms.json")
      ->type_name("PATH");
  app.add_option("--orbit", options.orbit, "Instead: N views on a circle around the scene")
      ->check(WholeNumber(1, 100'000))
      ->type_name("N");
  app.add_option("-o,--output", options.output, "Folder for the images, named after the cameras' photos")
      ->required()
      ->type_name("DIR");
  app.add_option("--split", options.split, "Which cameras: all, train or test")
      ->check(OneOf({"all", "train", "test"}))
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("-d,--downscale", options.downscale, "Divide the cameras' size by N")
      ->check(WholeNumber(1, 64))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--width", options.width, "Width of the images in pixels; 0: as the cameras have it")
      ->check(WholeNumber(0, 32768))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--background", background,
                 "black, white, #rrggbb or r,g,b in 0..1; without it what the scene says, or black")
      ->check(BackgroundColor())
      ->type_name("COLOR");
  app.add_option("--device", options.device, "auto, cpu or cuda")
      ->check(OneOf({"auto", "cpu", "cuda"}))
      ->type_name("DEVICE")
      ->capture_default_str();
  app.add_option("--threads", options.threads, "CPU threads; 0: all cores")
      ->check(WholeNumber(0, 1024))
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--quiet", quiet, "Only warnings and errors");
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;

  SPLAT_CHECK(options.cameras.empty() == (options.orbit > 0), "pass either --cameras PATH or --orbit N");
  SPLAT_CHECK(options.downscale == 1 || options.width == 0, "pass either --downscale or --width");
  if (!background.empty()) options.background = ParseBackground(background);
  options.verbosity = quiet ? Verbosity::kQuiet : Verbosity::kNormal;
  return options;
}

}  // namespace splat::apps
