#include <edgefold/core/io/npy.hpp>

#include <edgefold/core/io/private/atomic_file.hpp>
#include <edgefold/core/io/private/npy_format.hpp>
#include <edgefold/core/io/private/text.hpp>
#include <edgefold/core/io/private/values.hpp>

#include <algorithm>

namespace edgefold {
namespace detail {
namespace {

// How the values of an array stand in a file, beside their type.
struct value_order {
  bool fortran, big_endian;
};

// Reads values stored as `Stored` into a tensor of T, each by `Convert`. The size is checked before memory is asked
// for.
template <element T, class Stored, T (*Convert)(Stored)>
any_tensor read_converted(byte_source& in, const shape_type& shape, value_order order) {
  const auto bytes = num_bytes(shape, sizeof(Stored), sizeof(T));
  in.expect(bytes.has_value(), "shape ", shape, " is too large");
  in.expect(bytes == in.left(), "shape ", shape, " takes ", *bytes, " bytes, the file has ", in.left());
  if constexpr (std::same_as<T, Stored>)
    if (!order.fortran && !order.big_endian) return read_values<T>(in, shape);
  using raw = bits<sizeof(Stored)>;
  const auto convert = [big_endian = order.big_endian](raw x) {
    return Convert(std::bit_cast<Stored>(big_endian ? swapped(x) : x));
  };
  return order.fortran ? read_fortran_values<T, raw>(in, shape, convert) : read_values<T, raw>(in, shape, convert);
}

// A bool in a file may be any byte; only 0 and 1 are one in C++.
template <class To, class From>
To converted(From x) {
  return static_cast<To>(x);
}

struct stored_type {
  std::string_view descr;  // without the order of bytes
  std::size_t size;
  any_tensor (*read)(byte_source&, const shape_type&, value_order);
};
template <element T, class Stored>
constexpr stored_type stored_as(std::string_view descr) {
  return {descr, sizeof(Stored), read_converted<T, Stored, converted<T, Stored>>};
}

any_tensor read_unsigned(byte_source& in, const shape_type& shape, value_order order) {
  any_tensor t = read_converted<std::int64_t, std::int64_t, converted<std::int64_t, std::int64_t>>(in, shape, order);
  check_unsigned(in, std::get<basic_tensor<std::int64_t>>(t), "");
  return t;
}

constexpr std::array stored_types{
    stored_as<float, float>("f4"),
    stored_as<double, double>("f8"),
    stored_type{"f2", 2, read_converted<float, std::uint16_t, from_float16>},
    stored_as<std::int32_t, std::int32_t>("i4"),
    stored_as<std::int64_t, std::int64_t>("i8"),
    stored_type{"u8", 8, read_unsigned},
    stored_as<bool, std::uint8_t>("b1"),
    stored_as<std::int32_t, std::int8_t>("i1"),
    stored_as<std::int32_t, std::uint8_t>("u1"),
    stored_as<std::int32_t, std::int16_t>("i2"),
    stored_as<std::int32_t, std::uint16_t>("u2"),
    stored_as<std::int64_t, std::uint32_t>("u4"),
};

// The type that NumPy calls `descr`: an order of bytes, '|' where there is but one, and a letter with a size.
const stored_type& type_of(const byte_source& in, std::string_view descr) {
  const char order = descr.empty() ? '\0' : descr[0];
  const auto known = [&](const stored_type& t) {
    return descr.substr(1) == t.descr && (order == '<' || order == '>' || (order == '|' && t.size == 1));
  };
  const auto type = descr.empty() ? stored_types.end() : std::find_if(stored_types.begin(), stored_types.end(), known);
  const bool found = type != stored_types.end();
  in.support(found, "type ", found ? "" : in_quotes(descr),
             " is not supported, expected float16, float32, float64, bool, or an integer that fits int64");
  return *type;
}

template <element T>
constexpr std::string_view descr_of() {
  if constexpr (std::same_as<T, float>) return "<f4";
  else if constexpr (std::same_as<T, double>) return "<f8";
  else if constexpr (std::same_as<T, std::int32_t>) return "<i4";
  else if constexpr (std::same_as<T, std::int64_t>) return "<i8";
  else return "|b1";
}

// Magic, version 1.0, length and dict, padded so that the values start at a multiple of 64.
std::string header_bytes(std::string_view descr, const shape_type& shape) {
  std::string dims = edgefold::to_string(shape);
  if (shape.size() == 1) dims = '(' + std::to_string(shape[0]) + ",)";
  std::string dict = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': " + dims + ", }";
  constexpr std::size_t before = 10;
  dict.append(63 - (before + dict.size()) % 64, ' ').push_back('\n');
  check(dict.size() <= UINT16_MAX, "write_npy", "too many dims: ", shape.size());
  std::string all = "\x93NUMPY\x01";
  all.push_back('\0');
  all.push_back(static_cast<char>(dict.size() & 255));
  all.push_back(static_cast<char>(dict.size() >> 8));
  return all + dict;
}

}  // namespace

any_tensor read_npy(byte_source& in) {
  npy_header header = read_npy_header(in);
  const stored_type& type = type_of(in, header.descr);
  const auto longer_than_1 = std::count_if(header.shape.begin(), header.shape.end(), [](auto d) { return d > 1; });
  if (header.shape.empty()) header.shape = {1};
  return type.read(in, header.shape, {header.fortran_order && longer_than_1 > 1, header.descr[0] == '>'});
}

npy_parts npy_parts_of(const any_tensor& any, std::string_view operation) {
  return std::visit(
      [&]<element T>(const basic_tensor<T>& t) {
        check(t.defined(), operation, "a tensor without storage");
        return npy_parts{header_bytes(descr_of<T>(), t.shape()), std::as_bytes(t.values())};
      },
      any);
}

}  // namespace detail

any_tensor read_npy(const std::filesystem::path& path) {
  detail::file_source in(path, "read_npy");
  return detail::read_npy(in);
}

basic_tensor<std::int64_t> read_npy_integers(const std::filesystem::path& path, std::string_view operation) {
  const any_tensor t = read_npy(path);
  if (const auto* narrow = std::get_if<basic_tensor<std::int32_t>>(&t)) return cast<std::int64_t>(*narrow);
  const auto* wide = std::get_if<basic_tensor<std::int64_t>>(&t);
  check_runtime(wide != nullptr, operation, path.string(), ": holds ", scalar_name(t), ", expected integers");
  return *wide;
}

any_tensor parse_npy(std::span<const std::byte> bytes, std::string_view name) {
  detail::memory_source in(bytes, "parse_npy", name);
  return detail::read_npy(in);
}

void write_npy(const std::filesystem::path& path, const any_tensor& t) {
  const detail::npy_parts parts = detail::npy_parts_of(t, "write_npy");
  detail::atomic_file file(path, "write_npy");
  file.write(parts.header);
  file.write(parts.values);
  file.commit();
}

}  // namespace edgefold
