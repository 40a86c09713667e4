#include <edgefold/core/io/private/file.hpp>

#include <edgefold/core/io/private/gzip.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace edgefold::detail {

std::string system_message(int error) { return std::system_category().message(error); }

void byte_source::read(void* to, std::size_t n) {
  expect(n <= left_, "truncated: ", n, " more bytes expected, ", left_, " are left");
  auto* next = static_cast<std::byte*>(to);
  while (n > 0) {
    const std::size_t got = read_some(next, n);
    expect(got > 0, "ended with ", left_, " bytes missing");
    next += got;
    n -= got;
    left_ -= got;
  }
}

void byte_source::throw_unsupported(std::initializer_list<std::string> parts) const {
  std::string text = '[' + std::string(operation_) + "] " + name_ + ": ";
  for (const std::string& part : parts) text += part;
  throw unsupported_error(text);
}

void seekable_source::seek(std::uint64_t offset) {
  expect(offset <= size_, "truncated: byte ", offset, " expected, there are ", size_);
  go_to(offset);
  set_left(size_ - offset);
}

memory_source::memory_source(std::span<const std::byte> bytes, std::string_view operation, std::string_view name)
    : seekable_source(operation, std::string(name)), bytes_(bytes) {
  set_size(bytes.size());
}

std::size_t memory_source::read_some(void* to, std::size_t n) {
  std::memcpy(to, bytes_.data() + position(), n);
  return n;
}

file_source::file_source(const std::filesystem::path& path, std::string_view operation)
    : seekable_source(operation, path.string()) {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  expect(descriptor_ >= 0, "cannot open: ", descriptor_ >= 0 ? "" : system_message(errno));
  struct stat about {};
  const bool known = fstat(descriptor_, &about) == 0;
  const int error = errno;
  set_size(static_cast<std::uint64_t>(about.st_size));
  const bool regular = known && S_ISREG(about.st_mode);
  char more = 0;
  const bool hides = regular && about.st_size == 0 && pread(descriptor_, &more, 1, 0) > 0;
  if (regular && !hides) return;
  close(descriptor_);
  expect(known, "cannot read: ", system_message(error));
  expect(!hides, "holds more than the 0 bytes that the system reports, expected a file of known size");
  expect(false, S_ISDIR(about.st_mode) ? "is a directory" : "is a pipe or device", ", expected a file");
}

file_source::~file_source() { close(descriptor_); }

shared_bytes file_source::map() const {
  const auto size = static_cast<std::size_t>(left());
  if (size == 0) return {};
  void* const at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, descriptor_, 0);
  expect(at != MAP_FAILED, "cannot map: ", at != MAP_FAILED ? "" : system_message(errno));
  return {static_cast<std::byte*>(at), size, {at, [size](void* p) { munmap(p, size); }}};
}

std::size_t file_source::read_some(void* to, std::size_t n) {
  for (;;) {
    const ssize_t got = ::read(descriptor_, to, std::min(n, most_in_a_call));
    if (got >= 0) return static_cast<std::size_t>(got);
    expect(errno == EINTR, "cannot read: ", system_message(errno));
  }
}

void file_source::go_to(std::uint64_t offset) {
  const bool ok = lseek(descriptor_, static_cast<off_t>(offset), SEEK_SET) >= 0;
  expect(ok, "cannot read: ", ok ? "" : system_message(errno));
}

std::string read_text(const std::filesystem::path& path, std::string_view operation) {
  file_source file(path, operation);
  std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(file.left(), gzip_magic.size())), '\0');
  file.read(text.data(), text.size());
  if (std::ranges::equal(text, gzip_magic, {}, [](char c) { return static_cast<unsigned char>(c); }))
    return gzip_source(file).read_all();
  const std::size_t known = text.size();
  text.resize(known + static_cast<std::size_t>(file.left()));
  file.read(text.data() + known, text.size() - known);
  return text;
}

}  // namespace edgefold::detail
