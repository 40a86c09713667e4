/// Reading files whose size is known before anything is allocated. Private to the readers.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include <edgefold/core/error.hpp>

namespace edgefold::detail {

/// Bytes for one call of read or write: Linux transfers less than 2^31.
inline constexpr std::size_t most_in_a_call = std::size_t{1} << 30;

/// Something in a file that is as its format says, and that no tensor can hold: a type, values too great. A reader of
/// many arrays leaves such a one out and reads the others.
class unsupported_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Bytes to be read once, in order: of memory, a file or a member of an archive.
class byte_source {
 public:
  /// Errors read "[operation] name: ...".
  byte_source(std::string_view operation, std::string name) : operation_(operation), name_(std::move(name)) {}
  virtual ~byte_source() = default;
  byte_source(const byte_source&) = delete;
  byte_source& operator=(const byte_source&) = delete;

  std::uint64_t left() const { return left_; }
  std::string_view operation() const { return operation_; }
  const std::string& name() const { return name_; }
  /// The next `n` bytes; throws where fewer are left or the system refuses.
  void read(void* to, std::size_t n);

  /// Throws std::runtime_error "[operation] name: part part ..." where `ok` is false.
  template <class... Parts>
  void expect(bool ok, const Parts&... parts) const {
    check_runtime(ok, operation_, name_, ": ", parts...);
  }
  /// Throws unsupported_error of the same form.
  template <class... Parts>
  void support(bool ok, const Parts&... parts) const {
    if (!ok) throw_unsupported({text_of(parts)...});
  }

 protected:
  void set_left(std::uint64_t bytes) { left_ = bytes; }

 private:
  [[noreturn]] void throw_unsupported(std::initializer_list<std::string> parts) const;
  virtual std::size_t read_some(void* to, std::size_t n) = 0;  // from 1 to n bytes; 0 where there are none
  std::string_view operation_;
  std::string name_;
  std::uint64_t left_ = 0;
};

/// The same of bytes that can be read from any place on.
class seekable_source : public byte_source {
 public:
  using byte_source::byte_source;
  std::uint64_t size() const { return size_; }
  std::uint64_t position() const { return size_ - left(); }
  /// What is read next is the byte at `offset`; throws beyond the end, and where the system refuses.
  void seek(std::uint64_t offset);
  void skip(std::uint64_t bytes) { seek(position() + bytes); }

 protected:
  void set_size(std::uint64_t size) { set_left(size_ = size); }

 private:
  virtual void go_to(std::uint64_t offset) = 0;
  std::uint64_t size_ = 0;
};

class memory_source final : public seekable_source {
 public:
  memory_source(std::span<const std::byte> bytes, std::string_view operation, std::string_view name);

 private:
  std::size_t read_some(void* to, std::size_t n) override;
  void go_to(std::uint64_t) override {}
  std::span<const std::byte> bytes_;
};

/// Bytes in memory, and what keeps them there.
struct shared_bytes {
  std::byte* data = nullptr;
  std::size_t size = 0;
  std::shared_ptr<void> owner;
};

/// A regular file; its size is the one at the time of opening. Throws for anything else, where it cannot be opened, and
/// for one that holds more than it says, as those in /proc do.
class file_source final : public seekable_source {
 public:
  file_source(const std::filesystem::path& path, std::string_view operation);
  ~file_source() override;

  /// The whole file, of which nothing has been read yet, mapped into memory: a page is read when it is touched, and
  /// what is written to it never reaches the file. Throws where the system refuses.
  shared_bytes map() const;

 private:
  std::size_t read_some(void* to, std::size_t n) override;
  void go_to(std::uint64_t offset) override;
  int descriptor_ = -1;
};

/// The whole file, or what is in it where it is gzipped; throws std::runtime_error as file_source and gzip_source do.
std::string read_text(const std::filesystem::path& path, std::string_view operation);

/// What the system says about `error`, an errno.
std::string system_message(int error);

}  // namespace edgefold::detail
