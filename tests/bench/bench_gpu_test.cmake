# bench_gpu on the CPU, a few hundred splats: ends well, and its JSON holds what scripts/gpu_check.sh and people read.
# usage: cmake -DPROGRAM=<bench_gpu> -DFOLDER=<scratch folder> -P bench_gpu_test.cmake
cmake_minimum_required(VERSION 3.22)

file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
set(size --width 96 --height 64 --steps 3 --warmup 1 --stage-steps 2)
execute_process(COMMAND ${PROGRAM} --device cpu --splats 500 900 ${size} --json ${FOLDER}/bench.json
                RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "bench_gpu ended with ${status}: ${output}")
endif()
file(READ ${FOLDER}/bench.json json)

# Numbers that must be there and positive.
function(positive)
  string(JSON value GET "${json}" ${ARGN})
  if(NOT value GREATER 0)
    message(SEND_ERROR "${ARGN} is ${value}")
  endif()
endfunction()

positive(bytes_per_s)
string(JSON runs LENGTH "${json}" runs)
if(NOT runs EQUAL 2)
  message(FATAL_ERROR "${runs} runs instead of 2")
endif()
foreach(run 0 1)
  foreach(field splats visible visible_share instances tiles_per_visible walked_share contributing_per_pixel steps_per_s floor_ms
                x_floor floor_bytes)
    positive(runs ${run} ${field})
  endforeach()
  positive(runs ${run} step_ms median)
  foreach(stage project count bin blend loss blend_backward backward_and_adam)
    positive(runs ${run} stages ${stage} ms)
  endforeach()
  string(JSON memory GET "${json}" runs ${run} peak_bytes)  # 0 on the CPU
endforeach()
string(JSON splats GET "${json}" runs 1 splats)
if(NOT splats EQUAL 900)
  message(SEND_ERROR "the second run has ${splats} splats instead of 900")
endif()

# The summary is the last two lines.
string(REGEX MATCH "synthetic +900 [^\n]*it/s[^\n]*\n +project [^\n]*other [^\n]*\n$" summary "${output}")
if(NOT summary)
  message(SEND_ERROR "no summary at the end of: ${output}")
endif()

execute_process(COMMAND ${PROGRAM} --device cpu RESULT_VARIABLE status OUTPUT_QUIET ERROR_VARIABLE output)
if(status EQUAL 0 OR NOT output MATCHES "give either --splats")
  message(SEND_ERROR "without a scene: ${status}, ${output}")
endif()
file(REMOVE_RECURSE ${FOLDER})
