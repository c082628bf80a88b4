#include "quality/export_render_check.h"

#include <algorithm>
#include <utility>

#include "core/camera_size.h"
#include "core/spread_evenly.h"
#include "quality/metrics.h"
#include "rasterizer/plain_render.h"
#include "scene/extent.h"
#include "scene/orbit.h"

namespace splat::quality {
namespace {

constexpr int kLongestSide_px = 640;
constexpr int kOrbitViews = 4;

}  // namespace

std::vector<Camera> CamerasToCheck(std::vector<NamedCamera> cameras, const SplatSelection& splats) {
  if (cameras.empty()) cameras = OrbitCameras(OrbitAround(SphereAroundMost(splats)), kOrbitViews, kLongestSide_px);
  const auto held_out = [](const NamedCamera& camera) { return camera.split == Split::kTest; };
  if (std::any_of(cameras.begin(), cameras.end(), held_out)) {
    cameras.erase(std::stable_partition(cameras.begin(), cameras.end(), held_out), cameras.end());
  }
  std::vector<Camera> chosen;
  for (const NamedCamera& named : SpreadEvenly(cameras, kMostCheckedViews)) {
    chosen.push_back(ResizedWithin(named.camera, kLongestSide_px));
  }
  return chosen;
}

ExportRenderCheck::ExportRenderCheck(const SplatSelection& splats, CheckedViews views,
                                     const std::array<float, 3>& background, Executor& executor)
    : views_(std::move(views)),
      background_(background),
      executor_(executor),
      count_(splats.count()),
      traits_(splats.traits()) {
  for (const Camera& camera : views_.cameras) {
    images_.push_back(RenderPlainly(splats, camera, background_, views_.near, executor_));
  }
  empty_db_ = EmptyAgreement(images_, background_);
}

double ExportRenderCheck::AgreementOf(const std::string& path, const formats::ImportOptions& options,
                                      int64_t left_out) const {
  SplatCloud cloud = formats::ReadScene(path, options);
  cloud.traits = ComparedTraits(path, cloud.traits, traits_);
  RequireSameCount(path, cloud.count(), count_ - left_out);
  const SplatSelection splats(cloud.View());
  double agreement_db = 0;
  for (size_t i = 0; i < views_.cameras.size(); ++i) {
    const Image8 image = RenderPlainly(splats, views_.cameras[i], background_, views_.near, executor_);
    agreement_db += quality::Psnr(images_[i], image) / double(views_.cameras.size());
  }
  RequireAgreement(path, agreement_db, empty_db_);
  return agreement_db;
}

}  // namespace splat::quality
