# The bundle has no OpenCV: its targets carry what bundle_images.cpp uses in its place.
splat_bundle_target(opencv_core png.h LIBRARY png16 USES PkgConfig::WEBP ZLIB::ZLIB m)
foreach(component imgproc imgcodecs calib3d)
  add_library(opencv_${component} INTERFACE IMPORTED)
endforeach()
set(OpenCV_VERSION "none")
splat_bundle_found()
