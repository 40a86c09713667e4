/// The figure of how sure capsules become: the entropy of their couplings, routing by routing.
#pragma once
#include <string>
#include <vector>

namespace edgefold::examples {

/// Entropies of couplings over the in-capsules, one a routing.
struct entropy_series {
  std::vector<double> mean{}, deviation{};
};

/// gnuplot script that draws `entropy.svg`: means, with standard deviations as error bars. The first routing has the
/// number `first`; `x_label` says what is numbered. Throws std::invalid_argument where there is none.
std::string entropy_script(const entropy_series& entropy, int first, const std::string& x_label);

}  // namespace edgefold::examples
