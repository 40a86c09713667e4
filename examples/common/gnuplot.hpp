/// Figures by gnuplot, which runs as a process of its own.
#pragma once
#include <filesystem>
#include <string>

namespace edgefold::examples {

/// Runs `script` with `folder` as working folder and without the user's settings. False where there is no gnuplot; throws
/// std::runtime_error with gnuplot's own words where it fails.
bool run_gnuplot(const std::filesystem::path& folder, const std::string& script);

/// Rows and columns of numbers as gnuplot's inline data block `$name`.
std::string gnuplot_settings_for_frames(int width, int height);

}  // namespace edgefold::examples
