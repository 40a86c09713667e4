/// Images of digits and what they show: the data set of MNIST, or any other of its format.
#pragma once
#include <filesystem>
#include <limits>
#include <string_view>

#include <edgefold/core/tensor.hpp>

namespace edgefold::examples {

inline constexpr std::int64_t digit_side = 28, digit_pixels = digit_side * digit_side;
inline constexpr std::int64_t num_digits = 10;

/// Images with their labels.
struct digit_set {
  tensor images;                      ///< (n, 1, 28, 28), from 0 (paper) to 1 (ink)
  basic_tensor<std::int64_t> labels;  ///< (n), from 0 to 9

  std::int64_t size() const { return labels.rows(); }
};

/// The set called `name` ("train" or "t10k") of the IDX files name-images-idx3-ubyte and name-labels-idx1-ubyte in
/// `folder`, or the same ending in .gz; of it the first `limit` images. Throws std::runtime_error for a file that is
/// missing, damaged or no IDX file, images of another size, no images, pixels that are not 0 .. 255, images and labels
/// of unlike number, and labels that are not 0 .. 9.
digit_set read_digits(const std::filesystem::path& folder, std::string_view name,
                      std::int64_t limit = std::numeric_limits<std::int64_t>::max());

/// Images first .. first + n - 1 as they are, views of the set's storage; fewer at its end.
digit_set slice(const digit_set& set, std::int64_t first, std::int64_t n);

}  // namespace edgefold::examples
