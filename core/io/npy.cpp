#include <edgefold/core/io/npy.hpp>

#include <edgefold/core/io/private/atomic_file.hpp>
#include <edgefold/core/io/private/npy_format.hpp>
#include <edgefold/core/io/private/text.hpp>
#include <edgefold/core/io/private/values.hpp>

#include <algorithm>

namespace edgefold {
namespace detail {
namespace {

// Reads values stored as `Stored` into a tensor of T. The size is checked before memory is asked for.
template <element T, class Stored>
any_tensor read_stored(byte_source& in, const shape_type& shape) {
  const auto bytes = num_bytes(shape, sizeof(Stored), sizeof(T));
  in.expect(bytes.has_value(), "shape ", shape, " is too large");
  in.expect(bytes == in.left(), "shape ", shape, " takes ", *bytes, " bytes, the file has ", in.left());
  if constexpr (std::same_as<T, Stored>) return read_values<T>(in, shape);
  // A bool in a file may be any byte; only 0 and 1 are one in C++.
  else return read_values<T, Stored>(in, shape, [](Stored x) { return static_cast<T>(x); });
}

struct stored_type {
  std::string_view descr;
  any_tensor (*read)(byte_source&, const shape_type&);
};

constexpr std::array stored_types{
    stored_type{"<f4", read_stored<float, float>},
    stored_type{"<f8", read_stored<double, double>},
    stored_type{"<i4", read_stored<std::int32_t, std::int32_t>},
    stored_type{"<i8", read_stored<std::int64_t, std::int64_t>},
    stored_type{"|b1", read_stored<bool, std::uint8_t>},
    stored_type{"|i1", read_stored<std::int32_t, std::int8_t>},
    stored_type{"|u1", read_stored<std::int32_t, std::uint8_t>},
    stored_type{"<i2", read_stored<std::int32_t, std::int16_t>},
    stored_type{"<u2", read_stored<std::int32_t, std::uint16_t>},
    stored_type{"<u4", read_stored<std::int64_t, std::uint32_t>},
};

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
  std::string dims = to_string(shape);
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
  const std::string& descr = header.descr;
  in.expect(!descr.starts_with('>'), "type ", in_quotes(descr), " is big-endian, expected little-endian");
  const auto type = std::find_if(stored_types.begin(), stored_types.end(), [&](auto& t) { return t.descr == descr; });
  in.expect(type != stored_types.end(), "type ", in_quotes(descr),
            " is not supported, expected float32, float64, bool, or an integer that fits int64");
  const auto longer_than_1 = std::count_if(header.shape.begin(), header.shape.end(), [](auto d) { return d > 1; });
  in.expect(!header.fortran_order || longer_than_1 <= 1, "Fortran order of shape ", header.shape, ", expected C order");
  if (header.shape.empty()) header.shape = {1};
  return type->read(in, header.shape);
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
