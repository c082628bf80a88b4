#include "quality/lpips.h"

#include <torch/script.h>

#include <filesystem>
#include <memory>

#include "core/check.h"
#include "core/reason.h"
#include "quality/counted_pixels.h"

namespace splat::quality {
namespace {

constexpr int kTrialSide_px = 64;
constexpr char kAdvice[] = "give a network that torch.jit.trace or torch.jit.script made and save() wrote";

// [1, 3, H, W] in -1..1.
torch::Tensor InputOf(const Image8& image, torch::Device device) {
  const auto bytes = torch::from_blob(const_cast<uint8_t*>(image.pixels.data()), {1, image.height, image.width, 3},
                                      torch::TensorOptions().dtype(torch::kUInt8));
  return bytes.to(device).permute({0, 3, 1, 2}).to(torch::kFloat32).div(127.5).sub(1).contiguous();
}

class Network {
 public:
  Network(const std::string& path, torch::Device device) : device_(device) {
    std::error_code error;
    SPLAT_CHECK(std::filesystem::is_regular_file(path, error), "--lpips ", path, ": ",
                std::filesystem::exists(path, error) ? "is not a file" : "does not exist", "; ", kAdvice);
    try {
      module_ = torch::jit::load(path, device);
      module_.eval();
    } catch (const std::exception&) {  // its message is about LibTorch's sources
      throw Error(StrCat("--lpips ", path, ": is no TorchScript file, or is damaged; ", kAdvice));
    }
    try {
      const Image8 grey(kTrialSide_px, kTrialSide_px, 3);
      Distance(grey, grey);
    } catch (const std::exception& failure) {
      throw Error(StrCat("--lpips ", path, ": its network does not compare two images (float tensors [1, 3, ",
                         kTrialSide_px, ", ", kTrialSide_px, "] in -1..1): ", ReasonOf(failure)));
    }
  }

  double Distance(const Image8& photo, const Image8& render) {
    const torch::NoGradGuard no_grad;
    const torch::jit::IValue result = module_.forward({InputOf(render, device_), InputOf(photo, device_)});
    SPLAT_CHECK(result.isTensor() || result.isDouble(), "the network returns no tensor");
    return result.isDouble() ? result.toDouble() : result.toTensor().to(torch::kFloat64).mean().item<double>();
  }

 private:
  torch::Device device_;
  torch::jit::Module module_;
};

}  // namespace

Metric LpipsMetric(const std::string& path, torch::Device device) {
  const auto network = std::make_shared<Network>(path, device);
  Metric metric = {"lpips", "LPIPS", "", 4, false, false, "LPIPS, by the network of --lpips", nullptr};
  metric.compare = [network](const Image8& photo, const Image8& render, const Image8& weights) {
    const ComparedImages images = OnlyWhatCounts(photo, render, weights);
    return network->Distance(images.photo, images.render);
  };
  return metric;
}

}  // namespace splat::quality
