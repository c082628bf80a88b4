// These limits say what is asked of a scene file that is compared with the splats it was written from.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/image.h"
#include "scene/scene_traits.h"

namespace splat::quality {

// Images of a file that agree less than this with the scene's, in dB, are those of a broken file: a frame or an
// order of coefficients that was mistaken gives 10 to 12, the coarsest format of a whole file 25 and more.
constexpr double kLeastAgreement_db = 20;
// Where a scene differs little from its background, every file agrees that much. There a file must agree so much better
// than an empty one does, which is half of what the scene shows, up to an agreement that is enough for any scene.
constexpr double kLeastGain_db = 3, kEnoughAgreement_db = 40;
// At most so many views are compared.
constexpr size_t kMostCheckedViews = 8;

// Throws splat::Error naming the file.
void RequireSameCount(const std::string& path, int64_t splats, int64_t written);
void RequireAgreement(const std::string& path, double agreement_db, double empty_db);

// Returns the traits that a file is drawn with when it is compared: its own, except for the antialiased mark of a
// format that has no place for it, which is the scene's. The path names the format.
SceneTraits ComparedTraits(const std::string& path, const SceneTraits& of_file, const SceneTraits& of_scene);

// Returns what RequireAgreement compares with: the PSNR in dB between the scene's images and the background alone, as a
// mean over the images.
double EmptyAgreement(const std::vector<Image8>& images, const std::array<float, 3>& background);

}  // namespace splat::quality
