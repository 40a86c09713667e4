/// The parts of a safetensors file. Private to the readers and writers.
#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <edgefold/core/frame.hpp>
#include <edgefold/core/io/private/file.hpp>

namespace edgefold::detail {

/// `"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}`: bytes begin .. end - 1 behind the header.
struct safetensors_entry {
  std::string name, dtype;
  shape_type shape;
  std::uint64_t begin = 0, end = 0;
};

struct safetensors_header {
  std::deque<safetensors_entry> entries;  // whoever reads many drops them one by one
  std::map<std::string, std::string> metadata;
};

/// Reads length and JSON; throws where they are not as the format says or a name is given twice. The entries are as the
/// file has them: types, sizes and offsets are the caller's to check.
safetensors_header read_safetensors_header(byte_source& in);

/// The same, with all that can be checked without the values: entries are in the order of their bytes, which follow
/// each other from the first behind the header to the end of `in`, as many as type and shape take where the type is
/// known.
safetensors_header read_checked_header(byte_source& in);

/// The tensor of a checked entry, whose bytes are the next of `in`. A 0-d one gets shape (1). Throws unsupported_error
/// for a type that is not known and integers that int64 does not hold.
any_tensor read_tensor(byte_source& in, const safetensors_entry& e);

/// A checked file in memory. Each tensor is looked at when it is asked for.
class safetensors_view {
 public:
  /// Errors read "[operation] name: ...". Throws as read_checked_header does.
  safetensors_view(shared_bytes bytes, std::string_view operation, std::string_view name);

  using entry = safetensors_entry;
  /// In the order of their names: all; those whose names begin with `prefix`; the one of a name, null where there is
  /// none.
  const std::deque<entry>& entries() const { return entries_; }
  struct entry_range {  // clang 14 has no std::ranges::subrange
    std::deque<entry>::const_iterator first, last;
    auto begin() const { return first; }
    auto end() const { return last; }
  };
  entry_range entries(std::string_view prefix) const;
  const entry* find(std::string_view name) const;
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  std::string origin() const { return '[' + operation_ + "] " + name_; }
  /// A tensor of the file: in its bytes, which it keeps alive, where its type is one of memory and they are aligned for
  /// it; else a copy. Throws for bools that are neither 0 nor 1, and as read_tensor.
  any_tensor operator()(const entry& e) const;
  /// Throws std::runtime_error "[operation] name: part part ..." where `ok` is false.
  template <class... Parts>
  void expect(bool ok, const Parts&... parts) const {
    check_runtime(ok, operation_, name_, ": ", parts...);
  }

 private:
  shared_bytes bytes_;
  std::string operation_, name_;
  std::size_t values_ = 0;  // where they begin
  std::deque<entry> entries_;
  std::map<std::string, std::string> metadata_;
};

/// Writes length and JSON as they stand in a file.
class safetensors_header_writer {
 public:
  /// For about `size` bytes. Errors are std::invalid_argument "[operation] name: ...", for text that is no UTF-8, a
  /// name that the format keeps for itself and too long a header.
  safetensors_header_writer(const std::map<std::string, std::string>& metadata, std::size_t size,
                            std::string_view operation, std::string_view name);
  void add(std::string_view tensor, std::string_view dtype, const shape_type& shape, std::uint64_t begin,
           std::uint64_t end);
  /// All of it, filled up with blanks to a multiple of `alignment`.
  std::string finish(std::size_t alignment);

 private:
  void add_quoted(std::string_view text);
  void add_key(std::string_view key);
  std::string text_;
  std::string_view operation_, name_;
};

/// What write_safetensors does. With an `alignment` of more than 8, tensors whose bytes are a multiple of it come first
/// and so stand at a multiple of it in the file; with 8 the order is that of the format's first implementation.
void write_tensors(const std::filesystem::path& path, const std::map<std::string, any_tensor>& tensors,
                   const std::map<std::string, std::string>& metadata, std::string_view operation,
                   std::size_t alignment = 8);

}  // namespace edgefold::detail
