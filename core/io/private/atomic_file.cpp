#include <edgefold/core/io/private/atomic_file.hpp>

#include <edgefold/core/io/private/file.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace edgefold::detail {
namespace {

// While one lives, exceeding RLIMIT_FSIZE is the error EFBIG on this thread, and not a signal that ends the program.
// The process's own handling of SIGXFSZ stays untouched.
class no_file_size_signal {
 public:
  no_file_size_signal() {
    sigemptyset(&only_);
    sigaddset(&only_, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &only_, &before_);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGXFSZ) == 1;
  }
  ~no_file_size_signal() {
    const timespec at_once{};
    // Takes our signal away, but not one that the caller had blocked and awaited before.
    while (!was_pending_ && sigtimedwait(&only_, nullptr, &at_once) == -1 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  no_file_size_signal(const no_file_size_signal&) = delete;
  no_file_size_signal& operator=(const no_file_size_signal&) = delete;

 private:
  sigset_t only_, before_;
  bool was_pending_ = false;
};

// Writes all of `bytes`; returns 0 or the errno.
int write_all(int descriptor, std::span<const std::byte> bytes) {
  const no_file_size_signal guard;
  while (!bytes.empty()) {
    const ssize_t done = ::write(descriptor, bytes.data(), std::min(bytes.size(), most_in_a_call));
    if (done < 0 && errno != EINTR) return errno;
    if (done > 0) bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return 0;
}

// Makes a rename in `folder` last; returns 0 or the errno. Some file systems and permissions know no such thing.
int flush_folder(const std::filesystem::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  const int error = fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
  close(descriptor);
  return error;
}

}  // namespace

std::filesystem::path followed(std::filesystem::path path) {
  constexpr int most_links = 40;  // as many as the system follows
  std::error_code none;
  for (int i = 0; i < most_links; ++i) {
    if (auto real = canonical(path, none); !none) return real;
    const auto next = read_symlink(path, none);
    if (none) break;
    path = path.parent_path() / next;
  }
  return path;
}

bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code none;
  const auto whole = [&](const std::filesystem::path& path) {  // the file may not be there yet, its folder is
    const auto file = followed(path);
    const auto folder = canonical(file.has_parent_path() ? file.parent_path() : ".", none);
    return none ? absolute(file, none).lexically_normal() : folder / file.filename();
  };
  return whole(a) == whole(b);
}

template <class... Parts>
void atomic_file::expect(bool ok, const Parts&... parts) const {
  check_runtime(ok, operation_, ok ? "" : target_.string(), ": ", parts...);
}

atomic_file::atomic_file(const std::filesystem::path& target, std::string_view operation)
    : target_(followed(target)), folder_(target_.parent_path()), operation_(operation) {
  if (folder_.empty()) folder_ = ".";
  struct stat old {};
  const bool replaces = stat(target_.c_str(), &old) == 0;
  expect(replaces || errno != ELOOP, "cannot write: ", replaces ? "" : system_message(ELOOP));
  expect(!replaces || !S_ISDIR(old.st_mode), "is a directory, expected a file");
  expect(!replaces || S_ISREG(old.st_mode), "is a pipe or device, expected a file");
  remove_abandoned(target_);
  const mode_t mode = replaces ? old.st_mode & 0777 : 0666;
  const int error = written_.create(target_, mode);
  expect(error == 0, "cannot write: ", error == 0 ? "" : system_message(error));
  if (replaces) static_cast<void>(fchmod(written_.descriptor(), mode));  // a refusal costs the mode, no more
}

void atomic_file::write(std::span<const std::byte> bytes) {
  const int error = write_all(written_.descriptor(), bytes);
  expect(error == 0, "cannot write: ", error == 0 ? "" : system_message(error));
}

void atomic_file::commit() {
  const bool flushed = fsync(written_.descriptor()) == 0;
  expect(flushed, "cannot write: ", flushed ? "" : system_message(errno));
  int error = written_.move_to(target_);
  expect(error == 0, "cannot replace: ", error == 0 ? "" : system_message(error));
  error = flush_folder(folder_);
  expect(error == 0, "is written, but its folder cannot be flushed: ", error == 0 ? "" : system_message(error));
}

}  // namespace edgefold::detail
