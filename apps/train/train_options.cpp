#include "apps/train/train_options.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/cli/cli.h"
#include "apps/cli/option_flags.h"
#include "apps/cli/version.h"
#include "core/check.h"
#include "core/option_groups.h"
#include "data/poses/pose_files.h"
#include "formats/exporter.h"
#include "io/json_parse.h"
#include "io/read_file.h"
#include "train/settings/config_layers.h"

namespace splat::apps {
namespace {

namespace fs = std::filesystem;

const char* const kInputOutput = "Photos in, scene out";
const char* const kQuality = "Measuring quality";
const char* const kExperts = "For experts";
const std::vector<std::string> kGroups = {kInputOutput, kTrainingGroup, kQuality, kMachineGroup, kPosesGroup, kExperts};

// What the command line says besides TrainOptions.
struct CommandLine {
  std::string formats;
  std::vector<std::string> config_files, assignments;
  bool quiet = false, verbose = false;
};

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

std::string FormatsProblem(const std::string& list) {
  try {
    FormatsIn(list);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

// A page as well, in a build that has one.
std::string DefaultFormats() {
  return formats::WhatLacks(formats::ExporterNamed("html")).empty() ? "ply,html" : "ply";
}

std::vector<Option> InputOutputOptions(TrainOptions& options, CommandLine& line) {
  return {
      Option("images", options.images, "Folder of photos: JPG, PNG, TIFF or WebP")
          .Flag("-i,--images DIR", kInputOutput)
          .Required(),
      Option("output", options.output, "Folder for the scene")
          .LeastStandsFor("<name of the photo folder>_splat; for DIR/images, DIR_splat")
          .Flag("-o,--output DIR", kInputOutput),
      Option("overwrite", options.overwrite,
             "Replace a scene, and the other files of a run, that lie in the output folder")
          .Flag("--overwrite", kInputOutput),
      Option("export", line.formats, "Formats of the scene, with commas between them: " + formats::ExporterNames())
          .Refuse(FormatsProblem)
          .Flag("--export LIST", kInputOutput),
      Option(
          "export_colmap", options.export_colmap,
          "Write the cameras and points also as a COLMAP model, in the frame of the poses and with refined poses where "
          "they were refined; into a folder that holds no model yet")
          .Flag("--export-colmap DIR", kInputOutput),
      Option("poses", options.poses,
             StrCat("Where the camera poses come from: auto takes those that lie with the photos and runs COLMAP where "
                    "there is none; sfm always runs COLMAP; or the path of ",
                    data::kKindsOfPoses))
          .Flag("--poses auto|sfm|PATH", kInputOutput),
      Option("save_renders", options.save_renders, "Write the held-out views beside their photos to OUT/renders")
          .Flag("--save-renders", kQuality),
  };
}

std::vector<Option> CommandLineOptions(CommandLine& line) {
  return {
      Option("quiet", line.quiet, "Only warnings and errors").Flag("--quiet", kMachineGroup),
      Option("verbose", line.verbose, "More messages").Flag("--verbose", kMachineGroup),
      Option("config", line.config_files,
             "Settings in JSON (configs/), or the config.json of an earlier run; may be given several times")
          .Flag("--config FILE", kExperts),
      Option("set", line.assignments,
             "One of the settings below, such as density.refine_every=50; may be given several times")
          .Flag("--set KEY=VALUE", kExperts),
  };
}

std::vector<Option> OptionsOf(TrainOptions& options, CommandLine& line) {
  std::vector<Option> rows = InputOutputOptions(options, line);
  Append(rows, train::OptionsOf(options.config));
  Append(rows, data::OptionsOf(options.dataset));
  Append(rows, data::OptionsOf(options.sfm), "sfm.");
  Append(rows, CommandLineOptions(line));
  return rows;
}

std::string Footer(train::TrainConfig& config) {
  return "Settings of --set and --config, with their defaults, or with the option above that each has:\n" +
         SettingsHelp(train::OptionsOf(config));
}

// The text of a config file; of an earlier run's config.json the part that configures the training.
std::string ConfigText(const std::string& path) {
  SPLAT_CHECK(fs::exists(path), "--config ", path, ": no such file");
  SPLAT_CHECK(!fs::is_directory(path), "--config ", path, ": is a folder; name a file in it");
  SPLAT_CHECK(fs::is_regular_file(path), "--config ", path, ": is not a file");
  std::string text = ReadFile(path);
  const auto json = ParseJsonOrDiscard<nlohmann::json>(text, path);
  if (json.is_object() && json.contains("training") && json["training"].is_object()) return json["training"].dump();
  return text;
}

// What files, assignments and flags say of the settings. `flagged` has the values of the flags.
train::ConfigSources SourcesOf(const CommandLine& line, const OptionFlags& flags, train::TrainConfig& flagged) {
  train::ConfigSources sources;
  for (const std::string& file : line.config_files) sources.files.push_back(train::LayerOfFile(ConfigText(file), file));
  for (const std::string& assignment : line.assignments) {
    try {
      sources.assignments.push_back(train::LayerOfAssignment(assignment, "--set"));
    } catch (const Error& error) {
      throw Error(StrCat("--set ", assignment, ": ", error.what()));
    }
  }
  for (const Option& option : flags.Given()) {
    const auto rows = train::OptionsOf(flagged);
    const bool is_setting =
        std::any_of(rows.begin(), rows.end(), [&](const Option& row) { return row.field == option.field; });
    if (is_setting) sources.flags.push_back({LongFlag(option), flagged, {option.name}});
  }
  return sources;
}

void CheckBetweenOptions(const TrainOptions& options, const CommandLine& line) {
  SPLAT_CHECK(!line.quiet || !line.verbose, "--quiet and --verbose exclude each other");
  SPLAT_CHECK(options.sfm.matcher != "vocab_tree" || !options.sfm.vocab_tree_path.empty(),
              "--matcher vocab_tree needs --vocab-tree FILE; COLMAP's web page offers such files");
  SPLAT_CHECK(options.sfm.matcher == "vocab_tree" || options.sfm.vocab_tree_path.empty(), "--vocab-tree ",
              options.sfm.vocab_tree_path, " is for --matcher vocab_tree, not ", options.sfm.matcher,
              "; leave one of them out");
  const std::vector<std::string> violations = train::ConfigViolations(options.config);
  SPLAT_CHECK(violations.empty(), Joined(violations, "; "));
}

}  // namespace

std::optional<TrainOptions> ParseTrainOptions(int argc, char** argv) {
  TrainOptions options;
  CommandLine line;
  line.formats = DefaultFormats();
  CLI::App app("Turns a folder of photos into a 3D Gaussian-splat scene.", "splat-train");
  app.set_version_flag("--version", ProgramVersion("splat-train"), "Print the version and what it was built with");
  app.footer(Footer(options.config));
  const OptionFlags flags(app, OptionsOf(options, line), kGroups);
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;

  flags.Assign();
  const train::LayeredConfig layered = train::Assemble(train::InOrder(SourcesOf(line, flags, options.config)));
  options.config = layered.config;
  const bool names_tree = !options.sfm.vocab_tree_path.empty() && flags.TextOf("sfm.matcher").empty();
  if (names_tree) options.sfm.matcher = "vocab_tree";
  options.automatic_background = flags.TextOf("background") == "auto";
  options.disagreements = layered.disagreements;
  CheckBetweenOptions(options, line);
  options.formats = FormatsIn(line.formats);
  options.sfm.threads = options.config.threads;
  options.verbosity = line.quiet ? Verbosity::kQuiet : line.verbose ? Verbosity::kVerbose : Verbosity::kNormal;
  options.version = ProgramVersion("splat-train");
  options.command_line.assign(argv, argv + argc);
  return options;
}

}  // namespace splat::apps
