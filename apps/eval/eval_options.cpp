#include "apps/eval/eval_options.h"

#include <algorithm>

#include "apps/cli/cli.h"
#include "apps/cli/common_options.h"
#include "apps/cli/option_flags.h"
#include "apps/cli/version.h"
#include "core/check.h"
#include "data/dataset/dataset_options.h"
#include "data/poses/pose_files.h"

namespace splat::apps {
namespace {

const char* const kInput = "Scene, photos and poses";
const char* const kResults = "Metrics and results";

// Gives a row the bounds and choices of the training's option of its name.
Option AsInTraining(Option row) {
  data::DatasetOptions dataset;
  for (const Option& other : data::OptionsOf(dataset)) {
    if (other.name != row.name) continue;
    row.bounds = other.bounds;
    row.choices = other.choices;
  }
  return row;
}

std::vector<Option> PhotoOptions(EvalOptions& options) {
  std::vector<Option> rows = {
      Option("test_every", options.test_every, "Every N-th photo is held out; without it as the cameras or the run say")
          .Flag("--test-every N", kInput),
      Option("downscale", options.downscale, "Divide the photos' size by N; without it as the run did, or 1")
          .Flag("-d,--downscale N", kInput),
      Option("max_image_size", options.max_image_size,
             "Scale photos down until their longer side has at most N pixels; 0: no limit; without it as the run "
             "did, or 1600")
          .Flag("--max-image-size N", kInput),
      Option("background", options.background,
             "black, white, #rrggbb or r,g,b in 0..1; without it as the run had it, what the scene says, or black")
          .Flag("--background COLOR", kInput),
      Option("masks", options.masks,
             "Masks of the photos, whose black pixels do not count: a folder, auto for those that lie with the photos, "
             "or off")
          .LeastStandsFor("as the run did, or auto")
          .Flag("--masks auto|off|DIR", kInput),
      Option("invert_masks", options.invert_masks, "White of the masks is what does not count")
          .Flag("--invert-masks", kInput),
      Option("alpha", options.alpha, "What becomes of transparency: background, ignore or mask")
          .LeastStandsFor("as the run did, or background")
          .Flag("--alpha background|ignore|mask", kInput),
      Option("borders", options.borders, "Empty borders that all photos have do not count (auto), or do (off)")
          .LeastStandsFor("as the run did, or auto")
          .Flag("--borders auto|off", kInput),
  };
  for (Option& row : rows) row = AsInTraining(row);
  return rows;
}

std::vector<Option> InputOptions(EvalOptions& options) {
  std::vector<Option> rows = {
      Option("scene", options.scene, "The scene: a PLY, SPZ or another scene file, of any program")
          .Flag("scene SCENE", kInput)
          .Required(),
      Option("photos", options.photos, "Folder of the photos that the views are compared with")
          .LeastStandsFor("those of the run in whose folder the scene lies")
          .Flag("-p,--photos DIR", kInput),
      Option("cameras", options.cameras, StrCat("Their poses: the cameras.json of a run, ", data::kKindsOfPoses))
          .LeastStandsFor("those of the run, or else those that lie with the photos")
          .Flag("-c,--cameras PATH", kInput),
      Option("split", options.split, "Which views: those held out, or all")
          .OneOf({"test", "all"})
          .Flag("--split test|all", kInput),
  };
  Append(rows, PhotoOptions(options));
  return rows;
}

std::vector<Option> ResultOptions(EvalOptions& options) {
  return {
      Option("output", options.output, "Folder for evaluation.json and the images of the worst views")
          .LeastStandsFor("only the table is printed")
          .Flag("-o,--output DIR", kResults),
      Option("worst", options.worst, "With --output: how many of the worst views become images with an error map")
          .Between(0, 100'000)
          .Flag("--worst N", kResults),
      Option("save_renders", options.save_renders, "With --output: write all renders, and their photos")
          .Flag("--save-renders", kResults),
      Option("lpips", options.lpips, "A TorchScript network that computes LPIPS of two images")
          .Flag("--lpips FILE", kResults),
  };
}

std::vector<Option> OptionsOf(EvalOptions& options, bool& quiet) {
  std::vector<Option> rows = InputOptions(options);
  Append(rows, ResultOptions(options));
  rows.push_back(Option("device", options.device, "Where to render: auto takes a GPU if there is one")
                     .OneOf({"auto", "cpu", "cuda"})
                     .Flag("--device auto|cpu|cuda", kOptionsGroup));
  rows.push_back(ThreadsOption(options.threads));
  rows.push_back(QuietOption(quiet));
  return rows;
}

}  // namespace

std::optional<EvalOptions> ParseEvalOptions(int argc, char** argv) {
  EvalOptions options;
  bool quiet = false;
  CLI::App app("Compares a Gaussian-splat scene with photos: PSNR, SSIM, MS-SSIM, FLIP, LPIPS.", "splat-eval");
  app.set_version_flag("--version", ProgramVersion("splat-eval"), "Print the version and what it was built with");
  const OptionFlags flags(app, OptionsOf(options, quiet), {kInput, kResults, kOptionsGroup});
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;
  flags.Assign();
  const auto given = flags.Given();
  const bool says_worst =
      std::any_of(given.begin(), given.end(), [](const Option& row) { return row.name == "worst"; });
  SPLAT_CHECK(!options.output.empty() || (!says_worst && !options.save_renders),
              says_worst ? "--worst" : "--save-renders", " needs --output DIR, where the images go");
  options.verbosity = quiet ? Verbosity::kQuiet : Verbosity::kNormal;
  return options;
}

}  // namespace splat::apps
