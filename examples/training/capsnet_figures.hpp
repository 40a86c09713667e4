/// The figures of the CapsNet example.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include <common/entropy_figure.hpp>
#include <common/html_page.hpp>
#include <training/image_grid.hpp>
#include <training/training_metrics.hpp>

namespace edgefold::examples {

/// What a trained network shows on test digits.
struct capsnet_results {
  parameter_list parameters;              ///< of the run
  std::vector<epoch_metrics> epochs;      ///< at least one
  basic_tensor<std::int64_t> confusion;   ///< (10, 10): digits of label i that were taken for j
  entropy_series entropy;                 ///< of the couplings, one a routing iteration
  image_grid reconstructions{}, sweep{};  ///< without images where there is no decoder
};

/// Draws learning.svg, confusion.svg, entropy.svg and, with a decoder, reconstructions.png and dimensions.png into
/// `folder`. False, and nothing written, where there is no gnuplot; throws std::runtime_error where it fails.
bool draw_capsnet(const std::filesystem::path& folder, const capsnet_results& results);

/// The page that shows them, as HTML.
std::string capsnet_page(const capsnet_results& results);

}  // namespace edgefold::examples
