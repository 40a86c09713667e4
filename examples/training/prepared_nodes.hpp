/// Vertices to classify, as networks start from them.
#pragma once
#include <edgefold/ops/transform/node_data.hpp>

namespace edgefold::examples {

/// Rows of features divided by their sums, and a self-loop at every vertex that has none, after all other edges.
node_data prepared(node_data data);

}  // namespace edgefold::examples
