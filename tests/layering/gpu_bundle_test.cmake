# The GPU bundle builds splat_data without six of its sources, for which tools/gpu_bundle/bundle_images.cpp stands in:
# every function of theirs that is called elsewhere must have a definition there. The linker says so too, but only when
# the whole bundle is built.
# usage: cmake -DROOT=<checkout> [-DSTAND_IN=<file>] -P gpu_bundle_test.cmake
cmake_minimum_required(VERSION 3.22)
if(NOT STAND_IN)
  set(STAND_IN ${ROOT}/tools/gpu_bundle/bundle_images.cpp)
endif()
file(READ ${STAND_IN} stand_in)

set(replaced image_io image_resize opencv_setup undistort jpeg_file tiff_file)
file(GLOB_RECURSE callers ${ROOT}/data/*.cpp ${ROOT}/pipeline/*.cpp ${ROOT}/apps/*.cpp)
list(JOIN replaced "|" names)
list(FILTER callers EXCLUDE REGEX "/data/photos/(${names})\\.cpp$")
set(calls "")
foreach(file ${callers})
  file(READ ${file} text)
  string(APPEND calls "${text}")
endforeach()

set(count 0)
set(missing "")
foreach(name ${replaced})
  file(READ ${ROOT}/data/photos/${name}.h text)
  # Declarations and definitions begin in the first column: a type, a name, a parenthesis.
  string(REGEX MATCHALL "\n[A-Za-z][A-Za-z0-9_:<>&* ]* [*&]?[A-Z][A-Za-z0-9]*\\(" declarations "${text}")
  foreach(declaration ${declarations})
    string(REGEX REPLACE ".*[ *&]([A-Z][A-Za-z0-9]*)\\($" "\\1" function "${declaration}")
    set(definition "\n[A-Za-z][A-Za-z0-9_:<>&* ]* [*&]?${function}\\(")
    if(calls MATCHES "[^A-Za-z0-9_]${function}\\(" AND NOT calls MATCHES "${definition}")
      math(EXPR count "${count} + 1")
      if(NOT stand_in MATCHES "${definition}")
        list(APPEND missing ${function})
      endif()
    endif()
  endforeach()
endforeach()

if(missing)
  message(FATAL_ERROR "${STAND_IN} does not define: ${missing}")
elseif(count LESS 5)
  message(FATAL_ERROR "only ${count} functions of ${names} were found in use: this test no longer reads their headers")
endif()
message(STATUS "${count} functions stand in")
