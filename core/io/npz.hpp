/// NumPy's archives of named arrays.
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <edgefold/core/io/tensor_map.hpp>

namespace edgefold {

/// All arrays of a .npz file (`numpy.savez`, `numpy.savez_compressed`) by name, without ".npy"; each as read_npy reads
/// it, so that a number, saved as 0-d array, has shape (1). Members that read_npy refuses for their type, that are no
/// .npy files or are compressed otherwise are `unreadable`. Throws std::runtime_error where the archive or a member is
/// damaged, checksums do not agree, members overlap, or the file cannot be read.
tensor_map read_npz(const std::filesystem::path& path);

/// The same from memory; errors call it `name`.
tensor_map parse_npz(std::span<const std::byte> bytes, std::string_view name = "bytes");

/// Writes `arrays` uncompressed, as `numpy.savez` does. The file appears whole or not at all; one that was there is
/// replaced. Throws std::invalid_argument for a tensor without storage or a name that an archive cannot hold,
/// std::runtime_error where the file cannot be written.
void write_npz(const std::filesystem::path& path, const std::map<std::string, any_tensor>& arrays);

}  // namespace edgefold
