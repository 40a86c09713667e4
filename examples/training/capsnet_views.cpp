#include <training/capsnet_views.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

namespace edgefold::examples {

entropy_series coupling_entropy(const capsnet& net, const digit_set& set, std::int64_t batch) {
  const no_grad scope;
  std::vector<double> sums, squares;
  for (std::int64_t first = 0; first < set.size(); first += batch) {
    const std::vector<tensor> couplings = net.couplings(slice(set, first, batch).images);
    sums.resize(couplings.size());
    squares.resize(couplings.size());
    for (std::size_t k = 0; k < couplings.size(); ++k)
      for (const tensor of_each = entropy(couplings[k]); double x : of_each.values()) {
        sums[k] += x;
        squares[k] += x * x;
      }
  }
  entropy_series series;
  const auto n = static_cast<double>(set.size() * capsnet::primary_capsules);
  for (std::size_t k = 0; k < sums.size(); ++k) {
    const double mean = sums[k] / n;
    series.mean.push_back(mean);
    series.deviation.push_back(std::sqrt(std::max(squares[k] / n - mean * mean, 0.0)));
  }
  return series;
}

image_grid reconstructions(const capsnet& net, const digit_set& set) {
  const no_grad scope;
  const std::int64_t n = set.size();
  const tensor capsules = net.capsules(set.images);
  const basic_tensor<std::int64_t> classes = predicted_classes(capsules);
  const tensor drawn = net.reconstruct(capsules, classes);
  image_grid grid{tensor::uninitialized({2, n, digit_pixels}), {"digit", "decoder"}, {}};
  float* const pixels = grid.images.mutable_data();
  std::copy_n(set.images.data(), n * digit_pixels, pixels);
  std::copy_n(drawn.data(), n * digit_pixels, pixels + n * digit_pixels);
  for (std::int64_t i = 0; i < n; ++i) {
    const std::string label = std::to_string(set.labels.at(i)), taken = std::to_string(classes.at(i));
    std::string& name = grid.column_names.emplace_back(label == taken ? "" : "!");
    name += label;
    if (label != taken) name.append(" → ").append(taken);
  }
  return grid;
}

image_grid dimension_sweep(const capsnet& net, const digit_set& set) {
  constexpr std::int64_t dims = capsnet::class_dims, steps = 11, middle = steps / 2, width = capsnet::classes * dims;
  const no_grad scope;
  const digit_set one = slice(set, 0, 1);
  const tensor capsules = net.capsules(one.images);
  tensor changed = tensor::uninitialized({dims * steps, capsnet::classes, dims});
  float* row = changed.mutable_data();
  const std::int64_t label = one.labels.at(0);
  image_grid grid;
  for (std::int64_t d = 0; d < dims; ++d) {
    grid.row_names.push_back("dim " + std::to_string(d + 1));
    for (std::int64_t step = 0; step < steps; ++step, row += width) {
      std::copy_n(capsules.data(), width, row);
      row[label * dims + d] += 0.05F * static_cast<float>(step - middle);
    }
  }
  for (std::int64_t step = 0; step < steps; ++step) {
    char text[16];
    std::snprintf(text, sizeof text, "%+.2f", 0.05 * static_cast<double>(step - middle));
    grid.column_names.push_back(step == middle ? "0" : text);
  }
  const basic_tensor<std::int64_t> labels = full<std::int64_t>({dims * steps}, label);
  grid.images = net.reconstruct(changed, labels).reshape({dims, steps, digit_pixels});
  return grid;
}

}  // namespace edgefold::examples
