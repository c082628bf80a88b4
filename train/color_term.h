// This term of the loss learns how the photos of one scene differ: in exposure, and with mode "full" also in white
// balance and in the vignetting of the lens (docs/math.md, section 12). It changes the render as the photo would have
// seen it; the scene itself stays what the mean of the training photos shows.
#pragma once

#include <memory>
#include <optional>

#include "data/dataset/dataset.h"
#include "scene/photo_colors.h"
#include "train/loss_terms.h"
#include "train/settings/config.h"
#include "train/training_backend.h"

namespace splat::train {

// Adds the term's first parameters, which change nothing, on the backend's device; none where the mode is "off". Throws
// splat::Error for "auto", which must be resolved before (train/choose_color.h).
void AddColorParameters(const Backend& backend, const data::Dataset& dataset, const ColorConfig& config,
                        ParametersByName& parameters);

// Makes the term of a training of `steps` steps, which moves the parameters that AddColorParameters has added; they
// must outlive the term. Returns null if the mode is "off". A photo that is held out is never moved and has no part in
// the mean. Throws splat::Error for "auto", and for parameters of another mode or of other photos.
std::unique_ptr<LossTerm> MakeColorTerm(const Backend& backend, const data::Dataset& dataset, const ColorConfig& config,
                                        int steps, ParametersByName& parameters);

// Returns the colours that have been learned of the training photos, and nothing without parameters.
std::optional<PhotoColors> LearnedColors(const data::Dataset& dataset, const ParametersByName& parameters);

}  // namespace splat::train
