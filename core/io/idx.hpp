/// The IDX format of the MNIST data sets.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include <edgefold/core/frame.hpp>

namespace edgefold {

/// The array in an IDX file (LeCun, Cortes and Burges, http://yann.lecun.com/exdb/mnist), gzipped or not, shape as
/// stored: (60000, 28, 28) for MNIST's training images. int32, float and double keep their type; uint8, int8 and int16
/// become int32. Throws std::runtime_error for anything else, a size that the file does not have, a gzip stream that
/// is truncated, damaged or followed by more bytes, and files it cannot read.
any_tensor read_idx(const std::filesystem::path& path);

/// The same from memory; errors call it `name`.
any_tensor parse_idx(std::span<const std::byte> bytes, std::string_view name = "bytes");

/// The array in an IDX file of any type as float: scale * value, rounded once. Bytes become numbers from 0 to 1 with a
/// scale of 1 / 255. No array of the stored type is made. Throws as read_idx does.
tensor read_idx_scaled(const std::filesystem::path& path, float scale);

}  // namespace edgefold
