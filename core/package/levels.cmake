# What packages hold, in one build: the library as an archive and as a shared one; on x86-64 for every processor since 2009 (-v2) in
# the loader's usual folder, and for -v3 and -v4 in its folders glibc-hwcaps/, where the loader looks first on a machine that
# has them. All export the same names, with the version that the SONAME has.
#
# Of each level in EDGEFOLD_ALL_LEVELS: EDGEFOLD_FLAGS_<level>, and EDGEFOLD_FOLDER_<level> beside the least one's library.
set(EDGEFOLD_ALL_LEVELS least)
set(EDGEFOLD_FLAGS_least "")
set(EDGEFOLD_FOLDER_least .)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set(EDGEFOLD_FLAGS_least -march=x86-64-v2)
  foreach(level x86-64-v3 x86-64-v4)
    list(APPEND EDGEFOLD_ALL_LEVELS ${level})
    set(EDGEFOLD_FLAGS_${level} -march=${level})
    set(EDGEFOLD_FOLDER_${level} glibc-hwcaps/${level})
  endforeach()
endif()

set(all_objects "")  # of all levels
set(lists "")
foreach(level ${EDGEFOLD_ALL_LEVELS})
  set(objects edgefold_objects_${level})
  add_library(${objects} OBJECT ${EDGEFOLD_SOURCES})
  edgefold_library(${objects})
  target_compile_options(${objects} PRIVATE ${EDGEFOLD_FLAGS_${level}})
  set(compiled_${level} "$<FILTER:$<TARGET_OBJECTS:${objects}>,EXCLUDE,gch$>")
  list(APPEND all_objects "${compiled_${level}}")
  list(APPEND lists -- "${compiled_${level}}")
endforeach()

set(exports ${PROJECT_BINARY_DIR}/edgefold.map)
add_custom_command(OUTPUT ${exports}
  COMMAND ${CMAKE_CURRENT_LIST_DIR}/exports.sh ${CMAKE_NM} ${exports} EDGEFOLD_${EDGEFOLD_SOVERSION} ${lists}
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/exports.sh ${all_objects} COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(edgefold_exports DEPENDS ${exports})

function(edgefold_shared name level)
  add_library(${name} SHARED "${compiled_${level}}")
  edgefold_library(${name})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX LINK_DEPENDS ${exports})
  add_dependencies(${name} edgefold_exports)
  target_link_options(${name} PRIVATE LINKER:--version-script=${exports})
endfunction()
edgefold_shared(edgefold_core least)
set(EDGEFOLD_MORE_LEVELS ${EDGEFOLD_ALL_LEVELS})
list(POP_FRONT EDGEFOLD_MORE_LEVELS)
foreach(level ${EDGEFOLD_MORE_LEVELS})
  edgefold_shared(edgefold_${level} ${level})
  set_target_properties(edgefold_${level} PROPERTIES
    LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${EDGEFOLD_FOLDER_${level}})
endforeach()
add_library(edgefold_static STATIC "${compiled_least}")
edgefold_library(edgefold_static)
set_target_properties(edgefold_static PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME static)
