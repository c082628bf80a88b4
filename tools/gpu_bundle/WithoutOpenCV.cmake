# Takes OpenCV, libjpeg and libtiff out of the product's targets: bundle_images.cpp replaces the six sources that use
# them, and what cannot do without them is neither built nor run.
get_target_property(sources splat_data SOURCES)
set(kept ${sources})
list(FILTER kept EXCLUDE REGEX "/(image_io|image_resize|opencv_setup|undistort|jpeg_file|tiff_file)\\.cpp$")
list(LENGTH sources count)
list(LENGTH kept kept_count)
math(EXPR replaced "${count} - ${kept_count}")
if(NOT replaced EQUAL 6)
  message(FATAL_ERROR "splat_data has ${replaced} of the six sources that bundle_images.cpp stands in for")
endif()
set_target_properties(splat_data PROPERTIES SOURCES "${kept};${CMAKE_CURRENT_SOURCE_DIR}/bundle_images.cpp")

# The tests in these folders compare with OpenCV, or write photos that only OpenCV can write.
set(folders data pipeline capture e2e viewers)
list(JOIN folders "|" folders)
get_property(left_out DIRECTORY ${product}/tests PROPERTY BUILDSYSTEM_TARGETS)
list(FILTER left_out INCLUDE REGEX "^test_(${folders})_")
list(APPEND left_out splat_capture_lib splat-capture splat_break_files example_photos_to_scene)
set_target_properties(${left_out} PROPERTIES EXCLUDE_FROM_ALL ON)
get_property(tests DIRECTORY ${product}/tests PROPERTY TESTS)
list(FILTER tests INCLUDE REGEX "^(${folders})/")
file(WRITE ${CMAKE_BINARY_DIR}/CTestCustom.cmake "set(CTEST_CUSTOM_TESTS_IGNORE \"${tests}\")\n")
