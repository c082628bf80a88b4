#include "apps/export/export_options.h"

#include <filesystem>
#include <vector>

#include "apps/cli/cli.h"
#include "apps/cli/common_options.h"
#include "apps/cli/option_flags.h"
#include "apps/cli/text_values.h"
#include "apps/cli/version.h"
#include "core/check.h"
#include "formats/spz_format.h"
#include "io/atomic_file.h"
#include "io/read_file.h"

namespace splat::apps {
namespace {

using formats::SpzFrame;

// What --mobile stands for: viewers on phones draw a million splats, and files beyond some 30 MB load slowly there.
constexpr int64_t kMobileSplats = 750'000;
constexpr int kMobileShDegree = 1;

constexpr size_t kEnoughToRecognize = 16;  // bytes of a file

const char* const kSelection = "Which splats";
const char* const kFormats = "Formats";

// Values of the command line that become other types, or others' fields.
struct Texts {
  std::string crop, spz_version = "3", spz_frame = "raw", spz_input_frame = "raw";
  bool mobile = false, quiet = false;
};

SpzFrame FrameNamed(const std::string& name) {
  return name == "rub" ? SpzFrame::kRub : SpzFrame::kRaw;
}

std::string CropProblem(const std::string& text) {
  try {
    ParseCrop(text);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::vector<Option> FileOptions(ConvertOptions& options) {
  return {
      Option("in", options.input, "The scene: a file of any format below, or .ksplat")
          .Flag("in IN", kOptionsGroup)
          .Required(),
      Option("out", options.output, "The file to write; its name says the format")
          .Flag("out OUT", kOptionsGroup)
          .Required(),
      Option("overwrite", options.overwrite, "Replace OUT if it exists").Flag("--overwrite", kOptionsGroup),
      Option("check", options.check, "Do not read OUT back and compare its images with those of IN")
          .Flag("--no-check", kOptionsGroup),
  };
}

std::vector<Option> SelectionOptions(ConvertOptions& options, Texts& texts) {
  return {
      Option("sh_degree", options.sh_degree, "At most this degree of view-dependent colour, 0 to 3")
          .Between(0, 3)
          .Flag("--sh-degree N", kSelection),
      Option("max_gaussians", options.max_gaussians, "At most so many splats: those that cover most")
          .Between(1, 100'000'000)
          .Flag("--max-gaussians N", kSelection),
      Option("crop", texts.crop,
             "Keep what lies in box:x0,y0,z0,x1,y1,z1 or sphere:x,y,z,r, in the scene's units; auto: within three "
             "times the reach of the cameras in the cameras.json beside the scene, or without one of most splats")
          .Refuse(CropProblem)
          .Flag("--crop AREA", kSelection),
      Option("clean", options.clean,
             "Leave out splats that hang in the air (floaters): those that fewer than two of the run's photos from "
             "different places show, where a photo does not count for what is right before its lens")
          .Flag("--clean", kSelection),
      Option("cameras", options.cameras,
             "A cameras.json in the scene's frame, for --clean, --crop auto and pages, instead of the one beside IN")
          .Flag("--cameras PATH", kSelection),
      Option("morton", options.morton, "Put neighbours in space side by side: smaller .spz, faster drawing")
          .Flag("--morton", kSelection),
      Option("mobile", texts.mobile,
             StrCat("For phones: --max-gaussians ", kMobileSplats, " --sh-degree ", kMobileShDegree,
                    " --morton, where these are not given"))
          .Flag("--mobile", kSelection),
  };
}

std::vector<Option> FormatOptions(ConvertOptions& options, Texts& texts) {
  return {
      Option("spz_version", texts.spz_version, "Version of an .spz that is written: 2, 3 or 4")
          .OneOf({"2", "3", "4"})
          .Flag("--spz-version N", kFormats),
      Option("spz_frame", texts.spz_frame,
             "Frame of an .spz that is written: raw, as the scene has it and viewers draw it, or rub, as the "
             "specification of SPZ has it")
          .OneOf({"raw", "rub"})
          .Flag("--spz-frame NAME", kFormats),
      Option("spz_input_frame", texts.spz_input_frame, "Frame of an .spz that is read and does not say it")
          .OneOf({"raw", "rub"})
          .Flag("--spz-input-frame NAME", kFormats),
      Option("background", options.background,
             "Colour behind the scene, where the format has a place for it: black, white, #rrggbb or r,g,b in 0..1; "
             "without it what IN says")
          .Flag("--background COLOR", kFormats),
      Option("seed", options.writing.seed, "Seed of the clustering for .sog and .html")
          .AtLeast(0)
          .Flag("--seed N", kFormats),
  };
}

std::vector<Option> OptionsOf(ConvertOptions& options, Texts& texts) {
  std::vector<Option> rows = FileOptions(options);
  Append(rows, SelectionOptions(options, texts));
  Append(rows, FormatOptions(options, texts));
  Append(rows, {ThreadsOption(options.threads), QuietOption(texts.quiet)});
  return rows;
}

// The numbers behind "kind:", if `text` begins so.
std::optional<std::vector<double>> NumbersOf(const std::string& text, const std::string& kind, size_t count) {
  if (text.rfind(kind + ":", 0) != 0) return std::nullopt;
  std::vector<double> numbers;
  for (const std::string& part : CLI::detail::split(text.substr(kind.size() + 1), ',')) {
    const auto number = ParseFiniteNumber(part);
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

// The options that were given and say something of another kind of file only.
std::vector<std::string> WithoutUse(const ConvertOptions& options, const std::vector<Option>& given) {
  const std::string& format = options.exporter->name;
  const bool page = format == "html";
  std::error_code ignored;
  const bool reads_spz = !std::filesystem::is_regular_file(options.input, ignored) ||
                         formats::IsSpz(BeginningOf(options.input, kEnoughToRecognize));
  struct Use {
    const char* option;
    bool of_use;
    std::string why;  // it is not
  };
  const std::string& extension = options.exporter->extension;
  const int largest_degree = options.exporter->largest_sh_degree;
  const Use uses[] = {
      {"spz_version", format == "spz", "it is for the case that OUT is .spz"},
      {"spz_frame", format == "spz", "it is for the case that OUT is .spz"},
      {"spz_input_frame", reads_spz, "it is for the case that IN is .spz"},
      {"seed", page || format == "sog", "it is for the case that OUT is .sog or .html"},
      {"cameras", page || options.clean || options.crop.automatic || options.check,
       "it is for the case that OUT is .html, and for --clean, --crop auto and the check"},
      {"background", options.exporter->keeps_background, StrCat(extension, " has no place for it")},
      {"sh_degree", options.sh_degree.value_or(0) <= largest_degree,
       StrCat(extension, " holds no higher degree than ", largest_degree)},
  };
  std::vector<std::string> lines;
  for (const Option& option : given) {
    for (const Use& use : uses) {
      if (option.name != use.option || use.of_use) continue;
      lines.push_back(StrCat(LongFlag(option), " does nothing here: ", use.why));
    }
  }
  return lines;
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
  CLI::App app("Converts a Gaussian-splat scene from one format into another.", "splat-export");
  app.footer(FormatsHelp());
  app.set_version_flag("--version", ProgramVersion("splat-export"), "Print the version and what it was built with");
  const OptionFlags flags(app, OptionsOf(options, texts), {kOptionsGroup, kSelection, kFormats});
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;
  flags.Assign();

  options.exporter = &formats::ExporterFor(options.output);
  if (!texts.crop.empty()) options.crop = ParseCrop(texts.crop);
  options.writing.overwrite_beside = options.overwrite;
  options.writing.spz_version = texts.spz_version[0] - '0';
  options.writing.spz_frame = FrameNamed(texts.spz_frame);
  options.reading.spz_frame = FrameNamed(texts.spz_input_frame);
  if (texts.mobile) {
    options.max_gaussians = options.max_gaussians.value_or(kMobileSplats);
    options.sh_degree = options.sh_degree.value_or(kMobileShDegree);
    options.morton = true;
  }
  options.without_use = WithoutUse(options, flags.Given());
  options.verbosity = texts.quiet ? Verbosity::kQuiet : Verbosity::kNormal;
  return options;
}

}  // namespace splat::apps
