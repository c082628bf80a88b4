# What the tests share that prove that a test of rules can fail. They include this file after setting RULES, the script
# that checks a tree given as ROOT, and FOLDER, a scratch folder; write_base_tree() makes what every tree holds.

# The verdict on a tree that holds, besides that, just this file with this text.
function(verdict file text status_variable output_variable)
  file(REMOVE_RECURSE "${FOLDER}")
  write_base_tree()
  file(WRITE "${FOLDER}/${file}" "${text}")
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${FOLDER} -P ${RULES}
                  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  file(REMOVE_RECURSE "${FOLDER}")
  set(${status_variable} "${status}" PARENT_SCOPE)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")  # CMake wraps its messages
  set(${output_variable} "${output}" PARENT_SCOPE)
endfunction()

function(rejects file text expected)
  verdict("${file}" "${text}" status output)
  string(FIND "${output}" "${expected}" position)
  if(status EQUAL 0)
    message(SEND_ERROR "accepted, but breaks a rule: ${file} with ${text}")
  elseif(position EQUAL -1)
    message(SEND_ERROR "${file} with ${text} is rejected without '${expected}': ${output}")
  endif()
endfunction()

function(accepts file text)
  verdict("${file}" "${text}" status output)
  if(NOT status EQUAL 0)
    message(SEND_ERROR "rejected, but keeps the rules: ${file} with ${text}: ${output}")
  endif()
endfunction()
