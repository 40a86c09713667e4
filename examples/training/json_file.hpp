/// JSON objects in files: the scores of a run.
#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace edgefold::examples {

/// Writes one object, keys in their order: whole or not at all, replacing what was there. Throws std::runtime_error
/// where the file cannot be written.
void write_json(const std::filesystem::path& file, const std::vector<std::pair<std::string, double>>& values);

}  // namespace edgefold::examples
