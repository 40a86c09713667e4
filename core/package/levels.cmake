# What packages hold, in one build: the library as an archive and as a shared one; on x86-64 for every processor since 2009 (-v2) in
# the loader's usual folder, and for -v3 and -v4 in its folders glibc-hwcaps/, where the loader looks first on a machine that
# has them. All export the same names, with the version that the SONAME has.
set(EDGEFOLD_HWCAPS "")
set(EDGEFOLD_LEAST "")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(EDGEFOLD_HWCAPS x86-64-v3 x86-64-v4)
  set(EDGEFOLD_LEAST -march=x86-64-v2)
endif()

set(all_objects "")  # of all levels
set(lists "")
foreach(level least ${EDGEFOLD_HWCAPS})
  set(objects edgefold_objects_${level})
  add_library(${objects} OBJECT ${EDGEFOLD_SOURCES})
  edgefold_library(${objects})
  if(level STREQUAL least)
    target_compile_options(${objects} PRIVATE ${EDGEFOLD_LEAST})
  else()
    target_compile_options(${objects} PRIVATE -march=${level})
  endif()
  set(compiled "$<FILTER:$<TARGET_OBJECTS:${objects}>,EXCLUDE,gch$>")
  list(APPEND all_objects "${compiled}")
  list(APPEND lists -- "${compiled}")
endforeach()

set(exports ${PROJECT_BINARY_DIR}/edgefold.map)
add_custom_command(OUTPUT ${exports}
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/exports.sh ${CMAKE_NM} ${exports} EDGEFOLD_${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
          ${lists}
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/exports.sh ${all_objects} COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(edgefold_exports DEPENDS ${exports})

function(edgefold_shared name level)
  add_library(${name} SHARED "$<FILTER:$<TARGET_OBJECTS:edgefold_objects_${level}>,EXCLUDE,gch$>")
  edgefold_library(${name})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX LINK_DEPENDS ${exports})
  add_dependencies(${name} edgefold_exports)
  target_link_options(${name} PRIVATE LINKER:--version-script=${exports})
endfunction()
edgefold_shared(edgefold_core least)
foreach(level ${EDGEFOLD_HWCAPS})
  edgefold_shared(edgefold_${level} ${level})
  set_target_properties(edgefold_${level} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/glibc-hwcaps/${level})
endforeach()
add_library(edgefold_static STATIC "$<FILTER:$<TARGET_OBJECTS:edgefold_objects_least>,EXCLUDE,gch$>")
edgefold_library(edgefold_static)
set_target_properties(edgefold_static PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME static)
