# LibTorch's CPU libraries without its CMake package, which insists on the CUDA toolkit if LibTorch was built with CUDA: for
# a wheel with CUDA, such as the one that scripts/fetch_torch.sh strips and keeps in the cache. Sets what
# find_package(Torch) would: TORCH_LIBRARIES, TORCH_CXX_FLAGS.
find_library(SPLAT_TORCH_CPU_LIBRARY torch_cpu PATHS ${SPLAT_TORCH_DIR}/lib NO_DEFAULT_PATH REQUIRED)
find_library(SPLAT_TORCH_C10_LIBRARY c10 PATHS ${SPLAT_TORCH_DIR}/lib NO_DEFAULT_PATH REQUIRED)
add_library(splat_torch_cpu INTERFACE)
target_include_directories(splat_torch_cpu SYSTEM INTERFACE ${SPLAT_TORCH_DIR}/include
                                                            ${SPLAT_TORCH_DIR}/include/torch/csrc/api/include)
# The linker finds the libraries' own dependencies through their rpath, which old linkers ask only of DT_RPATH entries.
file(GLOB SPLAT_TORCH_DEPENDENCIES ${SPLAT_TORCH_DIR}/../nvidia/*/lib)
foreach(folder ${SPLAT_TORCH_DEPENDENCIES})
  target_link_options(splat_torch_cpu INTERFACE "LINKER:-rpath-link,${folder}")
endforeach()
target_link_libraries(splat_torch_cpu INTERFACE ${SPLAT_TORCH_CPU_LIBRARY} ${SPLAT_TORCH_C10_LIBRARY})
set(TORCH_LIBRARIES splat_torch_cpu)
set(TORCH_CXX_FLAGS "")
message(STATUS "LibTorch: the CPU part of ${SPLAT_TORCH_DIR}")
