/// Folders of arrays that make a data set. Private to the readers.
#pragma once
#include <filesystem>
#include <string_view>

#include <edgefold/core/error.hpp>
#include <edgefold/core/tensor.hpp>

namespace edgefold::detail {

/// The arrays of a folder, by the names of their files. Errors are std::runtime_error "[operation] file: ...".
class data_folder {
 public:
  /// Throws where there is no such folder.
  data_folder(const std::filesystem::path& folder, std::string_view operation);

  std::filesystem::path path(std::string_view file) const { return folder_ / file; }
  /// Integers of any width and shape. Throws where they cannot be read.
  basic_tensor<std::int64_t> integers(std::string_view file) const;
  /// The same, one number a row: (n). Throws for another shape, and a number that is not in 0 .. limit - 1.
  basic_tensor<std::int64_t> numbers(std::string_view file, std::int64_t limit) const;
  /// What the JSON object in `file` has under `key`, a number of 1 or more. Throws where there is none.
  std::int64_t count(std::string_view file, const char* key) const;

  /// Throws std::runtime_error "[operation] folder/file: part part ..." where `ok` is false.
  template <class... Parts>
  void expect(bool ok, std::string_view file, const Parts&... parts) const {
    check_runtime(ok, operation_, ok ? "" : path(file).string(), ": ", parts...);
  }

 private:
  std::filesystem::path folder_;
  std::string_view operation_;
};

/// One more than the greatest of `labels`, from 0 on; 0 where there are none.
std::int64_t num_labels(const basic_tensor<std::int64_t>& labels);

}  // namespace edgefold::detail
