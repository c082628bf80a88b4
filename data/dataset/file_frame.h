// The file frame is the frame that a scene's files are written in.
#pragma once

#include <string>

#include "core/camera.h"
#include "core/rigid3.h"

namespace splat::data {

// By default it is the frame of the training.
struct FileFrame {
  bool is_scenes = true;            // the frame of the training; files_from_scene is the identity
  Similarity3 files_from_scene;     // the way into it
  Vec3<double> offset = {0, 0, 0};  // of the source's frame: x_source = x_files + offset, unless is_scenes
  std::string note;                 // one line for the user where the offset is not zero
};

// Returns the source's frame, given the way there from the aligned one. If floats of 32 bits would round what the
// cameras look at by more than 0.01 px in photos of this focal length, it is a local frame: the source's without a
// rounded offset.
FileFrame SourceFrame(const Similarity3& source_from_scene, double focal_px);

// Returns the way from the files' frame to that of the source.
Similarity3 SourceFromFiles(const FileFrame& files, const Similarity3& source_from_scene);

// Returns a camera of the scene's frame in the frame of the files.
Camera CameraInFiles(const FileFrame& files, const Camera& camera);

}  // namespace splat::data
