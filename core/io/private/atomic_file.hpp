/// Writing files whole or not at all. Private to the writers.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <edgefold/core/io/private/temporary_file.hpp>

namespace edgefold::detail {

/// The file that `path` leads to through links, be it there or not.
std::filesystem::path followed(std::filesystem::path path);

/// Whether writers of both paths replace one file, be it there or not. (Of two hard links each becomes its own.)
bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b);

/// A file that takes the place of `target` on commit(): written under another name in the same folder, flushed to disk,
/// renamed, the folder flushed too. Without commit() the target stays as it was. What a writer of this target that was
/// killed has left in the folder is removed. All errors are std::runtime_error "[operation] target: ..."; a full disk
/// and a limit of the process on file sizes are errors like any other.
class atomic_file {
 public:
  /// Throws where `target` is there and not a regular file, or its folder cannot be written to. A link is followed, to
  /// a file that is not there yet too. The mode of a file that is replaced is kept, and holds from the first byte on.
  atomic_file(const std::filesystem::path& target, std::string_view operation);
  atomic_file(const atomic_file&) = delete;
  atomic_file& operator=(const atomic_file&) = delete;

  void write(std::span<const std::byte> bytes);
  void write(std::string_view text) { write(std::as_bytes(std::span(text.data(), text.size()))); }
  void commit();

 private:
  template <class... Parts>
  void expect(bool ok, const Parts&... parts) const;
  std::filesystem::path target_, folder_;
  std::string_view operation_;
  temporary_file written_;
};

}  // namespace edgefold::detail
