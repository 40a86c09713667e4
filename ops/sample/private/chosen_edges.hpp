/// Some in-edges of some vertices, and the block that they make. Private to the compiled library.
#pragma once
#include <edgefold/core/graph.hpp>
#include <edgefold/ops/sample/private/random_sequence.hpp>

namespace edgefold::detail {

/// Those of vertex i at offsets[i] .. offsets[i + 1] - 1, in the order of their ids.
struct chosen_edges {
  basic_tensor<std::int64_t> offsets, ids;
  basic_tensor<std::int32_t> sources;
};

/// How they are chosen: see sample_options.
struct edge_choice {
  std::int64_t fan_out = -1;
  bool replace = false;
  tensor weight;  ///< without storage: all edges alike
  std::uint64_t seed = 0, stream = 0;
};

/// Throws for a fan-out and weights that sample_neighbors refuses; vertices are not checked.
chosen_edges choose_edges(const edge_groups& in, const basic_tensor<std::int64_t>& vertices, const edge_choice& how,
                          std::string_view operation);

/// The block of destinations `dst` and their edges, with ids alone. Throws for a destination that is given twice.
graph block_of(const basic_tensor<std::int64_t>& dst, chosen_edges edges, std::int64_t num_vertices,
               std::string_view operation);

/// Blocks input-most first, with the edges of blocks[i] chosen by `how(i)`. Throws for a bipartite graph, no seeds and
/// no layers.
template <class How>
std::vector<graph> layers_of_blocks(const graph& g, const id_list& seeds, std::size_t num_layers, How&& how,
                                    std::string_view operation) {
  check(seeds.size() > 0, operation, "no seeds");
  check(num_layers > 0, operation, "no layers");
  seeds.check_range(g.num_vertices(), operation, "seed");
  std::vector<graph> blocks(num_layers);
  basic_tensor<std::int64_t> dst = id_list(seeds).take_int64();
  for (std::size_t i = num_layers; i-- > 0;) {
    blocks[i] =
        block_of(dst, choose_edges(g.topology().in_edges(), dst, how(i), operation), g.num_vertices(), operation);
    dst = blocks[i].srcdata[original_id];
  }
  return blocks;
}

/// The column of edge weights of a name; without storage for no name. Throws for one of several elements a row.
tensor weight_column(const graph& g, const std::string& name, std::string_view operation);

/// Weight of edge e; throws where it is negative or not finite.
double weight_of(const float* weights, edge_id e, std::string_view operation);

/// A position of `sums`, whose last is greater than 0, in proportion to what it adds to the one before it.
std::int64_t draw_by_weight(const double* sums, std::int64_t count, random_sequence& random);

}  // namespace edgefold::detail
