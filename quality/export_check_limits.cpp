#include "quality/export_check_limits.h"

#include <algorithm>

#include "core/check.h"
#include "core/format.h"
#include "formats/exporter.h"
#include "quality/metrics.h"

namespace splat::quality {

void RequireSameCount(const std::string& path, int64_t splats, int64_t written) {
  SPLAT_CHECK(splats == written, path, ": is broken: it holds ", splats, " splats of ", written, " that were written");
}

void RequireAgreement(const std::string& path, double agreement_db, double empty_db) {
  const double least = std::clamp(empty_db + kLeastGain_db, kLeastAgreement_db, kEnoughAgreement_db);
  SPLAT_CHECK(agreement_db >= least, path, ": is broken: it shows another scene than was written (",
              FormatFixed(agreement_db, 1), " dB between their images)");
}

SceneTraits ComparedTraits(const std::string& path, const SceneTraits& of_file, const SceneTraits& of_scene) {
  SceneTraits traits = of_file;
  if (formats::ExporterFor(path).antialiased_mark == formats::AntialiasedMark::kNone) {
    traits.antialiasing = of_scene.antialiasing;
  }
  return traits;
}

double EmptyAgreement(const std::vector<Image8>& images, const std::array<float, 3>& background) {
  const Image8 pixel = RoundedTo8Bits(background.data(), 1, 1, 3);
  double sum_db = 0;
  for (const Image8& image : images) {
    Image8 empty = image;
    for (size_t i = 0; i < empty.pixels.size(); ++i) {
      empty.pixels[i] = pixel.pixels[i % 3];
    }
    sum_db += quality::Psnr(image, empty);
  }
  return sum_db / double(std::max<size_t>(1, images.size()));
}

}  // namespace splat::quality
