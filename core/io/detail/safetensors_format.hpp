/// What stands before the values of a safetensors file. Private to its reader and writer.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <edgefold/core/io/detail/file.hpp>

namespace edgefold::detail {

/// `"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}`: bytes begin .. end - 1 behind the header.
struct safetensors_entry {
  std::string name, dtype;
  shape_type shape;
  std::uint64_t begin = 0, end = 0;
};

struct safetensors_header {
  std::vector<safetensors_entry> entries;
  std::map<std::string, std::string> metadata;
};

/// Reads length and JSON; throws where they are not as the format says or a name stands twice. The entries are as the
/// file has them: types, sizes and offsets are the caller's to check.
safetensors_header read_safetensors_header(byte_source& in);

/// Length and JSON as they stand in a file, filled up with blanks to a multiple of 8. Throws std::invalid_argument
/// "[operation] name: ..." for text that is no UTF-8, a name that the format keeps for itself and too long a header.
std::string safetensors_header_bytes(const safetensors_header& header, std::string_view operation,
                                     std::string_view name);

}  // namespace edgefold::detail
