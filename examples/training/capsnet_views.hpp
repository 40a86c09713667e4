/// What can be seen of a trained CapsNet, beyond its answers.
#pragma once
#include <common/entropy_figure.hpp>
#include <edgefold/models/capsnet.hpp>
#include <training/digits.hpp>
#include <training/image_grid.hpp>

namespace edgefold::examples {

/// Entropies of the couplings that each routing iteration uses, over the primary capsules of all images of `set`,
/// which are routed in batches of `batch`.
entropy_series coupling_entropy(const capsnet& net, const digit_set& set, std::int64_t batch);

/// The images of `set` above their reconstructions from the capsule of the class that the network takes them for.
image_grid reconstructions(const capsnet& net, const digit_set& set);

/// Figure 4 of the paper: the first image of `set`, reconstructed from its label's capsule with one of the 16 dims
/// changed by -0.25, -0.20, ... 0.25: (16, 11, 784).
image_grid dimension_sweep(const capsnet& net, const digit_set& set);

}  // namespace edgefold::examples
