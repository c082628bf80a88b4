#include "data/dataset/held_out_views.h"

#include <algorithm>

#include "core/check.h"

namespace splat::data {

void ChooseHeldOutViews(const SceneDescription& scene, const DatasetOptions& options, std::vector<View>& views,
                        const LogSink& log) {
  const int test_every = options.test_every;
  const bool given = std::any_of(scene.photos.begin(), scene.photos.end(),
                                 [](const PosedPhoto& photo) { return photo.split.has_value(); });
  if (given && test_every > 0) {
    LogWarning(log, StrCat("--test-every ", test_every, " is not used: the photos that are held out are those of ",
                           scene.source, ", which has a split of its own"));
  }
  if (!given && test_every > 0) {
    for (size_t i = 0; i < views.size(); i += size_t(test_every)) views[i].split = Split::kTest;
  }
  const bool any_train =
      std::any_of(views.begin(), views.end(), [](const View& view) { return view.split == Split::kTrain; });
  SPLAT_CHECK(any_train || !options.needs_training_views, scene.source,
              ": no photo is left to train on: ", views.size(), " of ", views.size(), " are held out",
              given ? " by the source's own split" : StrCat(" by --test-every ", test_every));
}

}  // namespace splat::data
