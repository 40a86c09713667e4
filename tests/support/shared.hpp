// Where data sets and reference tensors are, and how a test says that they are not there.
#pragma once
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace edgefold::testing {

// Empty where nobody has said it.
inline std::filesystem::path shared_folder() {
  const char* const set = std::getenv("EDGEFOLD_SHARED");
  return set ? set : "";
}

// The path of a shared file, or an empty one after a line that CTest takes as "skipped".
inline std::filesystem::path shared_file(const std::string& relative) {
  const std::filesystem::path folder = shared_folder();
  std::filesystem::path p = folder / relative;
  if (!folder.empty() && std::filesystem::exists(p)) return p;
  MESSAGE("test skipped: " << (folder.empty() ? "EDGEFOLD_SHARED is not set" : "no " + p.string()));
  return {};
}

}  // namespace edgefold::testing
