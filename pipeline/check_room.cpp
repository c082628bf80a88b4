#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "core/format.h"
#include "formats/exporter.h"
#include "pipeline/stages.h"
#include "train/initial_splats.h"

namespace splat::pipeline {
namespace {

constexpr int64_t kUsualGrowth = 10;  // splats at the end for each at the start, in a long run
constexpr double kBytesPerMegabyte = 1e6;

int64_t BytesOf(const std::vector<std::string>& names, int64_t splats) {
  int64_t bytes = 0;
  for (const std::string& name : names) {
    const formats::FileSize& size = formats::ExporterNamed(name).size;
    bytes += splats * size.bytes_per_splat + size.further_bytes;
  }
  return bytes;
}

std::string Megabytes(int64_t bytes) {
  return FormatFixed(double(bytes) / kBytesPerMegabyte, 1) + " MB";
}

}  // namespace

void CheckRoom(const Run& run, const data::Dataset& dataset) {
  std::error_code error;
  const auto space = std::filesystem::space(run.output.path(), error);
  if (error) return;
  const train::TrainConfig& config = run.options.config;
  const int64_t first = train::InitialSplatCount(dataset, config.init);
  int64_t last = first * kUsualGrowth;
  if (config.density.max_gaussians > 0) last = std::clamp(config.density.max_gaussians, first, last);
  const int64_t first_bytes = BytesOf(run.options.formats, first), last_bytes = BytesOf(run.options.formats, last);
  const int64_t free = int64_t(space.available);
  SPLAT_CHECK(free >= first_bytes, "--output ", run.output.path(), ": the disk has ", Megabytes(free),
              " free and a scene of only the ", FormatCount(first), " splats at the start needs ",
              Megabytes(first_bytes), "; make room or choose another folder");
  if (free >= last_bytes) return;
  run.reporter.Warn(StrCat("--output ", run.output.path(), ": the disk has ", Megabytes(free),
                           " free; a scene that grows to ", FormatCount(last), " splats needs ",
                           Megabytes(last_bytes)));
}

}  // namespace splat::pipeline
