#include <edgefold/core/io/private/safetensors_format.hpp>
#include <edgefold/core/io/private/text.hpp>
#include <edgefold/core/io/private/values.hpp>
#include <edgefold/core/parallel.hpp>

#include <algorithm>
#include <atomic>
#include <tuple>

namespace edgefold::detail {
namespace {

using entry = safetensors_entry;

void check_bools(const byte_source& in, const entry& e, const std::byte* values) {
  std::atomic<bool> ok{true};
  parallel_for(static_cast<std::int64_t>(e.end - e.begin), 1 << 20, [&](std::int64_t begin, std::int64_t end) {
    std::byte any{};
    for (std::int64_t i = begin; i < end; ++i) any |= values[i];
    if (any > std::byte{1}) ok = false;
  });
  in.expect(ok, "tensor ", in_quotes(e.name), ": a bool is neither 0 nor 1");
}

template <element T>
any_tensor read_same(byte_source& in, const entry& e) {
  const auto t = read_values<T>(in, e.shape);
  if constexpr (std::same_as<T, bool>) check_bools(in, e, std::as_bytes(t.values()).data());
  return t;
}

// The same without a copy, where the values are aligned.
template <element T>
any_tensor wrap_same(byte_source& in, const entry& e, std::byte* values, const std::shared_ptr<void>& owner) {
  if (reinterpret_cast<std::uintptr_t>(values) % alignof(T) != 0) return read_same<T>(in, e);
  if constexpr (std::same_as<T, bool>) check_bools(in, e, values);
  return basic_tensor<T>::wrap(reinterpret_cast<T*>(values), e.shape, owner);
}

template <element T, class Stored, T (*Convert)(Stored)>
any_tensor read_converted(byte_source& in, const entry& e) {
  return read_values<T, Stored>(in, e.shape, Convert);
}

template <class To, class From>
To widened(From x) {
  return x;
}

float from_bfloat16(std::uint16_t x) { return std::bit_cast<float>(std::uint32_t{x} << 16); }

any_tensor read_unsigned(byte_source& in, const entry& e) {
  auto t = read_values<std::int64_t>(in, e.shape);
  check_unsigned(in, t, "tensor " + in_quotes(e.name) + ": type \"U64\": ");
  return t;
}

struct stored_type {
  std::string_view dtype;
  std::size_t stored, held;  // bytes an element, in the file and in memory
  any_tensor (*read)(byte_source&, const entry&);
  any_tensor (*wrap)(byte_source&, const entry&, std::byte*, const std::shared_ptr<void>&) = nullptr;
};
template <element T>
constexpr stored_type same(std::string_view dtype) {
  return {dtype, sizeof(T), sizeof(T), read_same<T>, wrap_same<T>};
}
template <element T, class Stored>
constexpr stored_type widening(std::string_view dtype) {
  return {dtype, sizeof(Stored), sizeof(T), read_converted<T, Stored, widened<T, Stored>>};
}

constexpr std::array stored_types{
    same<float>("F32"),
    same<double>("F64"),
    same<std::int32_t>("I32"),
    same<std::int64_t>("I64"),
    same<bool>("BOOL"),
    stored_type{"F16", 2, 4, read_converted<float, std::uint16_t, from_float16>},
    stored_type{"BF16", 2, 4, read_converted<float, std::uint16_t, from_bfloat16>},
    widening<std::int32_t, std::int8_t>("I8"),
    widening<std::int32_t, std::uint8_t>("U8"),
    widening<std::int32_t, std::int16_t>("I16"),
    widening<std::int32_t, std::uint16_t>("U16"),
    widening<std::int64_t, std::uint32_t>("U32"),
    stored_type{"U64", 8, 8, read_unsigned},
};

// The type of that name; null where it is not known.
const stored_type* find_type(std::string_view dtype) {
  const auto type =
      std::find_if(stored_types.begin(), stored_types.end(), [&](const auto& t) { return t.dtype == dtype; });
  return type == stored_types.end() ? nullptr : &*type;
}

const stored_type& type_of(const byte_source& in, const entry& e) {
  const stored_type* const type = find_type(e.dtype);
  if (!type)
    in.support(false, "tensor ", in_quotes(e.name), ": type ", in_quotes(e.dtype),
               " is not supported, expected F16, BF16, F32, F64, BOOL, or an integer that fits I64");
  return *type;
}

// Throws unless the bytes of `e` are those from `begin` on, as many as its type and shape take.
void check_place(const byte_source& in, const entry& e, std::uint64_t begin) {
  const stored_type* const type = find_type(e.dtype);
  const auto bytes = type ? num_bytes(e.shape, type->stored, type->held) : std::optional(e.end - e.begin);
  const bool fits = bytes && e.begin <= e.end && *bytes == e.end - e.begin;
  if (fits && e.begin == begin) return;
  const std::string name = in_quotes(e.name), shape = in_quotes(to_string(e.shape));
  in.expect(bytes.has_value(), "tensor ", name, ": shape ", shape, " is too large");
  in.expect(fits, "tensor ", name, ": shape ", shape, " of ", e.dtype, " takes ", bytes.value_or(0),
            " bytes, data_offsets are ", e.begin, " and ", e.end);
  in.expect(false, "tensor ", name, " begins at byte ", e.begin, ", the one before ends at ", begin);
}

}  // namespace

safetensors_header read_checked_header(byte_source& in) {
  safetensors_header header = read_safetensors_header(in);
  std::sort(header.entries.begin(), header.entries.end(),
            [](const entry& a, const entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  std::uint64_t end = 0;
  for (entry& e : header.entries) {
    check_place(in, e, end);
    end = e.end;
    if (e.shape.empty()) e.shape = {1};
  }
  in.expect(end == in.left(), "the tensors take ", end, " bytes, the file has ", in.left(), " behind its header");
  return header;
}

any_tensor read_tensor(byte_source& in, const entry& e) { return type_of(in, e).read(in, e); }

safetensors_view::safetensors_view(shared_bytes bytes, std::string_view operation, std::string_view name)
    : bytes_(std::move(bytes)), operation_(operation), name_(name) {
  memory_source in({bytes_.data, bytes_.size}, operation, name);
  safetensors_header header = read_checked_header(in);
  values_ = bytes_.size - static_cast<std::size_t>(in.left());
  metadata_ = std::move(header.metadata);
  entries_ = std::move(header.entries);
  std::ranges::sort(entries_, {}, &entry::name);
}

safetensors_view::entry_range safetensors_view::entries(std::string_view prefix) const {
  const auto begin = std::ranges::lower_bound(entries_, prefix, {}, &entry::name);
  const auto end = std::find_if_not(begin, entries_.end(), [&](const entry& e) { return e.name.starts_with(prefix); });
  return {begin, end};
}

const entry* safetensors_view::find(std::string_view name) const {
  const auto at = std::ranges::lower_bound(entries_, name, {}, &entry::name);
  return at != entries_.end() && at->name == name ? &*at : nullptr;
}

any_tensor safetensors_view::operator()(const entry& e) const {
  std::byte* const values = bytes_.data + values_ + e.begin;
  memory_source in({values, e.end - e.begin}, operation_, name_);
  const stored_type& type = type_of(in, e);
  return type.wrap ? type.wrap(in, e, values, bytes_.owner) : type.read(in, e);
}

}  // namespace edgefold::detail
