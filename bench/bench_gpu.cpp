// Times training steps on a GPU, or on the CPU, against the floor of bench/floor_model.h: milliseconds of each stage
// and of the whole step, bytes, peak memory. The last two lines for each scene are what scripts/gpu_check.sh puts into
// its table.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

#include "apps/cli/cli.h"
#include "apps/cli/program.h"
#include "bench/device_info.h"
#include "bench/step_bench.h"
#include "bench/synthetic_scene.h"
#include "core/check.h"
#include "formats/exporter.h"
#include "io/json_file.h"
#include "pipeline/camera_files.h"
#include "pipeline/scene_orbit.h"
#include "rasterizer/torch/process_executor.h"
#include "rasterizer/torch/scene_model.h"
#include "train/choose_backend.h"

namespace splat::bench {
namespace {

struct Options {
  std::string device = "auto", instruction_set = "auto", scene, cameras, json;
  std::vector<int64_t> splats;
  int width = 1297, height = 840, view = 0, threads = 0;
  StepBenchOptions step;
};

std::optional<Options> ParseOptions(int argc, char** argv) {
  Options options;
  CLI::App app("Times training steps on synthetic scenes or on a splat PLY, against the least time they could take.");
  app.add_option("--device", options.device, "auto, cpu or cuda")->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  app.add_option("--splats", options.splats, "Numbers of splats of synthetic scenes");
  app.add_option("--scene", options.scene, "A splat PLY instead");
  app.add_option("--cameras", options.cameras, "Its cameras, as splat-render takes them (default: an orbit)");
  app.add_option("--view", options.view, "Which of the cameras, from 0");
  app.add_option("--width", options.width, "Of the image, px");
  app.add_option("--height", options.height, "Of the image, px");
  app.add_option("--steps", options.step.steps, "Steps that are timed; 0: only count what a step works on");
  app.add_option("--warmup", options.step.warmup, "Steps before");
  app.add_option("--stage-steps", options.step.stage_steps, "Steps whose stages are timed one by one");
  app.add_option("--sampled-tiles", options.step.sampled_tiles, "Tiles whose lists are walked on the host");
  app.add_option("--threads", options.threads, "CPU threads; 0: all cores");
  app.add_option("--instruction-set", options.instruction_set, "Of the CPU's vectors: auto, scalar, sse4, avx2 ...");
  app.add_option("--json", options.json, "File for all numbers");
  if (!apps::ParseCommandLine(app, argc, argv)) return std::nullopt;
  SPLAT_CHECK(options.splats.empty() != options.scene.empty(), "give either --splats N ... or --scene FILE");
  for (const int64_t n : options.splats) SPLAT_CHECK(n > 0, "--splats ", n, ": must be at least 1");
  SPLAT_CHECK(options.width >= 16 && options.height >= 16, "images have at least 16 px a side");
  return options;
}

struct NamedScene {
  std::string name;
  SplatModel model;
  Camera camera;
};

NamedScene SyntheticSceneOf(int64_t count, const Options& options) {
  SyntheticScene scene = MakeSyntheticScene(count, ProcessExecutor());
  SplatModel model;
  for (int array = 0; array < kSplatArrays; ++array) {
    model[array] =
        torch::from_blob(scene[array].data(), ShapeOf(array, count, kSyntheticShRestCount), torch::kFloat32).clone();
  }
  return {"synthetic", model, SyntheticCamera(options.width, options.height)};
}

// The camera for an image of another size and aspect: the same field of view from top to bottom.
Camera FittedCamera(Camera camera, int width, int height) {
  const double scale = double(height) / camera.height;
  camera.cx = width / 2.0 + scale * (camera.cx - camera.width / 2.0);
  camera.cy *= scale;
  camera.fx *= scale;
  camera.fy *= scale;
  camera.width = width;
  camera.height = height;
  return camera;
}

NamedScene TrainedScene(const Options& options) {
  const SplatModel model = ModelOf(formats::ReadScene(options.scene));
  const std::vector<NamedCamera> cameras = options.cameras.empty() ? pipeline::OrbitOfScene(model, {}, 8, options.width)
                                                                   : pipeline::ReadCameras(options.cameras).cameras;
  SPLAT_CHECK(options.view >= 0 && size_t(options.view) < cameras.size(), "--view ", options.view, ": there are ",
              cameras.size(), " cameras");
  return {"trained", model, FittedCamera(cameras[size_t(options.view)].camera, options.width, options.height)};
}

double Ratio(double a, double b) {
  return b > 0 ? a / b : 0;
}

// A scene's numbers and the floor's.
Json Report(const NamedScene& scene, const StepBenchResult& result, const DeviceRates& rates) {
  const StepCounts& c = result.counts;
  const StepWork work = WorkOf(c);
  const StageWork sum = Sum(work);
  Json stages = Json::object();
  double stage_sum = 0;
  for (size_t i = 0; i < kStepStages; ++i) {
    const double ms = result.stage_ms[i], floor = FloorMs(work[i], rates);
    stages[kStepStageNames[i]] = {{"ms", ms},
                                  {"floor_ms", floor},
                                  {"x_floor", Ratio(ms, floor)},
                                  {"bytes", work[i].bytes},
                                  {"fp32", work[i].fp32},
                                  {"shuffles", work[i].shuffles}};
    stage_sum += ms;
  }
  const double floor = FloorMs(sum, rates);
  return {{"scene", scene.name},
          {"width", scene.camera.width},
          {"height", scene.camera.height},
          {"splats", c.splats},
          {"visible", c.visible},
          {"visible_share", Ratio(c.visible, c.splats)},
          {"instances", c.instances},
          {"tiles_per_visible", Ratio(c.instances, c.visible)},
          {"walked_share", c.walked_share},
          {"contributing_per_pixel", Ratio(c.contributing, c.pixels)},
          {"tested_per_contributing", Ratio(c.tested, c.contributing)},
          {"step_ms", {{"median", result.step_ms.median}, {"low", result.step_ms.low}, {"high", result.step_ms.high}}},
          {"steps_per_s", result.steps_per_s},
          {"stages", stages},
          {"other_ms", result.step_ms.median - stage_sum},
          {"peak_bytes", result.peak_bytes},
          {"floor_ms", floor},
          {"x_floor", Ratio(result.step_ms.median, floor)},
          {"floor_bytes", sum.bytes},
          {"floor_fp32", sum.fp32},
          {"floor_shuffles", sum.shuffles}};
}

void PrintStages(const Json& report) {
  std::printf("%-18s %9s %9s %7s %10s\n", "stage", "ms", "floor ms", "x", "floor MB");
  for (const auto& [name, stage] : report["stages"].items()) {
    std::printf("%-18s %9.3f %9.3f %7.2f %10.1f\n", name.c_str(), stage["ms"].get<double>(),
                stage["floor_ms"].get<double>(), stage["x_floor"].get<double>(), stage["bytes"].get<double>() / 1e6);
  }
}

// The two lines of the summary.
void PrintSummary(const Json& report) {
  const auto number = [&](const char* key) { return report[key].get<double>(); };
  std::printf(
      "%-9s %9.0f  V/N %.2f  I/V %.2f  e %.2f  %3.0f/px  step %.3f ms (%.3f..%.3f)  %.0f it/s  floor %.3f ms  x%.2f  "
      "%.2f GB\n",
      report["scene"].get<std::string>().c_str(), number("splats"), number("visible_share"),
      number("tiles_per_visible"), number("walked_share"), number("contributing_per_pixel"),
      report["step_ms"]["median"].get<double>(), report["step_ms"]["low"].get<double>(),
      report["step_ms"]["high"].get<double>(), number("steps_per_s"), number("floor_ms"), number("x_floor"),
      number("peak_bytes") / 1e9);
  std::string stages = "  ";
  for (const auto& [name, stage] : report["stages"].items()) {
    char text[96];
    std::snprintf(text, sizeof(text), " %s %.3f", name.c_str(), stage["ms"].get<double>());
    stages += text;
  }
  std::printf("%s other %.3f\n", stages.c_str(), number("other_ms"));
  std::fflush(stdout);
}

int Run(const Options& options) {
  UseThreads(options.threads);
  UseInstructionSet(InstructionSetNamed(options.instruction_set));
  const train::Backend backend = train::ChooseBackend(options.device);
  DeviceInfo info = InfoOf(backend.device);
  info.rates.bytes_per_s = CopyBandwidth(backend.device);
  std::printf("%s: copies at %.0f GB/s, %.1f T FP32/s, %.1f T shuffles/s\n", info.name.c_str(),
              info.rates.bytes_per_s / 1e9, info.rates.fp32_per_s / 1e12, info.rates.shuffles_per_s / 1e12);
  Json all = {{"device", info.name},
              {"bytes_per_s", info.rates.bytes_per_s},
              {"fp32_per_s", info.rates.fp32_per_s},
              {"shuffles_per_s", info.rates.shuffles_per_s},
              {"steps", options.step.steps},
              {"warmup", options.step.warmup},
              {"runs", Json::array()}};
  const auto run = [&](const NamedScene& scene) {
    const Json report = Report(scene, BenchStep(backend, scene.model, scene.camera, options.step), info.rates);
    PrintStages(report);
    PrintSummary(report);
    all["runs"].push_back(report);
    if (!options.json.empty()) WriteJson(options.json, all);
  };
  for (const int64_t count : options.splats) run(SyntheticSceneOf(count, options));
  if (!options.scene.empty()) run(TrainedScene(options));
  return 0;
}

}  // namespace
}  // namespace splat::bench

int main(int argc, char** argv) {
  return splat::apps::RunProgram("bench_gpu", [&] {
    const auto options = splat::bench::ParseOptions(argc, argv);
    return options ? splat::bench::Run(*options) : 0;
  });
}
