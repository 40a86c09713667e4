#include <edgefold/ops/sample/block.hpp>

#include <edgefold/ops/sample/private/chosen_edges.hpp>
#include <edgefold/ops/transform/private/columns.hpp>

namespace edgefold {

graph to_block(const graph& g, const id_list& dst) {
  dst.check_range(g.num_vertices(), "to_block", "destination");
  const basic_tensor<std::int64_t> ids = id_list(dst).take_int64();
  detail::chosen_edges all = detail::choose_edges(g.topology().in_edges(), ids, {}, "to_block");
  const basic_tensor<std::int64_t> edges = all.ids;
  graph block = detail::block_of(ids, std::move(all), g.num_vertices(), "to_block");
  detail::take_rows(g.ndata, block.srcdata[original_id], block.srcdata);
  detail::take_rows(g.ndata, ids, block.dstdata);
  detail::take_rows(g.edata, edges, block.edata);
  return block;
}

std::vector<graph> full_blocks(const graph& g, const id_list& seeds, int num_layers) {
  check(num_layers > 0, "full_blocks", num_layers, " layers, expected 1 or more");
  const auto all = [](std::size_t) { return detail::edge_choice{}; };
  return detail::layers_of_blocks(g, seeds, static_cast<std::size_t>(num_layers), all, "full_blocks");
}

}  // namespace edgefold
