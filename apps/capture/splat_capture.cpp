// splat-capture: photos of a procedural scene, with the truth beside them.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "apps/cli/cli.h"
#include "apps/cli/common_options.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/option_flags.h"
#include "apps/cli/program.h"
#include "apps/cli/version.h"
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

std::vector<Option> OptionsOf(Arguments& arguments) {
  std::vector<Option> rows = {
      Option("output", arguments.output, "Folder to make: photos in OUTPUT/photos, the truth in OUTPUT/truth")
          .Flag("output OUTPUT", kOptionsGroup)
          .Required(),
      Option("overwrite", arguments.overwrite, "Replace an earlier capture").Flag("--overwrite", kOptionsGroup),
      ThreadsOption(arguments.threads),
      Option("quiet", arguments.quiet, "No progress").Flag("--quiet", kOptionsGroup),
  };
  Append(rows, OptionsOf(arguments.capture));
  return rows;
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
  const OptionFlags flags(app, OptionsOf(arguments),
                          {kOptionsGroup, capture::kPhotosGroup, capture::kImperfectionsGroup});
  if (!ParseCommandLine(app, argc, argv)) return std::nullopt;
  flags.Assign();
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
