// The sources of image_io.h, image_resize.h and undistort.h are the only ones that use OpenCV; they set it up with this
// function.
#pragma once

namespace splat::data {

// Work is spread over photos, so OpenCV itself stays on the calling thread; and its messages would only repeat ours.
// Every call but the first does nothing.
void SetUpOpenCv();

}  // namespace splat::data
