#include "data/dataset/dataset_options.h"

#include "core/check.h"
#include "core/option_groups.h"

namespace splat::data {
namespace {

std::string RefuseOne(const std::string& text) {
  return text == "1" ? "'1' would leave no photo to train on; use 0, or 2 and more (8 is usual)" : "";
}

}  // namespace

AlphaUse AlphaUseOf(const std::string& alpha) {
  if (alpha == "ignore") return AlphaUse::kIgnore;
  if (alpha == "mask") return AlphaUse::kMask;
  SPLAT_CHECK(alpha == "background", "--alpha ", alpha, ": is none of background, ignore and mask");
  return AlphaUse::kBackground;
}

std::vector<Option> OptionsOf(DatasetOptions& options) {
  return {
      Option("downscale", options.downscale, "Divide the photos' size by N")
          .Between(1, 64)
          .Flag("-d,--downscale N", kTrainingGroup),
      Option("max_image_size", options.max_image_size,
             "Scale photos down until their longer side has at most N pixels; 0: no limit")
          .Between(0, 65535)
          .Flag("--max-image-size N", kTrainingGroup),
      Option("test_every", options.test_every, "Hold out every N-th photo and report PSNR and SSIM on them; 0: none")
          .Between(0, 1'000'000)
          .Refuse(RefuseOne)
          .Flag("--test-every N", "Measuring quality"),
      Option("masks", options.masks,
             "Masks of the photos, of which white counts: auto takes those that lie with the photos; off; or a folder")
          .Flag("--masks auto|off|DIR", "Photos in, scene out"),
      Option("invert_masks", options.invert_masks, "Take black, and not white, of the masks for what counts")
          .Flag("--invert-masks", "Photos in, scene out"),
      Option("alpha", options.alpha,
             "Transparency of photos: put them on the background, ignore it, or take it for a mask")
          .OneOf({"background", "ignore", "mask"})
          .Flag("--alpha background|ignore|mask", "Photos in, scene out"),
      Option("borders", options.borders,
             "Leave out rows and columns at the edges that are empty in all photos, such as letterboxes")
          .OneOf({"auto", "off"})
          .Flag("--borders auto|off", "Photos in, scene out"),
      Option("align", options.align, "Write the files in the poses' own frame: not centred, scaled and upright")
          .Flag("--no-align", "For experts"),
  };
}

}  // namespace splat::data
