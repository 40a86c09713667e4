# `cmake --install`: headers, library, CMake package, pkg-config file. Nothing installed names an absolute path.
include(CMakePackageConfigHelpers)

foreach(header IN LISTS EDGEFOLD_HEADERS)
  cmake_path(GET header PARENT_PATH folder)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/edgefold/${folder} COMPONENT development)
endforeach()
install(FILES ${EDGEFOLD_INCLUDE}/edgefold/edgefold.hpp ${EDGEFOLD_INCLUDE}/edgefold/version.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/edgefold COMPONENT development)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/edgefold)
set(archive "")
if(EDGEFOLD_LEVELS)
  set(archive edgefold_static)
endif()
install(TARGETS edgefold_core edgefold_ops edgefold_models edgefold ${archive} EXPORT edgefold
        LIBRARY COMPONENT library NAMELINK_COMPONENT development ARCHIVE COMPONENT development)
foreach(level ${EDGEFOLD_MORE_LEVELS})
  install(TARGETS edgefold_${level} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/${EDGEFOLD_FOLDER_${level}} COMPONENT library
          NAMELINK_SKIP)
endforeach()
install(EXPORT edgefold NAMESPACE edgefold:: FILE edgefold-targets.cmake DESTINATION ${package} COMPONENT development)
get_target_property(type edgefold_core TYPE)
if(type STREQUAL "STATIC_LIBRARY" OR archive)
  set(EDGEFOLD_STATIC ON)  # whose users need what is behind it
endif()
configure_package_config_file(core/package/edgefold-config.cmake.in ${PROJECT_BINARY_DIR}/edgefold-config.cmake
                              INSTALL_DESTINATION ${package} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/edgefold-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/edgefold-config.cmake ${PROJECT_BINARY_DIR}/edgefold-config-version.cmake
        DESTINATION ${package} COMPONENT development)

# An archive needs its dependencies at every link, and Debian has no libzip.a that would call for `pkg-config --static`;
# so they are plain Requires of a static build, and no business of those who link the shared library.
set(pc_requires "eigen3 >= 3.4")
if(EDGEFOLD_PORTABLE)
  set(pc_flags " -DEDGEFOLD_PORTABLE -ffp-contract=off")
else()
  string(APPEND pc_requires ", xsimd >= 8.1")
endif()
set(pc_behind "libzip, zlib")
if(NOT EDGEFOLD_STD_THREADS)
  string(APPEND pc_behind ", tbb")
endif()
if(type STREQUAL "STATIC_LIBRARY")
  string(APPEND pc_requires ", ${pc_behind}")
endif()
if(NOT archive)
  set(pc_behind "")
endif()
cmake_path(RELATIVE_PATH CMAKE_INSTALL_PREFIX BASE_DIRECTORY ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig OUTPUT_VARIABLE pc_prefix)
foreach(folder LIBDIR INCLUDEDIR)
  set(pc_${folder} "\${prefix}/${CMAKE_INSTALL_${folder}}")
  if(IS_ABSOLUTE "${CMAKE_INSTALL_${folder}}")
    set(pc_${folder} "${CMAKE_INSTALL_${folder}}")
  endif()
endforeach()
configure_file(core/package/edgefold.pc.in ${PROJECT_BINARY_DIR}/edgefold.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/edgefold.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
