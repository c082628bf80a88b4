#include "quality/metrics.h"

#include <cstring>

#include "core/check.h"
#include "quality/image_quality.h"

namespace splat::quality {

const std::vector<Metric>& Metrics() {
  static const std::vector<Metric> metrics = {
      {"psnr", "PSNR", "dB", 2, true, "PSNR over all pixels and channels in dB, peak 255, at most 100", Psnr},
      {"ssim", "SSIM", "", 4, true,
       "SSIM with an 11x11 Gaussian window of sigma 1.5, zero outside the image, mean over pixels and channels", Ssim},
  };
  return metrics;
}

size_t IndexOfMetric(const char* name) {
  for (size_t i = 0; i < Metrics().size(); ++i) {
    if (std::strcmp(Metrics()[i].name, name) == 0) return i;
  }
  throw Error(StrCat("there is no metric called ", name));
}

}  // namespace splat::quality
