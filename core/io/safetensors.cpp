#include <edgefold/core/io/safetensors.hpp>

#include <edgefold/core/io/detail/atomic_file.hpp>
#include <edgefold/core/io/detail/safetensors_format.hpp>
#include <edgefold/core/io/detail/text.hpp>
#include <edgefold/core/io/detail/values.hpp>

#include <algorithm>
#include <tuple>

namespace edgefold {
namespace {

using detail::byte_source, detail::in_quotes;
using entry = detail::safetensors_entry;

any_tensor read_bool(byte_source& in, const entry& e) {
  const auto t = detail::read_values<bool>(in, e.shape);
  const bool ok = std::ranges::all_of(std::as_bytes(t.values()), [](std::byte b) { return b <= std::byte{1}; });
  in.expect(ok, "tensor ", in_quotes(e.name), ": a bool is neither 0 nor 1");
  return t;
}

template <element T>
any_tensor read_same(byte_source& in, const entry& e) {
  return detail::read_values<T>(in, e.shape);
}

template <element T, class Stored, T (*Convert)(Stored)>
any_tensor read_converted(byte_source& in, const entry& e) {
  return detail::read_values<T, Stored>(in, e.shape, Convert);
}

template <class To, class From>
To widened(From x) {
  return x;
}

float from_bfloat16(std::uint16_t x) { return std::bit_cast<float>(std::uint32_t{x} << 16); }

// IEEE 754's binary16: a sign, 5 bits of exponent, 10 of fraction.
float from_float16(std::uint16_t x) {
  const std::uint32_t sign = (x & 0x8000U) << 16, exponent = x >> 10 & 31U, fraction = x & 1023U;
  if (exponent == 0) {  // 0 and the subnormal ones, which are normal in float
    const float size = static_cast<float>(fraction) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(size));
  }
  return std::bit_cast<float>(sign | (exponent == 31 ? 255U : exponent + 112U) << 23 | fraction << 13);
}

struct stored_type {
  std::string_view dtype;
  std::size_t stored, held;  // bytes an element, in the file and in memory
  any_tensor (*read)(byte_source&, const entry&);
};
template <element T, class Stored>
constexpr stored_type widening(std::string_view dtype) {
  return {dtype, sizeof(Stored), sizeof(T), read_converted<T, Stored, widened<T, Stored>>};
}

constexpr std::array stored_types{
    stored_type{"F32", 4, 4, read_same<float>},
    stored_type{"F64", 8, 8, read_same<double>},
    stored_type{"I32", 4, 4, read_same<std::int32_t>},
    stored_type{"I64", 8, 8, read_same<std::int64_t>},
    stored_type{"BOOL", 1, 1, read_bool},
    stored_type{"F16", 2, 4, read_converted<float, std::uint16_t, from_float16>},
    stored_type{"BF16", 2, 4, read_converted<float, std::uint16_t, from_bfloat16>},
    widening<std::int32_t, std::int8_t>("I8"),
    widening<std::int32_t, std::uint8_t>("U8"),
    widening<std::int32_t, std::int16_t>("I16"),
    widening<std::int32_t, std::uint16_t>("U16"),
    widening<std::int64_t, std::uint32_t>("U32"),
};

const stored_type& type_of(const byte_source& in, const entry& e) {
  const auto type =
      std::find_if(stored_types.begin(), stored_types.end(), [&](const auto& t) { return t.dtype == e.dtype; });
  const bool known = type != stored_types.end();
  in.expect(known, "tensor ", in_quotes(e.name), ": type ", known ? "" : in_quotes(e.dtype),
            " is not supported, expected F16, BF16, F32, F64, BOOL, or an integer that fits I64");
  return *type;
}

// Throws unless the bytes of `e` are those from `begin` on, as many as its type and shape take.
void check_place(const byte_source& in, const entry& e, std::uint64_t begin) {
  const stored_type& type = type_of(in, e);
  const auto bytes = detail::num_bytes(e.shape, type.stored, type.held);
  const auto shape = [&](bool needed) { return needed ? in_quotes(to_string(e.shape)) : ""; };
  const std::string name = in_quotes(e.name);
  in.expect(bytes.has_value(), "tensor ", name, ": shape ", shape(!bytes), " is too large");
  const bool fits = e.begin <= e.end && *bytes == e.end - e.begin;
  in.expect(fits, "tensor ", name, ": shape ", shape(!fits), " of ", e.dtype, " takes ", *bytes,
            " bytes, data_offsets are ", e.begin, " and ", e.end);
  in.expect(e.begin == begin, "tensor ", name, " begins at byte ", e.begin, ", the one before ends at ", begin);
}

safetensors_file read_file(byte_source& in) {
  detail::safetensors_header header = detail::read_safetensors_header(in);
  auto& entries = header.entries;
  std::sort(entries.begin(), entries.end(),
            [](const entry& a, const entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  std::uint64_t end = 0;
  for (entry& e : entries) {
    check_place(in, e, end);
    end = e.end;
  }
  in.expect(end == in.left(), "the tensors take ", end, " bytes, the file has ", in.left(), " behind its header");
  safetensors_file file{{}, std::move(header.metadata)};
  for (entry& e : entries) {
    if (e.shape.empty()) e.shape = {1};
    file.tensors.emplace(e.name, type_of(in, e).read(in, e));
  }
  return file;
}

// How a type is written. Great elements come first, so that each tensor stands at a multiple of its element size.
struct written_type {
  std::string_view dtype;
  int rank;
};
template <element T>
constexpr written_type written_as() {
  if constexpr (std::same_as<T, std::int64_t>) return {"I64", 0};
  else if constexpr (std::same_as<T, double>) return {"F64", 1};
  else if constexpr (std::same_as<T, float>) return {"F32", 2};
  else if constexpr (std::same_as<T, std::int32_t>) return {"I32", 3};
  else return {"BOOL", 4};
}

struct written_tensor {
  int rank;
  entry about;
  std::span<const std::byte> values;
};
template <element T>
written_tensor written(const std::string& name, const basic_tensor<T>& t, std::string_view target) {
  check(t.defined(), "write_safetensors", target, ": tensor ", in_quotes(name), " has no storage");
  constexpr written_type type = written_as<T>();
  return {type.rank, {name, std::string(type.dtype), t.shape(), 0, 0}, std::as_bytes(t.values())};
}

}  // namespace

safetensors_file read_safetensors(const std::filesystem::path& path) {
  detail::file_source in(path, "read_safetensors");
  return read_file(in);
}

safetensors_file parse_safetensors(std::span<const std::byte> bytes, std::string_view name) {
  detail::memory_source in(bytes, "parse_safetensors", name);
  return read_file(in);
}

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, any_tensor>& tensors,
                       const std::map<std::string, std::string>& metadata) {
  std::vector<written_tensor> all;
  all.reserve(tensors.size());
  for (const auto& [name, any] : tensors)
    all.push_back(std::visit([&, &n = name](const auto& t) { return written(n, t, path.string()); }, any));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
  detail::safetensors_header header{{}, metadata};
  std::uint64_t end = 0;
  for (written_tensor& w : all) {
    w.about.begin = end;
    w.about.end = end += w.values.size();
    header.entries.push_back(w.about);
  }
  const std::string start = detail::safetensors_header_bytes(header, "write_safetensors", path.string());
  detail::atomic_file file(path, "write_safetensors");
  file.write(start);
  for (const written_tensor& w : all) file.write(w.values);
  file.commit();
}

}  // namespace edgefold
