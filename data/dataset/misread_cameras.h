// This header finds cameras that are rolled or inverse beside others that are right, by what their photos show.
#pragma once

#include <string>
#include <vector>

#include "core/log.h"
#include "core/parallel.h"
#include "data/dataset/dataset.h"

namespace splat::data {

// Reads the photos of all views at reduced size, of sets of up to kMostCamerasRead, and compares each with the colours
// of the points that its camera sees. A photo that does not show them as its pose is written, and does so once the
// camera is rolled by a quarter or half of a turn, once its y and z axes are turned about or once its pose is inverted,
// gets that pose. So a photo that was turned by another program after structure from motion is used as it lies there,
// if its size did not change. Its observations are dropped. One warning for each of these readings names the photos.
// Where the photos decide nothing, as without points or colours, all poses stay. The points are in the frame of the
// views' cameras.
void TurnMisreadCameras(const std::string& source, const PointCloud& points, std::vector<View>& views,
                        Executor& executor, const LogSink& log);

constexpr size_t kMostCamerasRead = 300;  // in larger sets single cameras do little harm, and reading takes long

}  // namespace splat::data
