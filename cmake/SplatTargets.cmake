# One function each for a library, an executable and a folder of tests, so that warnings, sanitizers and labels are the
# same everywhere. Sources are globbed: a file belongs to the library of the folder it lies in.

set(SPLAT_WARNINGS -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
if(SPLAT_WERROR)
  list(APPEND SPLAT_WARNINGS -Werror)
endif()
# Strict evaluation: a formula that is inlined twice gives the same bits twice, with and without fused multiply-add
# units.
set(SPLAT_MATH_FLAGS -ffp-contract=off -fno-math-errno -fno-trapping-math)
# The same for nvcc: no fused multiply-add but where the code asks for one, and the flags of g++ for its host part.
list(JOIN SPLAT_MATH_FLAGS "," host_math_flags)
set(SPLAT_CUDA_FLAGS --fmad=false --expt-relaxed-constexpr -lineinfo -Xcompiler=-fPIC,-Wall,-Wextra,${host_math_flags})
if(SPLAT_WERROR)
  list(APPEND SPLAT_CUDA_FLAGS "SHELL:-Werror all-warnings" -Xcompiler=-Werror)
endif()
if(SPLAT_SANITIZE)
  set(SPLAT_SANITIZE_FLAGS -fsanitize=${SPLAT_SANITIZE} -fno-omit-frame-pointer -g)
endif()

# Position-independent code of one kind everywhere (CMake would give programs -fPIE and libraries -fPIC): a precompiled
# header serves only translation units with the very same code generation flags.
function(splat_configure target)
  set(cxx_flags -fPIC ${SPLAT_WARNINGS} ${SPLAT_MATH_FLAGS} ${SPLAT_SANITIZE_FLAGS})
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${cxx_flags}>"
                                           "$<$<COMPILE_LANGUAGE:CUDA>:${SPLAT_CUDA_FLAGS}>")
  target_link_options(${target} PRIVATE ${SPLAT_SANITIZE_FLAGS})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
endfunction()

# LibTorch with its flags, as a public part of the target's interface; the target reuses the one precompiled torch
# header.
function(splat_use_torch target)
  target_link_libraries(${target} PUBLIC ${TORCH_LIBRARIES})
  target_compile_options(${target} PUBLIC "$<$<COMPILE_LANGUAGE:CXX>:${SPLAT_TORCH_FLAGS}>")
  splat_use_torch_pch(${target})
endfunction()

# For targets that get LibTorch through a library they link. -fpch-preprocess lets ccache work with precompiled headers.
function(splat_use_torch_pch target)
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  target_precompile_headers(${target} REUSE_FROM splat_torch_pch)
endfunction()

# LibTorch's headers take longer to read than most of our sources to compile: rasterizer/torch/libtorch.h is compiled
# once, here, and reused by every library, program and test.
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/torch_pch.cpp CONTENT "")
add_library(splat_torch_pch OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/torch_pch.cpp)
splat_configure(splat_torch_pch)
target_link_libraries(splat_torch_pch PUBLIC ${TORCH_LIBRARIES})
target_compile_options(splat_torch_pch PRIVATE ${SPLAT_TORCH_FLAGS} $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
target_precompile_headers(splat_torch_pch PRIVATE ${PROJECT_SOURCE_DIR}/rasterizer/torch/libtorch.h)

# The instruction sets that *_simd.cpp are compiled for (core/instruction_set.h), each with its flags.
set(SPLAT_SIMD_SETS "")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  set(SPLAT_SIMD_SETS sse4 avx2 avx512)
  # What core/instruction_set.cpp looks for, and nothing more: -march=x86-64-v3 would allow instructions that a virtual
  # machine may lack.
  set(SPLAT_SIMD_FLAGS_sse4 -msse4.2 -mpopcnt -maes -mpclmul)
  set(SPLAT_SIMD_FLAGS_avx2 ${SPLAT_SIMD_FLAGS_sse4} -mavx2 -mfma -mbmi -mbmi2 -mf16c)
  set(SPLAT_SIMD_FLAGS_avx512 ${SPLAT_SIMD_FLAGS_avx2} -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl
                              -mprefer-vector-width=512)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(SPLAT_SIMD_SETS neon)
endif()

# Adds the *_simd.cpp of the current folder to a library, compiled once for each instruction set with
# SPLAT_SIMD_NAMESPACE as its name. Always optimised: what is not inlined there would be generated under a name that
# other sources share.
function(splat_simd_sources library)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_simd.cpp)
  foreach(set ${SPLAT_SIMD_SETS})
    set(objects ${library}_${set})
    add_library(${objects} OBJECT ${sources})
    splat_configure(${objects})
    target_compile_definitions(${objects} PRIVATE SPLAT_SIMD_NAMESPACE=${set})
    target_compile_options(${objects} PRIVATE ${SPLAT_SIMD_FLAGS_${set}} -O3)
    target_link_libraries(${objects} PRIVATE splat_highway)
    target_sources(${library} PRIVATE $<TARGET_OBJECTS:${objects}>)
    set_property(GLOBAL APPEND PROPERTY SPLAT_SIMD_OBJECTS "${set}=$<JOIN:$<TARGET_OBJECTS:${objects}>,$<COMMA>${set}=>")
  endforeach()
endfunction()

# What a build with CUDA has where one without has something else lies in sources of its own, so that no source asks
# which it is: takes *_no_cuda.cpp out of the list with CUDA, and the other *_cuda.cpp without.
function(splat_choose_cuda_sources list)
  set(sources ${${list}})
  if(SPLAT_WITH_CUDA)
    list(FILTER sources EXCLUDE REGEX "_no_cuda\\.cpp$")
  else()
    set(without_cuda ${sources})
    list(FILTER without_cuda INCLUDE REGEX "_no_cuda\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_cuda\\.cpp$")
    list(APPEND sources ${without_cuda})
  endif()
  set(${list} ${sources} PARENT_SCOPE)
endfunction()

# splat_library(name [TORCH] [FOLDERS folders...] [PUBLIC libs...] [PRIVATE libs...]): a static library of every .cpp in
# the current folder, or in those folders below it (of *_cuda.cpp and *_no_cuda.cpp as splat_choose_cuda_sources says),
# and of every .cu where CUDA is built, or an interface library while there is none.
function(splat_library name)
  cmake_parse_arguments(arg "TORCH" "" "FOLDERS;PUBLIC;PRIVATE" ${ARGN})
  if(NOT arg_FOLDERS)
    set(arg_FOLDERS .)
  endif()
  list(TRANSFORM arg_FOLDERS PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  list(TRANSFORM arg_FOLDERS APPEND "/*.cpp" OUTPUT_VARIABLE patterns)
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  list(FILTER sources EXCLUDE REGEX "_simd\\.cpp$")
  splat_choose_cuda_sources(sources)
  if(SPLAT_WITH_CUDA)
    list(TRANSFORM arg_FOLDERS APPEND "/*.cu" OUTPUT_VARIABLE patterns)
    file(GLOB cuda_sources CONFIGURE_DEPENDS ${patterns})
  endif()
  if(NOT sources AND NOT cuda_sources)
    add_library(${name} INTERFACE)
    return()
  endif()
  add_library(${name} STATIC ${sources} ${cuda_sources})
  splat_configure(${name})
  if(cuda_sources)
    target_link_libraries(${name} PUBLIC CUDA::cudart)
  endif()
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
  if(arg_TORCH)
    splat_use_torch(${name})
  endif()
endfunction()

# splat_executable(name [TORCH] SOURCES files... LIBS libs...): an installed program that finds our shared library
# beside it wherever the installation is moved, and LibTorch where it was at build time.
function(splat_executable name)
  cmake_parse_arguments(arg "TORCH" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  splat_configure(${name})
  target_link_libraries(${name} PRIVATE ${arg_LIBS})
  if(arg_TORCH)
    splat_use_torch_pch(${name})
  endif()
  splat_install_rpath(${name})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# Installed files look for libraries relative to themselves, then in LibTorch's own folder (a wheel's is no system
# folder).
function(splat_install_rpath target)
  file(RELATIVE_PATH lib_from_bin /prefix/${CMAKE_INSTALL_BINDIR} /prefix/${CMAKE_INSTALL_LIBDIR})
  set_target_properties(${target} PROPERTIES INSTALL_RPATH "$ORIGIN;$ORIGIN/${lib_from_bin}"
                                             INSTALL_RPATH_USE_LINK_PATH ON)
endfunction()

# splat_tests(folders... [TORCH] [TIMEOUT seconds] LABELS labels... LIBS libs...): one executable for each
# <folder>/*_test.cpp, CTest name folder/test.
function(splat_tests)
  cmake_parse_arguments(arg "TORCH" "TIMEOUT" "LABELS;LIBS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 600)
  endif()
  foreach(folder ${arg_UNPARSED_ARGUMENTS})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*_test.cpp)
    string(REPLACE "/" "_" prefix ${folder})
    foreach(source ${sources})
      get_filename_component(stem ${source} NAME_WE)
      set(target test_${prefix}_${stem})
      add_executable(${target} ${source})
      splat_configure(${target})
      target_link_libraries(${target} PRIVATE ${arg_LIBS} splat_test_support GTest::gmock GTest::gtest_main)
      if(arg_TORCH)
        splat_use_torch_pch(${target})
      endif()
      add_test(NAME ${folder}/${stem} COMMAND ${target})
      set_tests_properties(${folder}/${stem} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT})
    endforeach()
  endforeach()
endfunction()
