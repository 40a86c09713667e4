#include <edgefold/core/io/private/atomic_file.hpp>

#include <edgefold/core/io/private/file.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <tuple>
#include <utility>

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
  constexpr std::size_t most_at_once = std::size_t{1} << 30;
  const no_file_size_signal guard;
  while (!bytes.empty()) {
    const ssize_t done = ::write(descriptor, bytes.data(), std::min(bytes.size(), most_at_once));
    if (done < 0 && errno != EINTR) return errno;
    if (done > 0) bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return 0;
}

// A file that nobody else has, in `folder`: its path and descriptor, or the errno as a negative number.
std::pair<std::filesystem::path, int> create_in(const std::filesystem::path& folder) {
  static std::atomic<unsigned> count{0};
  for (int attempt = 0;; ++attempt) {
    const std::string name = ".edgefold-" + std::to_string(getpid()) + "-" + std::to_string(count++) + ".tmp";
    const int descriptor = open((folder / name).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0) return {folder / name, descriptor};
    if (errno != EEXIST || attempt == 1000) return {folder, -errno};
  }
}

}  // namespace

template <class... Parts>
void atomic_file::expect(bool ok, const Parts&... parts) const {
  check_runtime(ok, operation_, ok ? "" : target_.string(), ": ", parts...);
}

atomic_file::atomic_file(const std::filesystem::path& target, std::string_view operation)
    : target_(target), operation_(operation) {
  std::error_code unresolved;
  if (auto real = std::filesystem::canonical(target, unresolved); !unresolved) target_ = std::move(real);
  struct stat old {};
  const bool replaces = stat(target_.c_str(), &old) == 0;
  expect(!replaces || !S_ISDIR(old.st_mode), "is a directory, expected a file");
  expect(!replaces || S_ISREG(old.st_mode), "is a pipe or device, expected a file");
  std::tie(written_, descriptor_) = create_in(target_.parent_path());
  expect(descriptor_ >= 0, "cannot write: ", descriptor_ >= 0 ? "" : system_message(-descriptor_));
  if (replaces) static_cast<void>(fchmod(descriptor_, old.st_mode & 0777));  // a refusal costs the mode, no more
}

atomic_file::~atomic_file() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!written_.empty()) unlink(written_.c_str());
}

void atomic_file::write(std::span<const std::byte> bytes) {
  const int error = write_all(descriptor_, bytes);
  expect(error == 0, "cannot write: ", error == 0 ? "" : system_message(error));
}

void atomic_file::commit() {
  bool ok = fsync(descriptor_) == 0;
  expect(ok, "cannot write: ", ok ? "" : system_message(errno));
  ok = close(std::exchange(descriptor_, -1)) == 0;
  expect(ok, "cannot write: ", ok ? "" : system_message(errno));
  ok = rename(written_.c_str(), target_.c_str()) == 0;
  expect(ok, "cannot replace: ", ok ? "" : system_message(errno));
  written_.clear();
}

}  // namespace edgefold::detail
