// This function finds the orbit from which a scene is shown if the user names no cameras.
#pragma once

#include <optional>
#include <vector>

#include "core/rigid3.h"
#include "rasterizer/torch/splat_model.h"
#include "scene/named_camera.h"

namespace splat::pipeline {

// Returns the views (OrbitCameras of scene/orbit.h) of a model from an orbit, in the model's frame; they are level
// where `upright_from_scene` says what upright is, or else about the model's axis y. They stand where `photos`, cameras
// in the frame of the model, stand around what they look at; and around all of the scene where there are none, or those
// look at no point in common (WhereAxesMeetClosely). Throws splat::Error for an empty model.
std::vector<NamedCamera> OrbitOfScene(const SplatModel& model, const std::vector<NamedCamera>& photos, int count,
                                      int width, const std::optional<Similarity3>& upright_from_scene = std::nullopt);

}  // namespace splat::pipeline
