// This reader takes the cameras that Agisoft Metashape exports as XML (File, Export, Export Cameras).
#pragma once

#include <string>

#include "data/poses/scene_description.h"

namespace splat::data {

// Whether the file begins as such an export does: an XML document with a chunk.
bool IsMetashapeXml(const std::string& path);

// Reads the photos, without points. Names are the labels of the cameras, which often lack the extension; a label that
// several cameras have gets the label of its group before it. Poses are those of the chunk's world: the transform of
// the camera's component, or of the chunk, is applied. Left out with a warning are cameras that are not aligned or are
// disabled, labels that stay ambiguous, and components without a place in the world of others. Throws splat::Error
// naming file and entry, also for sensors that are not frame cameras (fisheye, spherical, cylindrical, RPC) and for
// coefficients that are not handled (p3, p4).
SceneDescription ReadMetashape(const std::string& path, const std::string& image_folder);

}  // namespace splat::data
