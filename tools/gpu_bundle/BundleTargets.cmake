# With these functions the files in modules/ make their imported targets: from headers in SPLAT_BUNDLE/include and
# static libraries in SPLAT_BUNDLE/lib, as pack.sh packs them.

# A header of the bundle and of nowhere else.
function(splat_bundle_header header)
  if(NOT EXISTS ${SPLAT_BUNDLE}/include/${header})
    message(FATAL_ERROR "SPLAT_BUNDLE=${SPLAT_BUNDLE} holds no include/${header}: "
                        "make it with tools/gpu_bundle/pack.sh")
  endif()
endfunction()

# An imported target: its header (which tells that the bundle is whole), a library lib<name>.a of the bundle, other
# targets. CMake must know which library uses which, or it puts static ones into the link in an order that fails.
function(splat_bundle_target target header)
  cmake_parse_arguments(arg "" "LIBRARY" "USES" ${ARGN})
  splat_bundle_header(${header})
  if(arg_LIBRARY)
    find_library(path NAMES lib${arg_LIBRARY}.a PATHS ${SPLAT_BUNDLE}/lib NO_DEFAULT_PATH NO_CACHE REQUIRED)
    add_library(${target} STATIC IMPORTED)
    set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${path})
  else()
    add_library(${target} INTERFACE IMPORTED)
  endif()
  target_include_directories(${target} SYSTEM INTERFACE ${SPLAT_BUNDLE}/include)
  target_link_libraries(${target} INTERFACE ${arg_USES})
endfunction()

# Tells find_package that the package whose module calls this is there.
macro(splat_bundle_found)
  set(${CMAKE_FIND_PACKAGE_NAME}_FOUND TRUE)
endmacro()
