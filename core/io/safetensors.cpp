#include <edgefold/core/io/safetensors.hpp>

#include <edgefold/core/io/private/atomic_file.hpp>
#include <edgefold/core/io/private/safetensors_format.hpp>
#include <edgefold/core/io/private/text.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace edgefold {
namespace {

using detail::in_quotes;  // NOLINT(misc-unused-using-decls): used by a template

safetensors_file read_file(detail::seekable_source& in) {
  detail::safetensors_header header = detail::read_checked_header(in);
  safetensors_file file;
  file.metadata = std::move(header.metadata);
  file.tensors = tensor_map('[' + std::string(in.operation()) + "] " + in.name());
  const std::uint64_t values = in.position();
  for (auto& entries = header.entries; !entries.empty(); entries.pop_front()) {
    const auto& e = entries.front();
    try {
      file.tensors.emplace(e.name, detail::read_tensor(in, e));
    } catch (const detail::unsupported_error& error) {
      file.tensors.add_unreadable(e.name, error.what());
      in.seek(values + e.end);
    }
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

written_type type_of(const any_tensor& any) {
  return std::visit([]<element T>(const basic_tensor<T>&) { return written_as<T>(); }, any);
}
std::span<const std::byte> bytes_of(const any_tensor& any) {
  return std::visit([](const auto& t) { return std::as_bytes(t.values()); }, any);
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
  detail::write_tensors(path, tensors, metadata, "write_safetensors");
}

void detail::write_tensors(const std::filesystem::path& path, const std::map<std::string, any_tensor>& tensors,
                           const std::map<std::string, std::string>& metadata, std::string_view operation,
                           std::size_t alignment) {
  using named_tensor = std::pair<const std::string, any_tensor>;
  std::vector<std::pair<int, const named_tensor*>> order;  // by rank
  order.reserve(tensors.size());
  std::size_t names = 0, dims = 0;
  for (const named_tensor& t : tensors) {
    const bool defined = std::visit([](const auto& x) { return x.defined(); }, t.second);
    check(defined, operation, path.string(), ": tensor ", in_quotes(t.first), " has no storage");
    const bool first = alignment > sizeof(double) && bytes_of(t.second).size() % alignment == 0;
    order.emplace_back(first ? -1 : type_of(t.second).rank, &t);
    names += t.first.size();
    dims += shape_of(t.second).size();
  }
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  constexpr std::size_t most_digits = 12, words = 48;  // about, of an entry; more would only cost time
  safetensors_header_writer header(metadata, names + dims * most_digits + order.size() * (words + 2 * most_digits),
                                   operation, path.native());
  std::uint64_t end = 0;
  for (const auto& [rank, t] : order) {
    const std::uint64_t begin = end;
    end += bytes_of(t->second).size();
    header.add(t->first, type_of(t->second).dtype, shape_of(t->second), begin, end);
  }
  atomic_file file(path, operation);
  file.write(header.finish(alignment));
  for (const auto& [rank, t] : order) file.write(bytes_of(t->second));
  file.commit();
}

}  // namespace edgefold
