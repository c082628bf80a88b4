#include "quality/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

#include "core/check.h"
#include "quality/counted_pixels.h"
#include "quality/flip.h"
#include "quality/ssim.h"
#include "train/kernels/loss/photometric_loss.h"

namespace splat::quality {

double Psnr(const Image8& a, const Image8& b, const Image8& weights) {
  CheckComparable(a, b, weights);
  const double counted = CountedPixels(a, weights) * a.channels;
  int64_t squares = 0;  // times 255 with weights
  for (size_t i = 0; i < a.pixels.size(); ++i) {
    const int difference = int(a.pixels[i]) - int(b.pixels[i]);
    squares += difference * difference * (weights.pixels.empty() ? 1 : weights.pixels[i / size_t(a.channels)]);
  }
  if (squares == 0) return kMaxPsnr;
  const double sum = double(squares) / (weights.pixels.empty() ? 1 : 255);
  return std::min(kMaxPsnr, 10 * std::log10(255.0 * 255.0 * counted / sum));
}

double Ssim(const Image8& a, const Image8& b, const Image8& weights) {
  CheckComparable(a, b, weights);
  const double counted = CountedPixels(a, weights);
  std::vector<float> values(a.pixels.size());
  std::transform(a.pixels.begin(), a.pixels.end(), values.begin(), [](uint8_t v) { return float(v) / 255.0f; });
  train::LossParams params;
  params.width = a.width;
  params.height = a.height;
  params.channels = a.channels;
  params.image = values.data();
  params.target = b.pixels.data();
  SerialExecutor executor;
  train::PhotometricLossWorkspace workspace;
  if (weights.pixels.empty()) return train::PhotometricLoss(executor, params, workspace).ssim;
  params.weights = weights.pixels.data();
  // There, pixels of weight 0 count as equal in the mean over all.
  const double missing = 1 - train::PhotometricLoss(executor, params, workspace).ssim;
  return 1 - missing * double(a.width) * a.height / counted;
}

static_assert(kLeastMsSsimSide_px == 161 && kMsSsimScales == 5, "the descriptions say so");

const std::vector<Metric>& Metrics() {
  static const std::vector<Metric> metrics = {
      {"psnr", "PSNR", "dB", 2, true, true, "PSNR over all pixels and channels in dB, peak 255, at most 100", Psnr},
      {"ssim", "SSIM", "", 4, true, true,
       "SSIM with an 11x11 Gaussian window of sigma 1.5, zero outside the image, mean over pixels and channels", Ssim},
      {"ssim_inside", "SSIM inside", "", 4, true, false,
       "the same SSIM over the pixels whose window lies inside the image", SsimInside},
      {"ms_ssim", "MS-SSIM", "", 4, true, false,
       "SSIM over five scales with the weights of Wang et al. 2003, windows inside the image, none where a side has "
       "less than 161 px",
       MsSsim},
      {"flip", "FLIP", "", 4, false, false,
       "LDR-FLIP of Andersson et al. 2020 at 67.02 pixels per degree, mean over pixels, 0 for equal images", Flip},
  };
  return metrics;
}

const std::vector<Metric>& RunMetrics() {
  static const std::vector<Metric> of_runs = [] {
    std::vector<Metric> chosen;
    std::copy_if(Metrics().begin(), Metrics().end(), std::back_inserter(chosen),
                 [](const Metric& metric) { return metric.in_runs; });
    return chosen;
  }();
  return of_runs;
}

size_t IndexOfMetric(const std::vector<Metric>& metrics, const char* name) {
  for (size_t i = 0; i < metrics.size(); ++i) {
    if (std::strcmp(metrics[i].name, name) == 0) return i;
  }
  throw Error(StrCat("there is no metric called ", name));
}

}  // namespace splat::quality
