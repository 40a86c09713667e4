/// What an R-GCN weighs its messages by.
#pragma once
#include <edgefold/core/graph.hpp>

namespace edgefold::examples {

/// (edges, 1): 1 / the number of edges of the same type into the same vertex.
tensor relation_norm(const graph& g, const basic_tensor<std::int64_t>& types);

}  // namespace edgefold::examples
