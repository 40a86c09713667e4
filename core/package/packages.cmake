# Debian packages, by `cmake --workflow --preset package`: libedgefoldX.Y, libedgefold-dev, edgefold-examples. They are for the release of
# Debian that they are built on. Needs dpkg-dev and file.
set(library libedgefold${EDGEFOLD_SOVERSION})
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME edgefold)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(EDGEFOLD_MAINTAINER "Edgefold developers <developers@edgefold.invalid>" CACHE STRING "Who packages name as their maintainer")
set(CPACK_PACKAGE_CONTACT ${EDGEFOLD_MAINTAINER})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL library development programs)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})

set(about "Edgefold computes a message on each edge of a graph and folds the messages
that arrive at each vertex, with functors of the user's own: fused, vectorised
and parallel, and with gradients.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME ${library})
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SHLIBDEPS ON)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/shlibs
     CONTENT "libedgefold ${EDGEFOLD_SOVERSION} ${library} (>= ${PROJECT_VERSION})\n")
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/triggers CONTENT "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${PROJECT_BINARY_DIR}/shlibs ${PROJECT_BINARY_DIR}/triggers)
set(CPACK_COMPONENT_LIBRARY_DESCRIPTION "message passing on graphs, shared library\n${about}\nThe loader picks the form for this processor.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libedgefold-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "${library} (= ${version}), libeigen3-dev (>= 3.4), libxsimd-dev (>= 8.1), libtbb-dev, libzip-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "libboost-graph-dev, pkg-config, cmake")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "message passing on graphs, headers and archive\n${about}\nHeaders, CMake package, pkg-config file and an archive.")

set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME edgefold-examples)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR} ${PROJECT_BINARY_DIR}/examples/lib)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_DEPENDS "${library} (= ${version})")
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_RECOMMENDS gnuplot-nox)
set(CPACK_COMPONENT_PROGRAMS_DESCRIPTION "message passing on graphs, example programs\n${about}\nCapsule routing, published layers in training, inference.")

# What Debian wants in each package.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)  # of SOURCE_DATE_EPOCH, where that is set
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/changelog.Debian CONTENT "edgefold (${version}) unstable; urgency=medium

  * See the changelog of the project.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
find_program(gzip gzip REQUIRED)
foreach(file ${PROJECT_BINARY_DIR}/changelog.Debian ${PROJECT_SOURCE_DIR}/docs/changelog.md)
  cmake_path(GET file FILENAME name)
  string(REPLACE .md "" name ${name})
  execute_process(COMMAND ${gzip} -9nc ${file} OUTPUT_FILE ${PROJECT_BINARY_DIR}/${name}.gz COMMAND_ERROR_IS_FATAL ANY)
endforeach()
foreach(component ${CPACK_COMPONENTS_ALL})
  string(TOUPPER ${component} upper)
  install(FILES ${PROJECT_BINARY_DIR}/changelog.gz ${PROJECT_BINARY_DIR}/changelog.Debian.gz core/package/copyright
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${upper}_PACKAGE_NAME} COMPONENT ${component})
endforeach()
include(CPack)
