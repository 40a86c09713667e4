/// Figures by gnuplot, which runs as a process of its own.
#pragma once
#include <filesystem>
#include <string>

namespace edgefold::examples {

/// Runs `script` in `folder`, without the user's settings. False where there is no gnuplot; throws std::runtime_error
/// with gnuplot's own words where it fails.
bool run_gnuplot(const std::filesystem::path& folder, const std::string& script);

/// An animation as gnuplot script: `draw` runs once a frame, with the variable `frame` from 0 to frames - 1, and must
/// plot once. The result is `name`.gif, 500 ms a frame, repeated for ever.
struct animation {
  std::string name;
  int width, height;  ///< pixels
  int frames;
  std::string draw;
};
std::string script_of(const animation& a);

}  // namespace edgefold::examples
