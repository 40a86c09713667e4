/// The figures of the capsule routing example.
#pragma once
#include <filesystem>
#include <string>

#include <common/entropy_figure.hpp>
#include <common/html_page.hpp>
#include <edgefold/core/tensor.hpp>

namespace edgefold::examples {

/// What a run leaves behind, call by call.
struct routing_history {
  parameter_list parameters;  ///< for the page
  tensor coupling;            ///< (calls, in, out): what each call used
  entropy_series entropy{};   ///< of the couplings

  std::int64_t calls() const { return coupling.shape()[0]; }
  std::int64_t in() const { return coupling.shape()[1]; }
  std::int64_t out() const { return coupling.shape()[2]; }
};

/// Draws entropy.svg, histogram.gif and routing.gif into `folder`. False, and nothing written, where there is no
/// gnuplot; throws std::runtime_error where it fails.
bool draw_routing(const std::filesystem::path& folder, const routing_history& history);

/// The page that shows the three figures, as HTML.
std::string routing_page(const routing_history& history);

}  // namespace edgefold::examples
