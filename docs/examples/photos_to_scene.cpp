// The folder of photos that the first argument names becomes a scene in the folder that the second one names.
#include <cstdio>

#include "pipeline/run.h"

int main(int, char** argv) {
  splat::pipeline::RunOptions options;
  options.images = argv[1];
  options.output = argv[2];
  options.config.iterations = 500;
  splat::pipeline::Client client;
  client.on_event = [](const splat::pipeline::Event& event) { std::puts(event.text.c_str()); };
  const splat::pipeline::RunSummary summary = splat::pipeline::PhotosToScene(options, client);
  std::printf("%ld splats in %s\n", long(summary.splats), summary.output.c_str());
}
