#include "quality/export_photo_check.h"

#include <algorithm>
#include <filesystem>

#include "core/check.h"
#include "core/format.h"
#include "core/spread_evenly.h"
#include "formats/exporter.h"
#include "quality/metrics.h"
#include "rasterizer/torch/render_image8.h"
#include "rasterizer/torch/scene_model.h"

namespace splat::quality {
namespace {

std::string Column(const std::string& text, size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

double WithoutSmallMinus(double decibels) {
  return decibels < 0 && decibels > -0.005 ? 0 : decibels;
}

}  // namespace

std::vector<int> ViewsToCheck(const data::Dataset& dataset) {
  std::vector<int> views = dataset.ViewsOf(Split::kTest);
  if (views.empty()) views = dataset.ViewsOf(Split::kTrain);
  return SpreadEvenly(views, kMostCheckedViews);
}

ExportPhotoCheck::ExportPhotoCheck(const SplatModel& scene, const data::Dataset& dataset, data::ViewLoader& loader)
    : scene_(scene), dataset_(dataset), loader_(loader), views_(ViewsToCheck(dataset)) {
  loader_.Announce(views_);
  // A photo that cannot be read says nothing of the files.
  std::string last;
  const auto is_broken = [&](int view) {
    try {
      return loader_.Get(view) == nullptr;
    } catch (const Error& error) {
      last = error.what();
      return true;
    }
  };
  views_.erase(std::remove_if(views_.begin(), views_.end(), is_broken), views_.end());
  SPLAT_CHECK(!views_.empty(), "none of the photos to compare with is left; the last one: ", last);
  for (const int index : views_) {
    images_.push_back(RenderToImage8(scene_, dataset_.views[size_t(index)].camera, dataset_.background, dataset_.near));
    const auto photo = loader_.Get(index);
    scene_psnr_ += quality::Psnr(photo->image, images_.back(), photo->weights) / double(views_.size());
  }
  empty_db_ = EmptyAgreement(images_, dataset_.background);
}

FileCheck ExportPhotoCheck::Check(const std::string& format, const std::vector<std::string>& files,
                                  int64_t splats) const {
  const std::string& path = files.back();
  FileCheck check;
  check.format = format;
  check.path = path;
  try {
    for (const std::string& file : files) check.bytes += std::filesystem::file_size(file);
    SplatModel model = ToDevice(ModelOf(formats::ReadScene(path)), scene_.means.device());
    model.traits = ComparedTraits(path, model.traits, scene_.traits);
    check.splats = model.count();
    RequireSameCount(path, check.splats, splats);
    const double near = dataset_.near * dataset_.files.files_from_scene.scale;
    for (size_t i = 0; i < views_.size(); ++i) {
      const Camera camera = data::CameraInFiles(dataset_.files, dataset_.views[size_t(views_[i])].camera);
      const Image8 image = RenderToImage8(model, camera, dataset_.background, near);
      const auto photo = loader_.Get(views_[i]);
      check.psnr += quality::Psnr(photo->image, image, photo->weights) / double(views_.size());
      check.agreement_db += quality::Psnr(images_[i], image) / double(views_.size());
    }
    check.loss_db = scene_psnr_ - check.psnr;
    RequireAgreement(path, check.agreement_db, empty_db_);
  } catch (const Error& error) {
    check.error = error.what();
  } catch (const std::filesystem::filesystem_error& error) {
    check.error = error.what();
  }
  return check;
}

std::vector<std::string> TableOf(const std::vector<FileCheck>& checks, size_t views) {
  size_t width = 6;
  for (const FileCheck& check : checks) width = std::max(width, check.format.size());
  std::vector<std::string> lines = {StrCat("Files, read back and drawn in ", views, views == 1 ? " view:" : " views:"),
                                    "  " + Column("format", width) + Column("size", 12) + Column("PSNR", 12) +
                                        Column("loss", 11) + Column("against the scene", 20)};
  for (const FileCheck& check : checks) {
    std::string line = "  " + Column(check.format, width);
    if (check.error.empty()) {
      line += Column(FormatFixed(double(check.bytes) / 1e6, 1) + " MB", 12) +
              Column(FormatFixed(check.psnr, 2) + " dB", 12) +
              Column(FormatFixed(WithoutSmallMinus(check.loss_db), 2) + " dB", 11) +
              Column(FormatFixed(check.agreement_db, 1) + " dB", 20);
    } else {
      line += "  " + check.error;
    }
    lines.push_back(line);
  }
  return lines;
}

}  // namespace splat::quality
