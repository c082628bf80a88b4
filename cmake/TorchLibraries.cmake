# The libraries of a LibTorch that was built with CUDA, without its CMake package: that one insists on the CUDA toolkit
# even for the CPU part, and adds its own list of architectures to every call of nvcc. Without SPLAT_WITH_CUDA only the
# CPU part is used: such as the wheel that scripts/fetch_torch.sh strips and keeps in the cache. Sets what
# find_package(Torch) would: TORCH_LIBRARIES, TORCH_CXX_FLAGS, Torch_VERSION.
set(torch_dir ${SPLAT_TORCH_CUDA_PREFIX})
find_library(SPLAT_TORCH_CPU_LIBRARY torch_cpu PATHS ${torch_dir}/lib NO_DEFAULT_PATH REQUIRED)
find_library(SPLAT_TORCH_C10_LIBRARY c10 PATHS ${torch_dir}/lib NO_DEFAULT_PATH REQUIRED)
add_library(splat_torch INTERFACE)
target_include_directories(splat_torch SYSTEM INTERFACE ${torch_dir}/include ${torch_dir}/include/torch/csrc/api/include)
# The linker finds the libraries' own dependencies through their rpath, which old linkers ask only of DT_RPATH entries.
file(GLOB SPLAT_TORCH_DEPENDENCIES ${torch_dir}/../nvidia/*/lib)
foreach(folder ${SPLAT_TORCH_DEPENDENCIES})
  target_link_options(splat_torch INTERFACE "LINKER:-rpath-link,${folder}")
endforeach()
if(SPLAT_WITH_CUDA)
  # Nothing of ours calls libtorch_cuda: it registers its operators when it is loaded, so the linker must not drop it.
  target_link_libraries(splat_torch INTERFACE
    "-Wl,--push-state,--no-as-needed,${torch_dir}/lib/libtorch_cuda.so,${torch_dir}/lib/libc10_cuda.so,--pop-state"
    CUDA::cudart)
endif()
target_link_libraries(splat_torch INTERFACE ${SPLAT_TORCH_CPU_LIBRARY} ${SPLAT_TORCH_C10_LIBRARY})
set(TORCH_LIBRARIES splat_torch)

# Before 2.7 the package names the C++ ABI; later ones have the current one.
file(STRINGS ${torch_dir}/share/cmake/Torch/TorchConfig.cmake torch_abi REGEX "_GLIBCXX_USE_CXX11_ABI=[01]")
string(REGEX MATCH "-D_GLIBCXX_USE_CXX11_ABI=[01]" TORCH_CXX_FLAGS "${torch_abi}")
include(${torch_dir}/share/cmake/Torch/TorchConfigVersion.cmake)
set(Torch_VERSION ${PACKAGE_VERSION})
if(SPLAT_WITH_CUDA)
  message(STATUS "LibTorch: ${Torch_VERSION} with CUDA, ${torch_dir}")
else()
  message(STATUS "LibTorch: ${Torch_VERSION}, the CPU part of ${torch_dir}")
endif()
