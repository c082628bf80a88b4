# Script run at each build: writes OUTPUT from INPUT, and touches it only if something changed. The variables version,
# cuda, opencv and compiler come from the configuration; the commit is asked of git.
function(git_says variable)
  execute_process(COMMAND git ${ARGN} WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE text ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    set(text "")
  endif()
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

git_says(commit rev-parse --short=12 HEAD)
if(NOT commit)
  set(commit unknown)
else()
  git_says(changes status --porcelain --untracked-files=no)
  if(changes)
    string(APPEND commit ", modified")
  endif()
endif()
configure_file(${INPUT} ${OUTPUT} @ONLY)
