/// The parts of NumPy's format that single files and archives share. Private to the readers and writers.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <edgefold/core/frame.hpp>
#include <edgefold/core/io/private/file.hpp>

namespace edgefold::detail {

/// What stands before the values: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct npy_header {
  std::string descr;
  bool fortran_order = false;
  shape_type shape;
};

/// Reads magic, version, length and dict; throws where they are not as the format says.
npy_header read_npy_header(byte_source& in);

/// Reads the array that `in` holds, no more and no less.
any_tensor read_npy(byte_source& in);

/// A tensor as it stands in a file: the header, and a view of the tensor's values.
struct npy_parts {
  std::string header;
  std::span<const std::byte> values;
};
npy_parts npy_parts_of(const any_tensor& t, std::string_view operation);

}  // namespace edgefold::detail
