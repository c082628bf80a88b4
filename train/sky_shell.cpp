#include "train/sky_shell.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/format.h"
#include "core/mean.h"
#include "core/quantile.h"
#include "rasterizer/math/activation.h"
#include "rasterizer/math/sh.h"
#include "rasterizer/torch/process_executor.h"

namespace splat::train {
namespace {

// These are shares of all pixels. Photos of white walls show up to 0.04, those of a street 0.2 (docs/results.md).
constexpr double kLeastShare = 0.08;
// Far points are those beyond which this share lies: a few are always wrong.
constexpr double kFartherPoints = 0.01, kBehindPoints = 2;
constexpr double kOpacity = 0.9;
constexpr double kSize = 0.6;  // standard deviation, x the distance between two

Vec3<double> MiddleOfCameras(const data::Dataset& dataset) {
  std::vector<Vec3<double>> centers;
  for (const int view : dataset.ViewsOf(Split::kTrain)) {
    centers.push_back(CameraCenterInWorld(dataset.views[size_t(view)].camera));
  }
  return Mean(centers);
}

double LeastRadius(double extent) {
  return kSkyDistance * std::max(extent, data::kAlignedDistance);
}

// Why there can be no splats for a sky, whatever the photos show; empty if there can.
std::string WhyNoSky(const data::Dataset& dataset, int64_t room) {
  if (dataset.points.positions.empty()) return "the poses come without points, which tell where there is no sky";
  if (dataset.few_points) return "the poses come with too few points to tell where there is no sky";
  if (room < 1) return "the points leave no room for splats of it (a larger --max-gaussians, or fewer points, would)";
  return "";
}

}  // namespace

double BeyondScene(double extent) {
  return 0.5 * LeastRadius(extent);
}

double SkyRadius(const data::Dataset& dataset) {
  const Vec3<double> middle = MiddleOfCameras(dataset);
  std::vector<double> distances;
  for (const Vec3<double>& point : dataset.points.positions) distances.push_back(Norm(point - middle));
  const double far_points = distances.empty() ? 0 : Quantile(std::move(distances), 1 - kFartherPoints);
  return std::max(LeastRadius(dataset.extent), kBehindPoints * far_points);
}

void AddSky(const data::OpenSky& sky, const data::Dataset& dataset, SplatModel& model) {
  if (sky.empty()) return;
  const int64_t count = int64_t(sky.directions.size());
  const double radius = SkyRadius(dataset);
  const Vec3<double> middle = MiddleOfCameras(dataset);
  SplatModel added;
  added.means = torch::empty({count, 3});
  added.log_scales = torch::full({count, 3}, float(std::log(kSize * sky.spacing * radius)));
  added.quats = torch::zeros({count, 4});
  added.quats.select(1, 0).fill_(1);
  added.opacity_logits = torch::full({count}, float(math::Logit(kOpacity)));
  added.sh_dc = torch::empty({count, 3});
  added.sh_rest = torch::zeros({count, model.sh_rest.size(1), 3});
  float *mean = added.means.data_ptr<float>(), *dc = added.sh_dc.data_ptr<float>();
  for (size_t i = 0; i < sky.directions.size(); ++i) {
    const Vec3<double> at = middle + radius * sky.directions[i];
    const Vec3<uint8_t>& color = sky.colors[i];
    for (const double x : {at.x, at.y, at.z}) *mean++ = float(x);
    for (const uint8_t c : {color.x, color.y, color.z}) *dc++ = float(math::ColorToShDc(c / 255.0));
  }
  for (int array = 0; array < kSplatArrays; ++array) model[array] = torch::cat({model[array], added[array]});
}

data::OpenSky ChosenSky(const data::Dataset& dataset, const TrainConfig& config, int64_t room, const LogSink& log) {
  if (config.sky == "off") return {};
  const bool is_auto = config.sky == "auto";
  data::OpenSky sky = data::FindSky(dataset, is_auto ? kLeastShare : 0, room, ProcessExecutor());
  const std::string share = StrCat("the photos show sky in ", FormatFixed(100 * sky.share, 0), " % of their pixels");
  const std::string obstacle = WhyNoSky(dataset, room);
  if (!sky.empty()) {
    LogInfo(log, StrCat("--sky ", config.sky, ": ", share, "; ", FormatCount(sky.directions.size()),
                        " splats of it begin ", FormatFixed(SkyRadius(dataset) / data::kAlignedDistance, 0),
                        " times as far away as what the cameras look at"));
  } else if (!is_auto || (sky.share >= kLeastShare && !obstacle.empty())) {
    const std::string reason = obstacle.empty() ? "no sky was found in which two photos agree" : obstacle;
    LogWarning(log, StrCat("--sky ", config.sky, ": ", reason, "; the training begins without it"));
  } else {
    LogInfo(log, StrCat("--sky auto: ", obstacle.empty() ? share : obstacle, "; off"));
  }
  return sky;
}

}  // namespace splat::train
