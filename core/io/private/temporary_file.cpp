#include <edgefold/core/io/private/temporary_file.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace edgefold::detail {
namespace {

constexpr std::string_view suffix = ".tmp";
constexpr std::size_t num_digits = 16;

// What the names of a target's temporary files begin with. Of a long name a part, as a name has at most 255 bytes.
std::string prefix_of(const std::filesystem::path& target) {
  return ".edgefold-" + target.filename().string().substr(0, 200) + '-';
}

bool is_temporary(std::string_view name, std::string_view prefix) {
  if (name.size() != prefix.size() + num_digits + suffix.size()) return false;
  const std::string_view digits = name.substr(prefix.size(), num_digits);
  return name.starts_with(prefix) && name.ends_with(suffix) &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void set_random_digits(char* to) {
  std::uint64_t bits = 0;
  if (getrandom(&bits, sizeof bits, 0) != sizeof bits) bits = static_cast<std::uint64_t>(getpid());
  for (std::size_t i = 0; i < num_digits; ++i) to[i] = "0123456789abcdef"[bits >> 4 * i & 15];
}

// Removes the file where its lock is free: nobody writes it any more.
void remove_unlocked(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return;
  struct stat about {};
  if (fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    unlink(path.c_str());
  close(descriptor);
}

struct closes_folder {
  void operator()(DIR* folder) const { closedir(folder); }
};

}  // namespace

temporary_file::~temporary_file() {
  if (!path_.empty()) unlink(path_.c_str());
  if (descriptor_ >= 0) close(descriptor_);
}

int temporary_file::create(const std::filesystem::path& target, mode_t mode) {
  const std::string prefix = prefix_of(target);
  std::string path = (target.parent_path() / (prefix + std::string(num_digits, '0'))).string() + std::string(suffix);
  char* const digits = path.data() + path.size() - suffix.size() - num_digits;
  for (int attempt = 0; attempt < 1000; ++attempt) {
    set_random_digits(digits);
    std::filesystem::path name = path;  // nothing may throw between here and the destructor's knowing of the file
    const int descriptor = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (descriptor < 0 && errno != EEXIST) return errno;
    if (descriptor < 0) continue;
    // Another writer may have found it unlocked, and removed it. Where there are no locks nobody removes anything.
    struct stat about {};
    const bool locked = flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    if (locked && fstat(descriptor, &about) == 0 && about.st_nlink > 0) {
      descriptor_ = descriptor;
      path_ = std::move(name);
      return 0;
    }
    close(descriptor);
  }
  return EEXIST;
}

int temporary_file::move_to(const std::filesystem::path& target) {
  if (rename(path_.c_str(), target.c_str()) != 0) return errno;
  path_.clear();
  close(std::exchange(descriptor_, -1));  // not before: without its lock another writer would take it for abandoned
  return 0;
}

void remove_abandoned(const std::filesystem::path& target) {
  const std::string prefix = prefix_of(target);
  const std::filesystem::path parent = target.parent_path();
  const std::unique_ptr<DIR, closes_folder> folder(opendir(parent.empty() ? "." : parent.c_str()));
  for (int entries = 0; folder && entries < 10'000; ++entries) {
    const dirent* const entry = readdir(folder.get());
    if (!entry) break;
    if (is_temporary(entry->d_name, prefix)) remove_unlocked((parent / entry->d_name).string());
  }
}

}  // namespace edgefold::detail
