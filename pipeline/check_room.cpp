#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "core/format.h"
#include "pipeline/stages.h"
#include "scene/splat_arrays.h"

namespace splat::pipeline {
namespace {

// The numbers of a splat as PLY has them, the largest format by far; a normal is three of zeros.
constexpr int64_t kPlyBytes = (kMostNumbersPerSplat + 3) * int64_t(sizeof(float));
// Of the compressed formats, SPZ, compressed PLY, .splat and the like: 16 to 40 bytes without SH, up to 65 with it.
constexpr int64_t kCompressedBytes = 20;
constexpr int64_t kUsualGrowth = 10;  // splats at the end for each at the start, in a long run
constexpr double kBytesPerMegabyte = 1e6;

int64_t BytesPerSplat(const std::vector<std::string>& formats) {
  int64_t bytes = 0;
  for (const std::string& format : formats) {
    bytes += format == "ply" || format == "glb" ? kPlyBytes : kCompressedBytes;
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
  const int64_t points = int64_t(dataset.points.positions.size());
  const int64_t first = points + (points == 0 || dataset.few_points ? config.init.random_points : 0);
  int64_t last = first * kUsualGrowth;
  if (config.density.max_gaussians > 0) last = std::clamp(config.density.max_gaussians, first, last);
  const int64_t bytes = BytesPerSplat(run.options.formats), free = int64_t(space.available);
  SPLAT_CHECK(free >= first * bytes, "--output ", run.output.path(), ": the disk has ", Megabytes(free),
              " free and a scene of only the ", FormatCount(first), " splats at the start needs ",
              Megabytes(first * bytes), "; make room or choose another folder");
  if (free >= last * bytes) return;
  run.reporter.Warn(StrCat("--output ", run.output.path(), ": the disk has ", Megabytes(free),
                           " free; a scene that grows to ", FormatCount(last), " splats needs ",
                           Megabytes(last * bytes)));
}

}  // namespace splat::pipeline
