// splat-train: photos in, scene out. Parses the command line and shows what the pipeline tells; the work is done by
// the libraries.
#include <iostream>

#include "apps/cli/interrupt.h"
#include "apps/cli/program.h"
#include "apps/cli/progress.h"
#include "apps/train/train_options.h"
#include "pipeline/run.h"

namespace splat::apps {
namespace {

void Show(const pipeline::Event& event, Progress& progress, Verbosity verbosity) {
  switch (event.kind) {
    case pipeline::Event::Kind::kBegin:
      return progress.Begin(event.title);
    case pipeline::Event::Kind::kProgress:
      return progress.Update(event.fraction, event.text);
    case pipeline::Event::Kind::kEnd:
      return progress.End(event.text);
    case pipeline::Event::Kind::kWarning:
      return progress.Warn(event.text);
    case pipeline::Event::Kind::kDetail:
      if (verbosity != Verbosity::kVerbose) return;
      [[fallthrough]];
    case pipeline::Event::Kind::kNote:
      return progress.Info(event.text);
  }
}

int TrainFromPhotos(const TrainOptions& options) {
  const InterruptHandler interrupt_handler;
  Progress progress(std::cout, std::cerr, Progress::ForStandardOutput(options.verbosity));
  if (!options.disagreements.empty()) progress.Info("Settings: " + options.disagreements);
  if (options.automatic_background) progress.Info("--background auto: black; --sky decides on splats for the sky");
  pipeline::Client client;
  client.on_event = [&](const pipeline::Event& event) { Show(event, progress, options.verbosity); };
  client.stop = InterruptRequested;
  pipeline::PhotosToScene(options, client);
  return 0;
}

}  // namespace
}  // namespace splat::apps

int main(int argc, char** argv) {
  return splat::apps::RunProgram("splat-train", [&] {
    const auto options = splat::apps::ParseTrainOptions(argc, argv);
    return options ? splat::apps::TrainFromPhotos(*options) : 0;
  });
}
