/// JSON objects in files: scores of a run, and what a data set says of itself.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace edgefold::examples {

/// Writes one object, keys in their order: whole or not at all, replacing what was there. Throws std::runtime_error
/// where the file cannot be written.
void write_json(const std::filesystem::path& file, const std::vector<std::pair<std::string, double>>& values);

/// A number, 1 or more, under a key. Throws std::runtime_error, with the path, where there is none.
std::int64_t read_count(const std::filesystem::path& file, const std::string& key);

}  // namespace edgefold::examples
