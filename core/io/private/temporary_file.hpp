/// Files under names that nobody else has, until they are renamed. Private to the writers.
#pragma once
#include <sys/types.h>

#include <filesystem>

namespace edgefold::detail {

/// A file that is removed at the end of its life, and locked as long as its process lives: by that remove_abandoned()
/// knows those that nobody will finish. Functions return 0 or an errno.
class temporary_file {
 public:
  temporary_file() = default;
  ~temporary_file();
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  /// Creates it beside `target`, under a random name.
  int create(const std::filesystem::path& target, mode_t mode);
  int descriptor() const { return descriptor_; }
  /// Renames it; what it has not flushed to disk by then may be lost.
  int move_to(const std::filesystem::path& target);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

/// Removes the temporary files of `target` whose processes have ended. Looks at no more than the first 10,000 entries
/// of the folder, and leaves alone what it may not open.
void remove_abandoned(const std::filesystem::path& target);

}  // namespace edgefold::detail
