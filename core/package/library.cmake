set(EDGEFOLD_SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})

# edgefold_unite(TARGET [ROOM...]): the sources of a folder are compiled as one unit, up to 12 of them, or 3 in the given rooms;
# the dear ones alone, so that processors have alike to do.
set(EDGEFOLD_DEAR_SOURCES ops/gradient/named_pairs.cpp ops/tensor/arithmetic.cpp ops/tensor/functions.cpp
                          ops/transform/aggregate.cpp models/layers/pna_conv.cpp)
function(edgefold_unite target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # Of anonymous namespaces in what is included, as all sources then are.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    cmake_path(ABSOLUTE_PATH source)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE name)
    if(NOT name MATCHES "\\.cpp$" OR name IN_LIST EDGEFOLD_DEAR_SOURCES)
      continue()
    endif()
    cmake_path(GET name PARENT_PATH room)
    set(most 12)
    if(room IN_LIST ARGN)
      set(most 3)
    endif()
    string(MAKE_C_IDENTIFIER ${room} room)
    math(EXPR number "0${number_${room}} + 1")
    set(number_${room} ${number})
    math(EXPR unit "${number} / ${most}")
    set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES UNITY_GROUP ${room}_${unit})
  endforeach()
endfunction()

# edgefold_library(TARGET): what every form of the library is compiled with and links.
function(edgefold_library target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${EDGEFOLD_INCLUDE}>
                                            $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
                                     PRIVATE ${EDGEFOLD_RANDOM123_INCLUDE} ${EDGEFOLD_NANOFLANN_INCLUDE})
  if(EDGEFOLD_PORTABLE)
    target_compile_definitions(${target} PUBLIC EDGEFOLD_PORTABLE)
    # Products are rounded before a sum takes them, in every column.
    target_compile_options(${target} PUBLIC $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-ffp-contract=off>)
  else()
    # Of xsimd the headers alone: Debian's target also links a library xtl, which does not exist.
    get_target_property(xsimd_headers xsimd INTERFACE_INCLUDE_DIRECTORIES)
    target_include_directories(${target} SYSTEM PUBLIC $<BUILD_INTERFACE:${xsimd_headers}>
      $<INSTALL_INTERFACE:$<TARGET_PROPERTY:xsimd,INTERFACE_INCLUDE_DIRECTORIES>>)
  endif()
  target_link_libraries(${target} PUBLIC Eigen3::Eigen Threads::Threads
                                  PRIVATE ZLIB::ZLIB PkgConfig::libzip $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>
                                          $<BUILD_INTERFACE:Boost::headers>)
  if(EDGEFOLD_STD_THREADS)
    target_compile_definitions(${target} PRIVATE EDGEFOLD_STD_THREADS)
  else()
    target_link_libraries(${target} PRIVATE TBB::tbb)
  endif()
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME edgefold POSITION_INDEPENDENT_CODE ON DEFINE_SYMBOL ""  # the same objects, static or shared
    VERSION ${PROJECT_VERSION} SOVERSION ${EDGEFOLD_SOVERSION})
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:edgefold_flags>)
  if(EDGEFOLD_UNITY)
    edgefold_unite(${target})
  endif()
  if(PROJECT_IS_TOP_LEVEL)
    target_precompile_headers(${target} PRIVATE <edgefold/core/graph.hpp>)  # a fifth of the build; to others, a surprise
  endif()
endfunction()
