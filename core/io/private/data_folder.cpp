#include <edgefold/core/io/private/data_folder.hpp>

#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/io/private/file.hpp>
#include <edgefold/core/io/private/json_text.hpp>

#include <algorithm>

namespace edgefold::detail {

data_folder::data_folder(const std::filesystem::path& folder, std::string_view operation)
    : folder_(folder), operation_(operation) {
  check_runtime(is_directory(folder), operation, folder.string(), ": no such folder");
}

basic_tensor<std::int64_t> data_folder::integers(std::string_view file) const {
  return read_npy_integers(path(file), operation_);
}

basic_tensor<std::int64_t> data_folder::numbers(std::string_view file, std::int64_t limit) const {
  const auto all = integers(file);
  expect(all.size() == all.rows(), file, "shape ", to_string(all.shape()), ", expected one number a row");
  const auto outside = [limit](std::int64_t x) { return x < 0 || x >= limit; };
  const auto values = all.values();
  const auto bad = std::ranges::find_if(values, outside);
  if (bad != values.end())
    expect(false, file, "entry ", bad - values.begin(), " holds ", *bad, ", expected 0 .. ", limit - 1);
  return all.reshape({all.rows()});
}

std::int64_t data_folder::count(std::string_view file, const char* key) const {
  std::map<std::string, json_integer, std::less<>> fields{{key, {}}};
  expect(read_json_integers(read_text(path(file), operation_), fields), file, "no JSON object");
  const std::int64_t value = fields.begin()->second.value.value_or(0);
  expect(value >= 1, file, key, " is no number of 1 or more");
  return value;
}

std::int64_t num_labels(const basic_tensor<std::int64_t>& labels) {
  const auto values = labels.values();
  return values.empty() ? 0 : *std::ranges::max_element(values) + 1;
}

}  // namespace edgefold::detail
