#include "apps/export/export_options.h"

#include <limits>
#include <vector>

#include "apps/cli/cli.h"
#include "apps/cli/program.h"
#include "core/check.h"

namespace splat::apps {
namespace {

using formats::SpzFrame;

constexpr int64_t kMaxSplats = 100'000'000;
constexpr int kMaxThreads = 1024;

// What --mobile stands for: viewers on phones draw a million splats, and files beyond some 30 MB load slowly there.
constexpr int64_t kMobileSplats = 750'000;
constexpr int kMobileShDegree = 1;

// Values of the command line that become other types.
struct Texts {
  std::string crop, background, spz_version = "3", spz_frame = "raw", spz_input_frame = "raw";
};

SpzFrame FrameNamed(const std::string& name) {
  return name == "rub" ? SpzFrame::kRub : SpzFrame::kRaw;
}

CLI::Validator CropArea() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        try {
          ParseCrop(text);
        } catch (const Error& error) {
          return error.what();
        }
        return {};
      },
      "", "crop");
}

void AddSelection(CLI::App& app, ConvertOptions& options, Texts& texts, bool& mobile) {
  const std::string group = "Which splats";
  app.add_option("--sh-degree", options.sh_degree, "At most this degree of view-dependent colour, 0 to 3")
      ->check(WholeNumber(0, 3))
      ->type_name("N")
      ->group(group);
  app.add_option("--max-gaussians", options.max_gaussians, "At most so many splats: those that cover most")
      ->check(WholeNumber(1, kMaxSplats))
      ->type_name("N")
      ->group(group);
  app.add_option("--crop", texts.crop,
                 "Keep what lies in box:x0,y0,z0,x1,y1,z1 or sphere:x,y,z,r, in the scene's units; auto: within three "
                 "times the reach of the cameras in the cameras.json beside the scene, or without one of most splats")
      ->check(CropArea())
      ->type_name("AREA")
      ->group(group);
  app.add_flag("--morton", options.morton, "Put neighbours in space side by side: smaller .spz, faster drawing")
      ->group(group);
  app.add_flag("--mobile", mobile,
               StrCat("For phones: --max-gaussians ", kMobileSplats, " --sh-degree ", kMobileShDegree,
                      " --morton, where these are not given"))
      ->group(group);
}

void AddFormatOptions(CLI::App& app, ConvertOptions& options, Texts& texts) {
  const std::string group = "Formats";
  app.add_option("--spz-version", texts.spz_version, "Of an .spz that is written: 2, 3 or 4")
      ->check(OneOf({"2", "3", "4"}))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
  app.add_option("--spz-frame", texts.spz_frame,
                 "Frame of an .spz that is written: raw, as the scene has it and viewers draw it, or rub, as the "
                 "specification of SPZ has it")
      ->check(OneOf({"raw", "rub"}))
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  app.add_option("--spz-input-frame", texts.spz_input_frame, "Frame of an .spz that is read and does not say it")
      ->check(OneOf({"raw", "rub"}))
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  app.add_option(
         "--background", texts.background,
         "Colour behind the scene, where the format has a place for it: black, white, #rrggbb or r,g,b in 0..1; "
         "without it what IN says")
      ->check(BackgroundColor())
      ->type_name("COLOR")
      ->group(group);
  app.add_option("--seed", options.writing.seed, "Of the clustering for .sog and .html")
      ->check(WholeNumber(0, std::numeric_limits<int64_t>::max()))
      ->type_name("N")
      ->capture_default_str()
      ->group(group);
}

// The numbers behind "kind:", if `text` begins so.
std::optional<std::vector<double>> NumbersOf(const std::string& text, const std::string& kind, size_t count) {
  if (text.rfind(kind + ":", 0) != 0) return std::nullopt;
  std::vector<double> numbers;
  for (const std::string& part : CLI::detail::split(text.substr(kind.size() + 1), ',')) {
    const auto number = ParseNumber(part);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers.size() != count) return std::nullopt;
  return numbers;
}

std::string FormatsHelp() {
  std::string text = "Formats that can be written, by the end of OUT's name:\n";
  for (const formats::Exporter& exporter : formats::Exporters()) {
    text += "  " + exporter.extension + std::string(18 - std::min<size_t>(17, exporter.extension.size()), ' ') +
            exporter.description + "\n";
  }
  return text +
         "Those and .ksplat can be read. An .html takes its first view and fly-through from the cameras.json beside "
         "IN.";
}

}  // namespace

Crop ParseCrop(const std::string& text) {
  Crop crop;
  if (text == "auto") {
    crop.automatic = true;
  } else if (const auto box = NumbersOf(text, "box", 6)) {
    const auto& b = *box;
    crop.box = Box{{b[0], b[1], b[2]}, {b[3], b[4], b[5]}};
    SPLAT_CHECK(b[0] <= b[3] && b[1] <= b[4] && b[2] <= b[5], "'", text,
                "' is empty: the first corner must not lie beyond the second");
  } else if (const auto sphere = NumbersOf(text, "sphere", 4)) {
    const auto& s = *sphere;
    crop.sphere = Sphere{{s[0], s[1], s[2]}, s[3]};
    SPLAT_CHECK(s[3] > 0, "'", text, "' is empty: the radius must be above 0");
  } else {
    throw Error(StrCat("'", text, "' is not allowed; use auto, box:x0,y0,z0,x1,y1,z1 or sphere:x,y,z,r"));
  }
  return crop;
}

std::optional<ConvertOptions> ParseConvertOptions(int argc, char** argv) {
  ConvertOptions options;
  Texts texts;
  bool mobile = false, quiet = false, no_check = false;
  CLI::App app("Converts a Gaussian-splat scene from one format into another.", "splat-export");
  app.footer(FormatsHelp());
  app.set_version_flag("--version", ProgramVersion("splat-export"), "Print the version and what it was built with");
  app.add_option("in", options.input, "The scene: a file of any format below, or .ksplat")->required()->type_name("IN");
  app.add_option("out", options.output, "The file to write; its name says the format")->required()->type_name("OUT");
  app.add_flag("--overwrite", options.overwrite, "Replace OUT if it exists");
  app.add_flag("--no-check", no_check, "Do not read OUT back and compare its images with those of IN");
  AddSelection(app, options, texts, mobile);
  AddFormatOptions(app, options, texts);
  app.add_option("--threads", options.threads, "CPU threads; 0: all cores")
      ->check(WholeNumber(0, kMaxThreads))
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--quiet", quiet, "Only warnings and errors");
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;

  options.exporter = &formats::ExporterFor(options.output);
  if (!texts.crop.empty()) options.crop = ParseCrop(texts.crop);
  if (!texts.background.empty()) options.background = ParseBackground(texts.background);
  options.writing.overwrite_beside = options.overwrite;
  options.writing.spz_version = texts.spz_version[0] - '0';
  options.writing.spz_frame = FrameNamed(texts.spz_frame);
  options.reading.spz_frame = FrameNamed(texts.spz_input_frame);
  if (mobile) {
    options.max_gaussians = options.max_gaussians.value_or(kMobileSplats);
    options.sh_degree = options.sh_degree.value_or(kMobileShDegree);
    options.morton = true;
  }
  options.check = !no_check;
  options.verbosity = quiet ? Verbosity::kQuiet : Verbosity::kNormal;
  return options;
}

}  // namespace splat::apps
