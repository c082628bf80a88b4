#include "apps/train/train_options.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/cli/cli.h"
#include "apps/cli/program.h"
#include "core/check.h"
#include "data/photos/camera_model.h"
#include "formats/exporter.h"
#include "io/atomic_file.h"
#include "train/trainer.h"

namespace splat::apps {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxIterations = 10'000'000;
constexpr int kMaxThreads = 1024;
constexpr int kMaxDownscale = 64;
constexpr int kMaxImageSide_px = 65535;
constexpr int64_t kMaxSplats = 100'000'000;

// What the command line says about the training; absent where the config file or the default decides.
struct ConfigFlags {
  std::vector<std::string> files, assignments;
  std::optional<int> iterations, threads, sh_degree;
  std::optional<int64_t> max_gaussians, seed;
  std::optional<double> cache_gigabytes;
  std::optional<std::string> device, background, strategy;
};

std::string WithDefault(const std::string& text, const std::string& value) {
  return StrCat(text, " (default: ", value, ")");
}

// The names in a list such as "ply,spz", each once. Throws splat::Error for one that no exporter has.
std::vector<std::string> FormatsIn(const std::string& list) {
  std::vector<std::string> names;
  for (const std::string& name : CLI::detail::split(list, ',')) {
    const std::string lacks = formats::WhatLacks(formats::ExporterNamed(name));
    SPLAT_CHECK(lacks.empty(), lacks);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

// A page as well, in a build that has one.
std::string DefaultFormats() {
  return formats::WhatLacks(formats::ExporterNamed("html")).empty() ? "ply,html" : "ply";
}

void AddInputOptions(CLI::App& app, TrainOptions& options, std::string& formats) {
  const std::string group = "Photos in, scene out";
  app.add_option("-i,--images", options.images, "Folder of photos: JPG, PNG, TIFF or WebP")
      ->required()
      ->type_name("DIR")
      ->group(group);
  app.add_option("-o,--output", options.output,
                 WithDefault("Folder for the scene", "<name of the photo folder>_splat; for DIR/images, DIR_splat"))
      ->type_name("DIR")
      ->group(group);
  app.add_flag("--overwrite", options.overwrite, "Replace a scene that lies in the output folder")->group(group);
  app.add_option("--export", formats,
                 StrCat("Formats of the scene, with commas between them: ", formats::ExporterNames()))
      ->type_name("LIST")
      ->capture_default_str()
      ->group(group);
  app.add_option("--poses", options.poses,
                 "Where the camera poses come from: auto takes a COLMAP model or transforms.json that lies with the "
                 "photos and runs COLMAP where there is none; sfm always runs COLMAP; or the path of a model")
      ->type_name("auto|sfm|PATH")
      ->capture_default_str()
      ->group(group);
}

void AddTrainingOptions(CLI::App& app, TrainOptions& options, ConfigFlags& flags) {
  const std::string group = "Training";
  const train::TrainConfig defaults;
  app.add_option("-n,--iterations", flags.iterations,
                 WithDefault("Training steps", StrCat(train::StepsOf(defaults, false), " on a CPU, ",
                                                      train::StepsOf(defaults, true), " on a GPU")))
      ->check(WholeNumber(1, kMaxIterations))
      ->type_name("N")
      ->group(group);
  app.add_option("-d,--downscale", options.dataset.downscale, "Divide the photos' size by N")
      ->check(WholeNumber(1, kMaxDownscale))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  app.add_option("--max-image-size", options.dataset.max_image_size,
                 "Scale photos down until their longer side has at most N pixels; 0: no limit")
      ->check(WholeNumber(0, kMaxImageSide_px))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  app.add_option("--max-gaussians", flags.max_gaussians,
                 WithDefault("Upper limit of the number of splats", "what the memory allows"))
      ->check(WholeNumber(1, kMaxSplats))
      ->type_name("N")
      ->group(group);
  app.add_option("--strategy", flags.strategy,
                 WithDefault("How splats are added: adaptive clones and splits where the images differ most; mcmc "
                             "grows to a limit and moves transparent splats to where they are of use",
                             defaults.density.strategy))
      ->check(OneOf({"adaptive", "mcmc"}))
      ->type_name("NAME")
      ->group(group);
  app.add_option(
         "--sh-degree", flags.sh_degree,
         WithDefault("How much colour may change with the direction of view, 0 to 3", StrCat(defaults.init.sh_degree)))
      ->check(WholeNumber(0, 3))
      ->type_name("N")
      ->group(group);
  app.add_option("--background", flags.background,
                 WithDefault("Colour behind the scene and behind transparent photos: black, white, #rrggbb, r,g,b in "
                             "0..1",
                             "black"))
      ->check(BackgroundColor())
      ->type_name("COLOR")
      ->group(group);
  app.add_option("--seed", flags.seed, WithDefault("Seed of all randomness", StrCat(defaults.seed)))
      ->check(WholeNumber(0, std::numeric_limits<int64_t>::max()))
      ->type_name("N")
      ->group(group);
}

void AddQualityOptions(CLI::App& app, TrainOptions& options) {
  const std::string group = "Measuring quality";
  app.add_option("--test-every", options.dataset.test_every,
                 "Hold out every N-th photo and report PSNR and SSIM on them; 0: none")
      ->check([](const std::string& text) {
        return text == "1" ? "'1' would leave no photo to train on; use 0, or 2 "
                             "and more (8 is usual)"
                           : std::string();
      })
      ->check(WholeNumber(0, 1'000'000))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  app.add_flag("--save-renders", options.save_renders, "Write the held-out views beside their photos to OUT/renders")
      ->group(group);
}

void AddMachineOptions(CLI::App& app, ConfigFlags& flags, bool& quiet, bool& verbose) {
  const std::string group = "Machine and messages";
  const train::TrainConfig defaults;
  app.add_option("--device", flags.device, WithDefault("auto, cpu or cuda", defaults.device))
      ->check(OneOf({"auto", "cpu", "cuda"}))
      ->type_name("DEVICE")
      ->group(group);
  app.add_option("--threads", flags.threads, WithDefault("CPU threads; 0: all cores", StrCat(defaults.threads)))
      ->check(WholeNumber(0, kMaxThreads))
      ->type_name("N")
      ->group(group);
  app.add_option("--cache-gigabytes", flags.cache_gigabytes,
                 WithDefault("Memory for decoded photos", StrCat(defaults.cache_gigabytes)))
      ->check(PositiveNumber(1e5))
      ->type_name("GB")
      ->group(group);
  CLI::Option* quiet_flag = app.add_flag("--quiet", quiet, "Only warnings and errors")->group(group);
  app.add_flag("--verbose", verbose, "More messages")->group(group)->excludes(quiet_flag);
}

// "auto" and the names of COLMAP's camera models that can be undistorted.
std::vector<std::string> CameraModelNames() {
  std::vector<std::string> names = {"auto"};
  for (int id = 0; id <= int(data::CameraModel::kEquirectangular); ++id) {
    if (data::IsSupported(data::CameraModel(id))) names.push_back(data::CameraModelName(data::CameraModel(id)));
  }
  return names;
}

void AddSfmOptions(CLI::App& app, TrainOptions& options) {
  const std::string group = "Camera poses with COLMAP";
  data::SfmOptions& sfm = options.sfm;
  const auto add = [&](const char* name, auto& value, const char* text, const char* type) {
    return app.add_option(name, value, text)->type_name(type)->capture_default_str()->group(group);
  };
  add("--matcher", sfm.matcher, "How photos are paired: auto, exhaustive, sequential (video) or vocab_tree", "NAME")
      ->check(OneOf({"auto", "exhaustive", "sequential", "vocab_tree"}));
  add("--camera-model", sfm.camera_model, "COLMAP's camera model, such as OPENCV or SIMPLE_RADIAL", "NAME")
      ->check(OneOf(CameraModelNames()));
  add("--single-camera", sfm.single_camera, "Whether all photos share one camera: auto, yes or no", "auto|yes|no")
      ->check(OneOf({"auto", "yes", "no"}));
  add("--sfm-max-image-size", sfm.max_image_size, "Longer side in pixels for finding features; 0: chosen", "N")
      ->check(WholeNumber(0, kMaxImageSide_px));
  add("--sfm-max-features", sfm.max_features, "Features per photo; 0: chosen", "N")->check(WholeNumber(0, 1'000'000));
  app.add_option("--vocab-tree", sfm.vocab_tree_path, "Vocabulary tree for --matcher vocab_tree")
      ->type_name("FILE")
      ->group(group);
  add("--colmap", sfm.colmap, "The COLMAP program", "PATH");
}

void AddExpertOptions(CLI::App& app, ConfigFlags& flags, bool& no_align) {
  const std::string group = "For experts";
  app.add_option("--config", flags.files,
                 "Settings in JSON (configs/), or the config.json of an earlier run; may be given several times")
      ->type_name("FILE")
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--set", flags.assignments,
                 "One setting, such as density.grad_threshold=3e-4; may be given several times")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false)
      ->group(group);
  app.add_flag("--no-align", no_align, "Keep the poses' own frame: no centring, scaling and turning upright")
      ->group(group);
}

// The text of a config file; of an earlier run's config.json the part that configures the training.
std::string ConfigText(const std::string& path) {
  SPLAT_CHECK(fs::is_regular_file(path), "--config ", path, ": no such file");
  std::string text = ReadFile(path);
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_object() && json.contains("training") && json["training"].is_object()) return json["training"].dump();
  return text;
}

train::TrainConfig AssembleConfig(const ConfigFlags& flags) {
  train::TrainConfig config;
  // First, for it brings settings that files and options may change.
  if (flags.strategy) config = train::WithStrategy(config, *flags.strategy);
  for (const std::string& file : flags.files) config = train::ParseConfig(config, ConfigText(file), file);
  for (const std::string& assignment : flags.assignments) {
    try {
      config = train::ApplyAssignment(config, assignment);
    } catch (const Error& error) {
      throw Error(StrCat("--set ", assignment, ": ", error.what()));
    }
  }
  if (flags.iterations) config.iterations = *flags.iterations;
  if (flags.threads) config.threads = *flags.threads;
  if (flags.sh_degree) config.init.sh_degree = *flags.sh_degree;
  if (flags.max_gaussians) config.density.max_gaussians = *flags.max_gaussians;
  if (flags.strategy) config.density.strategy = *flags.strategy;
  if (flags.seed) config.seed = uint64_t(*flags.seed);
  if (flags.cache_gigabytes) config.cache_gigabytes = *flags.cache_gigabytes;
  if (flags.device) config.device = *flags.device;
  if (flags.background) config.background = ParseBackground(*flags.background);
  const std::vector<std::string> violations = train::ConfigViolations(config);
  SPLAT_CHECK(violations.empty(), CLI::detail::join(violations, "; "));
  return config;
}

}  // namespace

std::optional<TrainOptions> ParseTrainOptions(int argc, char** argv) {
  TrainOptions options;
  ConfigFlags flags;
  std::string formats = DefaultFormats();
  bool quiet = false, verbose = false, no_align = false;
  CLI::App app("Turns a folder of photos into a 3D Gaussian-splat scene.", "splat-train");
  app.set_version_flag("--version", ProgramVersion("splat-train"), "Print the version and what it was built with");
  AddInputOptions(app, options, formats);
  AddTrainingOptions(app, options, flags);
  AddQualityOptions(app, options);
  AddMachineOptions(app, flags, quiet, verbose);
  AddSfmOptions(app, options);
  AddExpertOptions(app, flags, no_align);
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;

  SPLAT_CHECK(app.count("--output") == 0 || !options.output.empty(), "--output: '' is not allowed; name a folder");
  SPLAT_CHECK(options.sfm.matcher != "vocab_tree" || !options.sfm.vocab_tree_path.empty(),
              "--matcher vocab_tree needs --vocab-tree FILE; COLMAP's web page offers such files");
  try {
    options.formats = FormatsIn(formats);
  } catch (const Error& error) {
    throw Error(StrCat("--export ", formats, ": ", error.what()));
  }
  options.config = AssembleConfig(flags);
  options.sfm.threads = options.config.threads;
  options.dataset.align = !no_align;
  for (int channel = 0; channel < 3; ++channel) {
    options.dataset.background[channel] = float(options.config.background[channel]);
  }
  options.verbosity = quiet ? Verbosity::kQuiet : verbose ? Verbosity::kVerbose : Verbosity::kNormal;
  options.command_line.assign(argv, argv + argc);
  return options;
}

std::string DefaultOutput(const std::string& image_folder) {
  fs::path folder = fs::weakly_canonical(fs::absolute(image_folder));
  if (!folder.has_filename()) folder = folder.parent_path();  // a slash at the end
  if (folder.filename() == "images" || folder.filename() == "input") folder = folder.parent_path();
  const std::string name = folder.filename().string();
  return (name.empty() ? "photos" : name) + "_splat";
}

}  // namespace splat::apps
