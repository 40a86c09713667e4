/// Neighbour sampling (Hamilton, Ying, Leskovec 2017): some in-edges of some vertices.
#pragma once
#include <map>
#include <vector>

#include <edgefold/core/hetero_graph.hpp>

namespace edgefold {

/// Which in-edges are chosen. What is drawn for a vertex depends on the seed, the layer and the vertex alone: neither
/// on threads, nor on what else is in the batch. So give each batch a seed of its own.
struct sample_options {
  bool replace = false;     ///< an edge may be drawn several times: exactly fan-out edges, unless there are none
  std::string weight = {};  ///< column of `edata`, float (edges) or (edges, 1): how likely each edge is, up to a common
                            ///< factor; edges of weight 0 are never chosen. Empty: all alike
  std::uint64_t seed = 0;   ///< of the random numbers
};

/// The vertices of g with `fan_out` in-edges of each seed, or all where there are fewer; fan_out -1: all. Edges stand
/// seed by seed, in the order of their ids in g, which `edata[original_id]` tells. All columns go along, with
/// gradients. Uniformly without replacement, every subset is as likely as any other (Floyd's algorithm: the time does
/// not depend on the degree). By weight without replacement, edges are drawn one after another, each in proportion to
/// its weight among those left (exponential keys; Efraimidis & Spirakis 2006); the time is that of reading all in-edges
/// of the seeds. Throws for a fan-out of 0 or below -1, a seed out of range or twice there, a weight of a seed's edge
/// that is negative or not finite. Any number of threads may sample from one graph at once.
graph sample_neighbors(const graph& g, const id_list& seeds, std::int64_t fan_out, const sample_options& options = {});

/// One block a layer (see to_block), input-most first: blocks[i] has fan_outs[i] in-edges of each destination, the
/// destinations of the last are the seeds, those of any other the sources of the next. Blocks carry ids alone, of g:
/// `srcdata[original_id]`, `dstdata[original_id]`, `edata[original_id]`. Gather what the model needs:
///
///     auto blocks = sample_blocks(g, seeds, {15, 10}, {.seed = batch_number});
///     tensor x = gather_rows(features, blocks[0].srcdata[original_id].as<std::int64_t>());
///     for (std::size_t i = 0; i < blocks.size(); ++i) x = relu(layers[i](blocks[i], x));    // one row a seed
///
/// Time and memory go with the edges chosen, not with the graph. Throws as sample_neighbors does, and for a bipartite
/// graph, no seeds and no fan-outs.
std::vector<graph> sample_blocks(const graph& g, const id_list& seeds, const std::vector<std::int64_t>& fan_outs,
                                 const sample_options& options = {});

/// How many in-edges of one relation are chosen for each seed.
struct relation_fan_out {
  relation_name relation;  ///< whose edges
  std::int64_t fan_out;    ///< for each seed; -1: all
};

/// The same on each relation by itself, for the seeds of the type that its edges enter: the vertices of g with the
/// chosen edges; `edata[original_id]` of each relation, all columns go along. Relations that are not named, and types
/// without seeds, give no edges. `options.weight`, where it is given, is a column of every relation named. Throws as
/// above, and for a relation twice.
hetero_graph sample_neighbors(const hetero_graph& g, const std::map<std::string, id_list>& seeds,
                              const std::vector<relation_fan_out>& fan_outs, const sample_options& options = {});

}  // namespace edgefold
