# Programs for packages: each is a library compiled for each level of x86-64, in the folder of the level that the loader looks
# into first, and a program without code of its own, since theirs is mostly kernels with functors of their own.
set(private_folder ${CMAKE_INSTALL_LIBDIR}/edgefold-examples)
cmake_path(RELATIVE_PATH CMAKE_INSTALL_FULL_LIBDIR BASE_DIRECTORY ${CMAKE_INSTALL_FULL_BINDIR} OUTPUT_VARIABLE from_bin)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/no_code.cpp CONTENT "// main is in the library\n")

foreach(level ${EDGEFOLD_ALL_LEVELS})
  set(folder ${EDGEFOLD_FOLDER_${level}})
  add_programs(-${level} "${EDGEFOLD_FLAGS_${level}}")
  foreach(source ${programs})
    cmake_path(GET source STEM name)
    set_target_properties(${name}-${level} PROPERTIES OUTPUT_NAME edgefold-${name} DEFINE_SYMBOL ""
      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/lib/${folder})
    cmake_path(SET destination NORMALIZE ${private_folder}/${folder})
    install(TARGETS ${name}-${level} LIBRARY DESTINATION ${destination} COMPONENT programs)
  endforeach()
endforeach()
foreach(source ${programs})
  cmake_path(GET source STEM name)
  add_executable(${name} ${CMAKE_CURRENT_BINARY_DIR}/no_code.cpp)
  target_link_libraries(${name} PRIVATE ${name}-least)
  set_target_properties(${name} PROPERTIES OUTPUT_NAME edgefold-${name} INSTALL_RPATH "$ORIGIN/${from_bin}/edgefold-examples")
  install(TARGETS ${name} RUNTIME COMPONENT programs)
endforeach()
