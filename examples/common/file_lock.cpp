#include <common/file_lock.hpp>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <common/staged_folder.hpp>
#include <edgefold/core/error.hpp>

namespace edgefold::examples {
namespace {

namespace fs = std::filesystem;

// Whether the file that is open still has its name: whoever held it before may have removed it.
bool is_named(int descriptor, const fs::path& name) {
  struct stat open {
  }, named{};
  return fstat(descriptor, &open) == 0 && stat(name.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

}  // namespace

file_lock file_lock::of_folder(const fs::path& folder) { return {folder / ".lock", folder}; }

file_lock file_lock::of_file(const fs::path& file) {
  return {file.parent_path() / ("." + file.filename().string() + ".lock"), file};
}

file_lock::file_lock(fs::path lock, const fs::path& what) : lock_(std::move(lock)) {
  make_folder(lock_.has_parent_path() ? lock_.parent_path() : fs::path("."));
  do {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = open(lock_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    check_runtime(descriptor_ >= 0, "output", lock_.string(), ": cannot write: ", std::strerror(errno));
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      const bool held = errno == EWOULDBLOCK;  // else the file system knows no locks
      if (held) close(descriptor_);
      check_runtime(!held, "output", what.string(), ": another run is writing there");
    }
  } while (!is_named(descriptor_, lock_));
}

file_lock::file_lock(file_lock&& other) noexcept
    : lock_(std::move(other.lock_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

file_lock::~file_lock() {
  if (descriptor_ < 0) return;
  unlink(lock_.c_str());  // still held: nobody else's
  close(descriptor_);
}

}  // namespace edgefold::examples
