// This header decides which photos of a set are held out of the training, to measure the scene by them.
#pragma once

#include <vector>

#include "core/log.h"
#include "data/dataset/dataset.h"
#include "data/poses/scene_description.h"

namespace splat::data {

// Sets the split of the views, which are those of the scene's photos that can be used, in the order of their names. A
// split of the source's own stays, as readers have put it into the views, with a warning if options.test_every is given
// as well; otherwise every test_every-th view is held out, from the first one on. Throws splat::Error if no view is
// left to train on, unless the options need none.
void ChooseHeldOutViews(const SceneDescription& scene, const DatasetOptions& options, std::vector<View>& views,
                        const LogSink& log);

}  // namespace splat::data
