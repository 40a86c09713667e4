/// NumPy's format for one array.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include <edgefold/core/frame.hpp>

namespace edgefold {

/// The array in a .npy file (formats 1.0, 2.0, 3.0), shape as stored; a 0-d array gets shape (1). Either order of
/// bytes, C or Fortran order of values. float32, float64, int32, int64 and bool keep their type; float16 becomes float;
/// int8, uint8, int16 and uint16 become int32, uint32 and uint64 int64. Throws std::runtime_error for anything else, a
/// number that int64 does not hold, a size that the file does not have, and files it cannot read.
any_tensor read_npy(const std::filesystem::path& path);

/// The same from memory; errors call it `name`.
any_tensor parse_npy(std::span<const std::byte> bytes, std::string_view name = "bytes");

/// The array in a .npy file, which must be of type T (after widening).
template <element T>
basic_tensor<T> read_npy_as(const std::filesystem::path& path) {
  const any_tensor t = read_npy(path);
  const auto* same = std::get_if<basic_tensor<T>>(&t);
  check_runtime(same, "read_npy_as", path.string(), ": holds ", scalar_name(t), ", expected ", scalar_name<T>());
  return *same;
}

/// The same of integers of any width, as 64-bit ones. Errors call the operation `operation`.
basic_tensor<std::int64_t> read_npy_integers(const std::filesystem::path& path,
                                             std::string_view operation = "read_npy_integers");

/// Writes format 1.0. The file appears whole or not at all; one that was there is replaced. Throws
/// std::invalid_argument for a tensor without storage, std::runtime_error where the file cannot be written.
void write_npy(const std::filesystem::path& path, const any_tensor& t);

}  // namespace edgefold
