/// Blocks: what some vertices need of a graph to compute one layer.
#pragma once
#include <vector>

#include <edgefold/core/graph.hpp>

namespace edgefold {

/// The block (message-flow graph, graph::block) of the vertices `dst`: a bipartite graph with all of their in-edges,
/// whose destinations are `dst` in that order and whose first sources are the same vertices; the other sources follow
/// in the order in which edges first name them. Edges stand destination by destination, in the order of their ids in g.
/// `srcdata[original_id]`, `dstdata[original_id]` and `edata[original_id]` say what the rows are in g. All columns of g
/// go along (`ndata` into `srcdata` and `dstdata`), with gradients. Layers run on a block as on a graph: of features
/// (num_src, d) they make (num_dst, d). Throws for a bipartite g, an id out of range, and one that is given twice.
graph to_block(const graph& g, const id_list& dst);

/// One block a layer that computes the rows of `seeds` exactly, input-most first: the sources of each are the
/// destinations of the one before it. They carry ids alone, as those of sample_blocks do, whose sources they would be
/// were all neighbours chosen. Throws for what to_block refuses, no seeds, and less than one layer.
std::vector<graph> full_blocks(const graph& g, const id_list& seeds, int num_layers);

}  // namespace edgefold
