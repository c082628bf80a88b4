#include "data/dataset/dataset_options.h"

namespace splat::data {
namespace {

std::string RefuseOne(const std::string& text) {
  return text == "1" ? "'1' would leave no photo to train on; use 0, or 2 and more (8 is usual)" : "";
}

}  // namespace

std::vector<Option> OptionsOf(DatasetOptions& options) {
  return {
      Option("downscale", options.downscale, "Divide the photos' size by N")
          .Between(1, 64)
          .Flag("-d,--downscale N", "Training"),
      Option("max_image_size", options.max_image_size,
             "Scale photos down until their longer side has at most N pixels; 0: no limit")
          .Between(0, 65535)
          .Flag("--max-image-size N", "Training"),
      Option("test_every", options.test_every, "Hold out every N-th photo and report PSNR and SSIM on them; 0: none")
          .Between(0, 1'000'000)
          .Refuse(RefuseOne)
          .Flag("--test-every N", "Measuring quality"),
      Option("align", options.align, "Write the files in the poses' own frame: not centred, scaled and upright")
          .Flag("--no-align", "For experts"),
  };
}

}  // namespace splat::data
