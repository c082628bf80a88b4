# Decides whether the CUDA kernels are built, and sets SPLAT_WITH_CUDA (ON, OFF). They need nvcc 12.4 or later and a
# LibTorch that was built with CUDA of the same major version; a GPU is needed only to run them. Also sets
# SPLAT_TORCH_CUDA_PREFIX, the folder of LibTorch if it is such a one, with CUDA used or not.
set(SPLAT_CUDA AUTO CACHE STRING "Build the CUDA kernels: AUTO (if nvcc and a LibTorch with CUDA are there), ON, OFF")
set_property(CACHE SPLAT_CUDA PROPERTY STRINGS AUTO ON OFF)

# LibTorch as a prefix: the user's choice, else what find_package(Torch) would look at before the distribution's.
if(SPLAT_TORCH_DIR)
  set(SPLAT_TORCH_CUDA_PREFIX ${SPLAT_TORCH_DIR})
else()
  find_path(torch_config TorchConfig.cmake NO_CACHE NO_DEFAULT_PATH PATH_SUFFIXES share/cmake/Torch
            PATHS ${Torch_DIR} ENV Torch_DIR ${CMAKE_PREFIX_PATH} ENV CMAKE_PREFIX_PATH)
  if(torch_config)
    get_filename_component(SPLAT_TORCH_CUDA_PREFIX ${torch_config}/../../.. ABSOLUTE)
  endif()
endif()
if(NOT EXISTS ${SPLAT_TORCH_CUDA_PREFIX}/lib/libc10_cuda.so)
  set(SPLAT_TORCH_CUDA_PREFIX "")
endif()

# The nvcc of CMAKE_CUDA_COMPILER, CUDACXX, CUDAToolkit_ROOT, the PATH, or the usual place, in this order.
function(splat_find_nvcc variable)
  if(CMAKE_CUDA_COMPILER)
    set(nvcc ${CMAKE_CUDA_COMPILER})
  elseif(DEFINED ENV{CUDACXX})
    set(nvcc $ENV{CUDACXX})
  else()
    find_program(nvcc nvcc NO_CACHE PATH_SUFFIXES bin HINTS ${CUDAToolkit_ROOT} ENV CUDAToolkit_ROOT
                 PATHS ENV CUDA_PATH /usr/local/cuda)
  endif()
  set(${variable} "${nvcc}" PARENT_SCOPE)
endfunction()

# What keeps CUDA from being built, as one line; empty if nothing does.
function(splat_what_cuda_lacks nvcc variable)
  set(lib ${SPLAT_TORCH_CUDA_PREFIX}/lib)
  set(lacks "")
  if(NOT nvcc)
    set(lacks "there is no nvcc: put it on the PATH, or set CMAKE_CUDA_COMPILER or CUDAToolkit_ROOT")
  elseif(NOT SPLAT_TORCH_CUDA_PREFIX OR NOT EXISTS ${lib}/libtorch_cuda.so)
    set(lacks "this LibTorch was built without CUDA: set SPLAT_TORCH_DIR to one that holds lib/libtorch_cuda.so")
  else()
    execute_process(COMMAND ${nvcc} --version OUTPUT_VARIABLE text ERROR_QUIET RESULT_VARIABLE status)
    # The library names the CUDA runtime that it loads, such as libcudart.so.13.
    file(STRINGS ${lib}/libc10_cuda.so runtime REGEX "^libcudart[^ ]*\\.so\\.[0-9]+" LIMIT_COUNT 1)
    string(REGEX REPLACE "^.*\\.so\\.([0-9]+).*$" "\\1" runtime "${runtime}")
    if(NOT status EQUAL 0 OR NOT text MATCHES "release (([0-9]+)\\.[0-9]+)")
      set(lacks "${nvcc} does not run")
    elseif(CMAKE_MATCH_1 VERSION_LESS 12.4)
      set(lacks "${nvcc} is of CUDA ${CMAKE_MATCH_1}, but 12.4 is the oldest that serves")
    elseif(runtime AND NOT runtime EQUAL CMAKE_MATCH_2)
      set(lacks "${nvcc} is of CUDA ${CMAKE_MATCH_1}, but this LibTorch was built with CUDA ${runtime}")
    endif()
  endif()
  set(${variable} "${lacks}" PARENT_SCOPE)
endfunction()

# "native" for the GPU of this machine. Without one: all kinds from 2018 on, and code that later ones translate when
# they load it.
function(splat_default_architectures variable)
  set(architectures 75-real 80-real 86-real 89-real 90)
  execute_process(COMMAND nvidia-smi -L RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  if(status EQUAL 0 AND CMAKE_VERSION VERSION_GREATER_EQUAL 3.24)
    set(architectures native)
  endif()
  set(${variable} "${architectures}" PARENT_SCOPE)
endfunction()

set(SPLAT_WITH_CUDA OFF)
if(SPLAT_CUDA)
  splat_find_nvcc(nvcc)
  splat_what_cuda_lacks("${nvcc}" lacks)
  if(NOT lacks)
    set(SPLAT_WITH_CUDA ON)
  elseif(SPLAT_CUDA STREQUAL "AUTO")
    message(STATUS "CUDA: not built (${lacks})")
  else()
    message(FATAL_ERROR "SPLAT_CUDA=${SPLAT_CUDA}, but ${lacks}")
  endif()
endif()

if(SPLAT_WITH_CUDA)
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES AND NOT DEFINED ENV{CUDAARCHS})
    splat_default_architectures(architectures)
    set(CMAKE_CUDA_ARCHITECTURES ${architectures} CACHE STRING "CUDA architectures")
  endif()
  if(NOT CMAKE_CUDA_HOST_COMPILER AND NOT DEFINED ENV{CUDAHOSTCXX})
    set(CMAKE_CUDA_HOST_COMPILER ${CMAKE_CXX_COMPILER})  # one compiler for all host code
  endif()
  set(CMAKE_CUDA_COMPILER ${nvcc} CACHE FILEPATH "CUDA compiler")
  set(CMAKE_CUDA_RUNTIME_LIBRARY Shared)  # the one that LibTorch loads
  set(CMAKE_CUDA_STANDARD 17)
  set(CMAKE_CUDA_STANDARD_REQUIRED ON)
  set(CMAKE_CUDA_EXTENSIONS OFF)
  enable_language(CUDA)
  find_package(CUDAToolkit REQUIRED)
  message(STATUS "CUDA: ${CUDAToolkit_VERSION} for ${CMAKE_CUDA_ARCHITECTURES}")
endif()
