# Everything the build takes from outside, in one place. The README's table names each with its use.
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(SPLAT_CCACHE ccache)
if(SPLAT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SPLAT_CCACHE})
endif()

if(SPLAT_TORCH_DIR)
  list(PREPEND CMAKE_PREFIX_PATH ${SPLAT_TORCH_DIR})
endif()
if(SPLAT_TORCH_DIR AND EXISTS ${SPLAT_TORCH_DIR}/lib/libc10_cuda.so)
  include(TorchCpuPart)  # built with CUDA, which this version does not use yet
else()
  find_package(Torch REQUIRED)
endif()
if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "This LibTorch has the old C++ ABI, with which OpenCV and the others do not link. "
                      "Take libtorch-dev of the distribution, or a wheel of version 2.7 or later.")
endif()
separate_arguments(SPLAT_TORCH_FLAGS NATIVE_COMMAND "${TORCH_CXX_FLAGS}")
find_package(Threads REQUIRED)
find_package(OpenCV REQUIRED COMPONENTS core imgproc imgcodecs calib3d)
find_package(nlohmann_json 3.10 REQUIRED)
find_package(CLI11 REQUIRED)
find_path(SPLAT_NANOFLANN_INCLUDE nanoflann.hpp REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBEXIF REQUIRED IMPORTED_TARGET libexif)
find_package(SQLite3 REQUIRED)  # COLMAP's database: features are read from it and matches written to it
add_library(splat_nanoflann INTERFACE)
target_include_directories(splat_nanoflann SYSTEM INTERFACE ${SPLAT_NANOFLANN_INCLUDE})
