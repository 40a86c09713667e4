#include <training/digits.hpp>

#include <algorithm>
#include <string>

#include <edgefold/core/error.hpp>
#include <edgefold/core/io/idx.hpp>

namespace edgefold::examples {
namespace {

namespace fs = std::filesystem;

fs::path find_file(const fs::path& folder, const std::string& name) {
  for (const char* ending : {"", ".gz"})
    if (fs::path file = folder / (name + ending); fs::exists(file)) return file;
  check_runtime(fs::is_directory(folder), "data", folder.string(), ": no such folder");
  check_runtime(false, "data", folder.string(), ": holds neither ", name, " nor ", name, ".gz");
  return {};
}

tensor read_images(const fs::path& file) {
  const tensor images = read_idx_scaled(file, 1.0F / 255);
  check_runtime(images.num_dims() == 3 && images.shape()[1] == digit_side && images.shape()[2] == digit_side, "data",
                file.string(), ": has shape ", images.shape(), ", expected images of 28 x 28: (n, 28, 28)");
  check_runtime(images.rows() > 0, "data", file.string(), ": holds no images");
  const bool are_bytes = std::ranges::all_of(images.values(), [](float x) { return x >= 0 && x <= 1; });
  check_runtime(are_bytes, "data", file.string(), ": has pixels that are not 0 .. 255");
  return images.reshape({images.rows(), 1, digit_side, digit_side});
}

basic_tensor<std::int64_t> read_labels(const fs::path& file) {
  const any_tensor read = read_idx(file);
  const auto* labels = std::get_if<basic_tensor<std::int32_t>>(&read);
  check_runtime(labels && labels->num_dims() == 1, "data", file.string(), ": holds no labels, expected integers (n)");
  const auto values = labels->values();
  const auto wrong = std::ranges::find_if(values, [](std::int32_t x) { return x < 0 || x >= num_digits; });
  check_runtime(wrong == values.end(), "data", file.string(), ": label ", wrong - values.begin(), " is ",
                wrong == values.end() ? 0 : *wrong, ", expected 0 .. 9");
  return cast<std::int64_t>(*labels);
}

/// The first n rows, with storage of their own: the rest is given back.
template <element T>
basic_tensor<T> first_rows(const basic_tensor<T>& t, std::int64_t n) {
  shape_type shape = t.shape();
  shape[0] = n;
  return {shape, t.values().first(static_cast<std::size_t>(n * t.width()))};
}

template <element T>
basic_tensor<T> view_of_rows(const basic_tensor<T>& t, std::int64_t first, std::int64_t n) {
  shape_type shape = t.shape();
  shape[0] = n;
  // The view keeps the tensor; nobody writes through it.
  return basic_tensor<T>::wrap(const_cast<T*>(t.data()) + first * t.width(), shape,
                               std::make_shared<basic_tensor<T>>(t));
}

}  // namespace

digit_set read_digits(const fs::path& folder, std::string_view name, std::int64_t limit) {
  const fs::path image_file = find_file(folder, std::string(name) + "-images-idx3-ubyte");
  const fs::path label_file = find_file(folder, std::string(name) + "-labels-idx1-ubyte");
  digit_set all{read_images(image_file), read_labels(label_file)};
  check_runtime(all.images.rows() == all.labels.rows(), "data", folder.string(), ": ", all.images.rows(), " images in ",
                image_file.filename().string(), ", but ", all.labels.rows(), " labels in ",
                label_file.filename().string());
  if (limit >= all.size()) return all;
  return {first_rows(all.images, limit), first_rows(all.labels, limit)};
}

digit_set slice(const digit_set& set, std::int64_t first, std::int64_t n) {
  n = std::min(n, set.size() - first);
  return {view_of_rows(set.images, first, n), view_of_rows(set.labels, first, n)};
}

}  // namespace edgefold::examples
