# What cmake/SplatDependencies.cmake and tests/CMakeLists.txt take from the system, from the folder SPLAT_BUNDLE instead: headers in
# include/ and static libraries in lib/, as tools/gpu_bundle/pack.sh packs them for scripts/gpu_check.sh. There is no OpenCV among
# them: see tools/gpu_bundle/bundle_images.cpp.
get_filename_component(SPLAT_BUNDLE ${SPLAT_BUNDLE} ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
set(bundle_include ${SPLAT_BUNDLE}/include)

# A header of the bundle and of nowhere else.
function(splat_bundle_header header)
  if(NOT EXISTS ${bundle_include}/${header})
    message(FATAL_ERROR "SPLAT_BUNDLE=${SPLAT_BUNDLE} holds no include/${header}: make it with tools/gpu_bundle/pack.sh")
  endif()
endfunction()

# An imported target: its header (which tells that the bundle is whole), a library lib<name>.a of the bundle, other targets. CMake must
# know which library uses which, or it puts them into the link in an order that does not do for static ones.
function(splat_bundle_target target header)
  cmake_parse_arguments(arg "" "LIBRARY" "USES" ${ARGN})
  splat_bundle_header(${header})
  if(arg_LIBRARY)
    find_library(path NAMES lib${arg_LIBRARY}.a PATHS ${SPLAT_BUNDLE}/lib NO_DEFAULT_PATH NO_CACHE REQUIRED)
    add_library(${target} STATIC IMPORTED GLOBAL)
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${path})
  else()
    add_library(${target} INTERFACE IMPORTED GLOBAL)
  endif()
  target_include_directories(${target} SYSTEM INTERFACE ${bundle_include})
  target_link_libraries(${target} INTERFACE ${arg_USES})
endfunction()

splat_bundle_target(nlohmann_json::nlohmann_json nlohmann/json.hpp)
splat_bundle_target(CLI11::CLI11 CLI/CLI.hpp)
splat_bundle_target(splat_nanoflann nanoflann.hpp)
splat_bundle_target(splat_highway hwy/highway.h)
splat_bundle_target(PkgConfig::LIBEXIF libexif/exif-data.h LIBRARY exif USES m)
splat_bundle_target(SQLite::SQLite3 sqlite3.h LIBRARY sqlite3 USES Threads::Threads ${CMAKE_DL_LIBS} m)
splat_bundle_target(ZLIB::ZLIB zlib.h LIBRARY z)
splat_bundle_target(splat_zstd zstd.h LIBRARY zstd USES Threads::Threads)
splat_bundle_target(splat_minizip minizip/zip.h LIBRARY minizip USES ZLIB::ZLIB)
splat_bundle_target(splat_webp webp/encode.h LIBRARY webp USES Threads::Threads m)
splat_bundle_target(splat_bundle_codecs png.h LIBRARY png16 USES splat_webp ZLIB::ZLIB m)
if(SPLAT_TESTS)
  splat_bundle_target(GTest::gtest gtest/gtest.h LIBRARY gtest USES Threads::Threads)
  splat_bundle_target(GTest::gmock gmock/gmock.h LIBRARY gmock USES GTest::gtest)
  splat_bundle_target(GTest::gtest_main gtest/gtest.h LIBRARY gtest_main USES GTest::gtest)
  splat_bundle_target(Boost::context boost/context/detail/fcontext.hpp LIBRARY boost_context)
endif()
set(OpenCV_VERSION "none")
message(STATUS "Dependencies: the bundle ${SPLAT_BUNDLE}, without OpenCV")
