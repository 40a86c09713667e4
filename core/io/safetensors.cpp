#include <edgefold/core/io/safetensors.hpp>

#include <edgefold/core/io/private/atomic_file.hpp>
#include <edgefold/core/io/private/safetensors_format.hpp>
#include <edgefold/core/io/private/text.hpp>

#include <algorithm>

namespace edgefold {
namespace {

using detail::byte_source, detail::in_quotes;
using entry = detail::safetensors_entry;

safetensors_file read_file(byte_source& in) {
  detail::safetensors_header header = detail::read_checked_header(in);
  safetensors_file file{{}, std::move(header.metadata)};
  for (const entry& e : header.entries) file.tensors.emplace(e.name, detail::read_tensor(in, e));
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
written_tensor written(const std::string& name, const basic_tensor<T>& t, std::string_view operation,
                       std::string_view target) {
  check(t.defined(), operation, target, ": tensor ", in_quotes(name), " has no storage");
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
  detail::write_tensors(path, tensors, metadata, "write_safetensors");
}

void detail::write_tensors(const std::filesystem::path& path, const std::map<std::string, any_tensor>& tensors,
                           const std::map<std::string, std::string>& metadata, std::string_view operation,
                           std::size_t alignment) {
  std::vector<written_tensor> all;
  all.reserve(tensors.size());
  for (const auto& [name, any] : tensors) {
    all.push_back(std::visit([&, &n = name](const auto& t) { return written(n, t, operation, path.string()); }, any));
    if (alignment > sizeof(double) && all.back().values.size() % alignment == 0) all.back().rank = -1;
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
  safetensors_header header{{}, metadata};
  std::uint64_t end = 0;
  for (written_tensor& w : all) {
    w.about.begin = end;
    w.about.end = end += w.values.size();
    header.entries.push_back(w.about);
  }
  const std::string start = safetensors_header_bytes(header, operation, path.string(), alignment);
  atomic_file file(path, operation);
  file.write(start);
  for (const written_tensor& w : all) file.write(w.values);
  file.commit();
}

}  // namespace edgefold
