/// Results that are several files: all of them appear, or none.
#pragma once
#include <filesystem>
#include <string_view>

namespace edgefold::examples {

/// Makes a folder where it is missing; throws std::runtime_error where it cannot be.
void make_folder(const std::filesystem::path& folder);

/// A hidden folder inside `target` to write files into; publish() moves them to `target`. What is not published by the
/// end of its life is removed, and the files of an earlier run stay as they were.
class staged_folder {
 public:
  /// Creates `target` where it is missing. Throws std::runtime_error where it cannot be written to.
  explicit staged_folder(std::filesystem::path target);
  ~staged_folder();
  staged_folder(const staged_folder&) = delete;
  staged_folder& operator=(const staged_folder&) = delete;

  const std::filesystem::path& path() const { return staged_; }
  /// Writes a text file; throws std::runtime_error where it cannot be written whole.
  void write_text(std::string_view name, std::string_view text) const;
  /// Moves every file (not the folders, which are for scratch), replacing what has its name; throws std::runtime_error
  /// where one cannot be.
  void publish();

 private:
  std::filesystem::path target_, staged_;
};

}  // namespace edgefold::examples
