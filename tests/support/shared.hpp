// Where data sets and reference tensors are, and how a test says that they are not there.
#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace edgefold::testing {

inline std::filesystem::path shared_folder() {
  for (const char* name : {"EDGEFOLD_SHARED", "EDGEFOLD_SHARED_DEFAULT"})
    if (const char* set = std::getenv(name); set && *set) return set;
  return "../shared";
}

// The path of a shared file, or an empty one after a line that CTest takes as "skipped".
inline std::filesystem::path shared_file(const std::string& relative) {
  const std::filesystem::path p = shared_folder() / relative;
  if (std::filesystem::exists(p)) return p;
  MESSAGE("test skipped: no " << p.string());
  return {};
}

}  // namespace edgefold::testing
