/// Arrays and numbers out of data folders.
#pragma once
#include <filesystem>
#include <string>

#include <edgefold/core/graph.hpp>

namespace edgefold::examples {

// All throw std::runtime_error, with the path, for what is missing or not as said.

/// Integers of any width in a .npy file.
basic_tensor<std::int64_t> read_integers(const std::filesystem::path& file);

/// The graph of `num_vertices` vertices whose edges, source and target, are the rows of a .npy file.
graph read_pairs(const std::filesystem::path& file, std::int64_t num_vertices);

/// A number, 1 or more, under a key of a JSON file.
std::int64_t read_count(const std::filesystem::path& file, const std::string& key);

}  // namespace edgefold::examples
