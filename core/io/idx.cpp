#include <edgefold/core/io/idx.hpp>

#include <edgefold/core/io/private/gzip.hpp>
#include <edgefold/core/io/private/values.hpp>

#include <algorithm>

namespace edgefold {
namespace {

using detail::bits, detail::byte_source;

// The number whose bytes, the greatest first, are in `big_endian`.
template <class Stored>
Stored number_of(bits<sizeof(Stored)> big_endian) {
  return std::bit_cast<Stored>(detail::swapped(big_endian));
}

template <element T, class Stored>
any_tensor read_stored(byte_source& in, const shape_type& shape) {
  return detail::read_values<T, bits<sizeof(Stored)>>(in, shape,
                                                      [](auto x) { return static_cast<T>(number_of<Stored>(x)); });
}

template <class Stored>
tensor read_scaled(byte_source& in, const shape_type& shape, float scale) {
  return detail::read_values<float, bits<sizeof(Stored)>>(in, shape, [scale = double{scale}](auto x) {
    return static_cast<float>(scale * static_cast<double>(number_of<Stored>(x)));
  });
}

struct stored_type {
  unsigned code;
  std::size_t stored, held;  // bytes an element, in the file and in memory
  any_tensor (*read)(byte_source&, const shape_type&);
  tensor (*read_scaled)(byte_source&, const shape_type&, float);
};
template <element T, class Stored>
constexpr stored_type stored_as(unsigned code) {
  return {code, sizeof(Stored), sizeof(T), read_stored<T, Stored>, read_scaled<Stored>};
}

constexpr std::array stored_types{stored_as<std::int32_t, std::uint8_t>(0x08),
                                  stored_as<std::int32_t, std::int8_t>(0x09),
                                  stored_as<std::int32_t, std::int16_t>(0x0b),
                                  stored_as<std::int32_t, std::int32_t>(0x0c),
                                  stored_as<float, float>(0x0d),
                                  stored_as<double, double>(0x0e)};

struct header {
  const stored_type* type = nullptr;
  shape_type shape;
  std::uint64_t bytes = 0;  // of the values
};

// Reads what stands before the values, of which `start` has been read.
header read_header(byte_source& in, std::array<unsigned char, 2> start) {
  in.expect(start[0] == 0 && start[1] == 0, "no IDX file: wrong magic bytes");
  std::array<unsigned char, 2> type_and_dims{};
  in.read(type_and_dims.data(), 2);
  const unsigned code = type_and_dims[0], num_dims = type_and_dims[1];
  const auto type =
      std::find_if(stored_types.begin(), stored_types.end(), [code](const auto& t) { return t.code == code; });
  in.expect(type != stored_types.end(), "no IDX file: type ", code, ", expected 8, 9, 11, 12, 13 or 14");
  in.expect(num_dims > 0, "no IDX file: no dims");
  std::array<std::uint32_t, 255> dims{};
  in.read(dims.data(), num_dims * sizeof dims[0]);
  header h;
  h.type = &*type;
  for (unsigned i = 0; i < num_dims; ++i) h.shape.push_back(number_of<std::uint32_t>(dims[i]));
  const auto bytes = detail::num_bytes(h.shape, type->stored, type->held);
  in.expect(bytes.has_value(), "shape ", h.shape, " is too large");
  h.bytes = *bytes;
  return h;
}

// read(type, in, shape) of the values that `file` holds, inflated where it is gzipped. Sizes are checked before that.
template <class Read>
auto read_file(byte_source& file, const Read& read) {
  std::array<unsigned char, 2> start{};
  file.expect(file.left() >= 4, "no IDX file: only ", file.left(), " bytes");
  file.read(start.data(), start.size());
  if (start != detail::gzip_magic) {
    const header h = read_header(file, start);
    file.expect(h.bytes == file.left(), "shape ", h.shape, " takes ", h.bytes, " bytes, the file has ", file.left());
    return read(*h.type, file, h.shape);
  }
  detail::gzip_source inflated(file);
  inflated.read(start.data(), start.size());
  const header h = read_header(inflated, start);
  inflated.expect(h.bytes <= inflated.left(), "shape ", h.shape, " takes ", h.bytes,
                  " bytes, more than so short a gzip stream can hold");
  auto t = read(*h.type, inflated, h.shape);
  inflated.check_end();
  return t;
}

any_tensor read_any(byte_source& file) {
  return read_file(
      file, [](const stored_type& type, byte_source& in, const shape_type& shape) { return type.read(in, shape); });
}

}  // namespace

any_tensor read_idx(const std::filesystem::path& path) {
  detail::file_source file(path, "read_idx");
  return read_any(file);
}

any_tensor parse_idx(std::span<const std::byte> bytes, std::string_view name) {
  detail::memory_source file(bytes, "parse_idx", name);
  return read_any(file);
}

tensor read_idx_scaled(const std::filesystem::path& path, float scale) {
  detail::file_source file(path, "read_idx_scaled");
  return read_file(file, [scale](const stored_type& type, byte_source& in, const shape_type& shape) {
    return type.read_scaled(in, shape, scale);
  });
}

}  // namespace edgefold
