# Proves that layering_test.cmake can fail: each rule gets a tree of one file that breaks it, and trees that keep it.
# usage: cmake -DFOLDER=<scratch folder> -P layering_rejects_test.cmake
cmake_minimum_required(VERSION 3.22)

# The verdict on a tree that holds just this file with this text.
function(verdict file text status_variable output_variable)
  file(REMOVE_RECURSE "${FOLDER}")
  file(WRITE "${FOLDER}/${file}" "${text}")
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${FOLDER} -P ${CMAKE_CURRENT_LIST_DIR}/layering_test.cmake
                  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  file(REMOVE_RECURSE "${FOLDER}")
  set(${status_variable} "${status}" PARENT_SCOPE)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")  # CMake wraps its messages
  set(${output_variable} "${output}" PARENT_SCOPE)
endfunction()

function(rejects file text expected)
  verdict("${file}" "${text}" status output)
  if(status EQUAL 0)
    message(SEND_ERROR "accepted, but breaks the layering: ${file} with ${text}")
  elseif(NOT output MATCHES "${expected}")
    message(SEND_ERROR "${file} with ${text} is rejected without '${expected}': ${output}")
  endif()
endfunction()

function(accepts file text)
  verdict("${file}" "${text}" status output)
  if(NOT status EQUAL 0)
    message(SEND_ERROR "rejected, but keeps the layering: ${file} with ${text}: ${output}")
  endif()
endfunction()

rejects(core/a.h "#include \"data/ply.h\"\n" "core may not use data")
rejects(rasterizer/math/a.h "#include \"rasterizer/kernels/views.h\"\n" "rasterizer/math may not use rasterizer/kernels")
rejects(rasterizer/kernels/a.cpp "#include \"rasterizer/render.h\"\n" "rasterizer/kernels may not use rasterizer")
rejects(rasterizer/kernels/a.cpp "#include \"rasterizer/libtorch.h\"\n" "rasterizer/kernels may not use rasterizer")
rejects(train/kernels/a.cpp "#include \"train/config.h\"\n" "train/kernels may not use train")
rejects(data/a.cpp "#include \"rasterizer/splat_model.h\"\n" "data may not use rasterizer")
rejects(rasterizer/a.cpp "#include \"data/dataset.h\"\n" "rasterizer may not use data")
rejects(train/a.cpp "#include \"export/ply_format.h\"\n" "train may not use export")
rejects(export/a.cpp "#include \"train/config.h\"\n" "export may not use train")
rejects(capture/a.cpp "#include \"rasterizer/math/sh.h\"\n" "capture may not use rasterizer/math")
rejects(train/a.cpp "#include \"apps/cli.h\"\n" "train may not use apps")
rejects(data/a.cpp "#include \"ply.h\"\n" "start at the repository root")

rejects(core/a.h "#include <torch/types.h>\n" "torch/types.h")
rejects(data/a.cpp "#  include <ATen/ATen.h>\n" "ATen/ATen.h")
rejects(train/kernels/a.cpp "#include <c10/util/Half.h>\n" "c10/util/Half.h")
rejects(data/a.h "#include <opencv2/core.hpp>\n" "opencv2/core.hpp")
rejects(train/a.cpp "#include <opencv2/core.hpp>\n" "opencv2/core.hpp")
rejects(train/a.h "#include <nlohmann/json.hpp>\n" "nlohmann/json.hpp")
rejects(data/a.cpp "#include <CLI/CLI.hpp>\n" "CLI/CLI.hpp")
rejects(train/a.cpp "#include <sqlite3.h>\n" "sqlite3.h")
rejects(core/a.cpp "#include <hwy/highway.h>\n" "hwy/highway.h")

rejects(data/a.cpp "void F() { std::cout << 1; }\n" "prints or exits")
rejects(data/a.cpp "void F() { std::printf(\"1\"); }\n" "prints or exits")
rejects(train/a.cpp "void F() {\n  exit(1);\n}\n" "prints or exits")
rejects(README.md "no sources\n" "nothing was checked")

accepts(apps/a.cpp "#include <CLI/CLI.hpp>\n#include \"train/trainer.h\"\nvoid F() { std::cout << 1; }\n")
accepts(train/a.cpp "#include \"train/a.h\"\n#include \"rasterizer/render.h\"\n#include <nlohmann/json.hpp>\n")
accepts(data/a.cpp "#include <opencv2/core.hpp>\nvoid F() { snprintf(t, 4, \"%d\", 1); _exit(127); }  // never exit(1)\n")
