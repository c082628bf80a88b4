// The state of a training is plain data: everything that decides how it goes on, besides the dataset and the config. A
// training that goes on from it ends with the same bits as one that has never stopped.
#pragma once

#include "core/random.h"
#include "data/dataset/dataset.h"
#include "data/dataset/open_sky.h"
#include "rasterizer/torch/splat_model.h"
#include "train/density/density_statistics.h"
#include "train/loss_terms.h"
#include "train/model_optimizer.h"
#include "train/photo_motions.h"
#include "train/settings/config.h"
#include "train/training_backend.h"
#include "train/view_order.h"

namespace splat::train {

struct TrainState {
  int step = 0;            // steps done
  int unusable_steps = 0;  // of these, those that had gradients or a loss that were not finite
  SplatModel model;
  ModelMoments moments;
  EpochOrder order;
  Random density_random{0};  // what densification draws from
  DensityState density;
  DensityLimits limits;  // chosen when the training began
  ParametersByName photo_parameters;
  PhotoMotions motions;  // of the cameras, where poses are refined

  // Returns a copy on the same device that shares no memory with this state, as a plain copy would.
  TrainState Clone() const;
};

// Returns the state before the first step, on the backend's device, with splats for the sky (ChosenSky); config.sky is
// ignored. Throws splat::Error if the device does not hold it.
TrainState InitialState(const Backend& backend, const data::Dataset& dataset, const TrainConfig& config,
                        const data::OpenSky& sky = {});

}  // namespace splat::train
