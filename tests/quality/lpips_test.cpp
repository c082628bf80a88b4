// LPIPS is what the network of the file says. The network here is a tiny one of known values.
#include "quality/lpips.h"
#include "io/read_file.h"

#include <gtest/gtest.h>
#include <torch/script.h>

#include <filesystem>

#include "core/check.h"
#include "io/atomic_file.h"
#include "tests/support/error_message.h"
#include "tests/support/temp_dir.h"

namespace splat::quality {
namespace {

Image8 Filled(uint8_t value) {
  Image8 image(20, 10, 3);
  image.pixels.assign(image.pixels.size(), value);
  return image;
}

class LpipsTest : public ::testing::Test {
 protected:
  std::string Network(const std::string& forward) {
    torch::jit::Module module("tiny");
    module.define(forward + "\n");
    const std::string path = folder_ / "tiny.pt";
    module.save(path);
    return path;
  }

  testing::TempDir folder_;
};

TEST_F(LpipsTest, AsksTheNetworkWithTheRenderAndThePhotoInMinusOneToOne) {
  const Metric metric = LpipsMetric(Network(R"(
    def forward(self, a, b):
        assert a.size() == b.size() and a.dim() == 4 and a.size(0) == 1 and a.size(1) == 3
        return (a - 0.25 * b).mean([1, 2, 3], True)
  )"),
                                    torch::kCPU);
  EXPECT_STREQ(metric.name, "lpips");
  EXPECT_FALSE(metric.higher_is_better);
  EXPECT_NEAR(metric.compare(Filled(255), Filled(0), {}), -1.25, 1e-6) << "photo 1, render -1";
  EXPECT_NEAR(metric.compare(Filled(0), Filled(255), {}), 1.25, 1e-6);
}

TEST_F(LpipsTest, SeesNoDifferenceWhereNothingCounts) {
  const Metric metric = LpipsMetric(Network("def forward(self, a, b):\n  return (a - b).abs().max()"), torch::kCPU);
  Image8 photo = Filled(100), render = photo, weights(20, 10, 1);
  std::fill(weights.pixels.begin(), weights.pixels.end(), uint8_t(255));
  *weights.At(5, 5) = 0;
  render.At(5, 5)[0] = 200;
  EXPECT_GT(metric.compare(photo, render, {}), 0);
  EXPECT_EQ(metric.compare(photo, render, weights), 0);
}

TEST_F(LpipsTest, SaysInOneLineWhyAFileIsNoNetwork) {
  WriteFileAtomically(folder_ / "text.pt", [](std::ostream& out) { out << "no network"; });
  const std::string good = Network("def forward(self, a, b):\n  return (a - b).abs().mean()");
  const std::string half = ReadFile(good).substr(0, 300);
  WriteFileAtomically(folder_ / "half.pt", [&](std::ostream& out) { out << half; });
  const std::string no_pair = Network("def forward(self, a):\n  return a.mean()");
  const std::string no_number = folder_ / "text_out.pt";
  std::filesystem::copy(Network("def forward(self, a, b):\n  return 'far'"), no_number);
  Network("def forward(self, a):\n  return a.mean()");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {folder_ / "text.pt", "is no TorchScript file, or is damaged; give a network that torch.jit.trace"},
      {folder_ / "half.pt", "is no TorchScript file, or is damaged; "},
      {folder_ / "missing.pt", "does not exist; give a network that torch.jit.trace or torch.jit.script made"},
      {folder_.path(), "is not a file; "},
      {no_pair, "its network does not compare two images (float tensors [1, 3, 64, 64] in -1..1): "},
      {no_number, "its network does not compare two images (float tensors [1, 3, 64, 64] in -1..1): "}};
  for (const auto& [path, expected] : cases) {
    const std::string message = testing::ErrorMessageOf([&, file = path] { LpipsMetric(file, torch::kCPU); });
    EXPECT_EQ(message.find("--lpips " + path + ": " + expected), 0u) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_EQ(message.find(".cpp"), std::string::npos) << message;
    EXPECT_LT(message.size(), 400u) << message;
  }
}

}  // namespace
}  // namespace splat::quality
