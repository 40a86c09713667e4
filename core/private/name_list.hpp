/// The names that there are, for errors about one that there is not. Private to the compiled library.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace edgefold::detail {

/// `; there is "a", "b"`, or `none` where there are no names.
inline std::string name_list(const std::vector<std::string>& names, std::string_view none) {
  std::string all;
  for (const std::string& n : names) all += (all.empty() ? "; there is \"" : ", \"") + n + "\"";
  return all.empty() ? std::string(none) : all;
}

}  // namespace edgefold::detail
