/// The safetensors format for the named tensors of a model.
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <edgefold/core/io/tensor_map.hpp>

namespace edgefold {

/// What a safetensors file holds.
struct safetensors_file {
  tensor_map tensors;                           ///< by name
  std::map<std::string, std::string> metadata;  ///< `__metadata__`, the words that whoever wrote it added
};

/// All tensors and the metadata of a .safetensors file (https://huggingface.co/docs/safetensors), shapes as stored; a
/// 0-d tensor gets shape (1). F32, F64, I32, I64 and BOOL keep their type; BF16 and F16 become float; I8, U8, I16 and
/// U16 become int32, U32 and U64 int64. Bits are kept, those of NaNs too. Tensors of other types, and of numbers that
/// int64 does not hold, are `unreadable`. Throws std::runtime_error for a header that is not as the format says or
/// longer than 100 MB, names that are given twice, tensors that leave a byte out, share one or go beyond the end, bools
/// that are neither 0 nor 1, and files it cannot read.
safetensors_file read_safetensors(const std::filesystem::path& path);

/// The same from memory; errors call it `name`.
safetensors_file parse_safetensors(std::span<const std::byte> bytes, std::string_view name = "bytes");

/// Writes `tensors`, each at a multiple of its element size, in the order of the format's first implementation: equal
/// tensors make equal files. The file appears whole or not at all; one that was there is replaced. Throws
/// std::invalid_argument for a tensor without storage, a name "__metadata__", text that is no UTF-8 and a header of
/// more than 100 MB, std::runtime_error where the file cannot be written.
void write_safetensors(const std::filesystem::path& path, const std::map<std::string, any_tensor>& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace edgefold
