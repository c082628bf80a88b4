# Installs into a folder, moves the folder, and runs the programs there: a prefix works wherever it lies.
# usage: cmake -DBUILD=<build folder> -DFOLDER=<scratch folder> -DVERSION=<expected> -P install_test.cmake
cmake_minimum_required(VERSION 3.22)

function(run_and_expect pattern)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0 OR NOT "${output}" MATCHES "${pattern}")
    message(FATAL_ERROR "${ARGN}: exit status ${status}, expected '${pattern}' in: ${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${FOLDER})
run_and_expect("" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${FOLDER}/first)
file(MAKE_DIRECTORY "${FOLDER}/moved to")
file(RENAME ${FOLDER}/first "${FOLDER}/moved to/prefix")
set(prefix "${FOLDER}/moved to/prefix")

string(REPLACE "." "\\." version_pattern "${VERSION}")
run_and_expect("splat-train ${version_pattern}.*LibTorch [0-9].*CUDA.*OpenCV [0-9]" ${prefix}/bin/splat-train --version)
run_and_expect("--images" ${prefix}/bin/splat-train --help)
run_and_expect("--cameras" ${prefix}/bin/splat-render --help)
run_and_expect("--split" ${prefix}/bin/splat-eval --help)
run_and_expect("--spz-frame" ${prefix}/bin/splat-export --help)
run_and_expect("--photos" ${prefix}/bin/splat-capture --help)

# Our shared library must come from the moved prefix: neither from the build folder nor from the first place.
execute_process(COMMAND ldd ${prefix}/bin/splat-train OUTPUT_VARIABLE libraries)
string(REGEX MATCH "libsplat_rasterizer\\.so => [^\n]*" ours "${libraries}")
string(FIND "${ours}" "=> ${prefix}/" position)
if(position LESS 0)
  message(FATAL_ERROR "the moved splat-train does not load the shared library beside it: '${ours}'")
endif()
foreach(file share/splat-train/configs/default.json share/doc/splat-train/LICENSE)
  if(NOT EXISTS ${prefix}/${file})
    message(FATAL_ERROR "not installed: ${file}")
  endif()
endforeach()
file(REMOVE_RECURSE ${FOLDER})
