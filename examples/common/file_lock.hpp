/// One run at a time writes into a place.
#pragma once
#include <filesystem>

namespace edgefold::examples {

/// A hidden file that this process alone holds; it is made, with its folder, where it is missing, and removed in the
/// end. The kernel lets go of it when the process dies, however it dies: a file that is left keeps nobody out.
class file_lock {
 public:
  /// Of the folder for results `folder`. Throws std::runtime_error where another run holds it, or the folder cannot be
  /// written to.
  static file_lock of_folder(const std::filesystem::path& folder);
  /// Of a file that runs replace, likewise.
  static file_lock of_file(const std::filesystem::path& file);

  file_lock(file_lock&& other) noexcept;
  ~file_lock();

 private:
  file_lock(std::filesystem::path lock, const std::filesystem::path& what);
  std::filesystem::path lock_;
  int descriptor_ = -1;
};

}  // namespace edgefold::examples
