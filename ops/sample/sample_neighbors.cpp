#include <edgefold/ops/sample/sample_neighbors.hpp>

#include <edgefold/ops/sample/private/chosen_edges.hpp>
#include <edgefold/ops/transform/private/derived_graph.hpp>

namespace edgefold {
namespace {

constexpr std::string_view sample_neighbors_name = "sample_neighbors";

using edge_ids = basic_tensor<std::int64_t>;

detail::edge_choice choice(const graph& g, std::int64_t fan_out, const sample_options& o, std::size_t stream,
                           std::string_view of) {
  return {fan_out, o.replace, detail::weight_column(g, o.weight, of), o.seed, stream};
}

edge_ids sample(const graph& g, const id_list& seeds, std::int64_t fan_out, const sample_options& options,
                std::size_t stream) {
  seeds.check_range(g.num_dst(), sample_neighbors_name, "seed");
  seeds.check_distinct(g.num_dst(), sample_neighbors_name, "vertex");
  const basic_tensor<std::int64_t> vertices = seeds.to_int64();
  const detail::edge_choice how = choice(g, fan_out, options, stream, sample_neighbors_name);
  return detail::choose_edges(g.topology().in_edges(), vertices, how, sample_neighbors_name).ids;
}

}  // namespace

graph sample_neighbors(const graph& g, const id_list& seeds, std::int64_t fan_out, const sample_options& options) {
  return detail::with_edges(g, sample(g, seeds, fan_out, options, 0));
}

std::vector<graph> sample_blocks(const graph& g, const id_list& seeds, const std::vector<std::int64_t>& fan_outs,
                                 const sample_options& options) {
  const auto how = [&](std::size_t i) { return choice(g, fan_outs[i], options, i, "sample_blocks"); };
  return detail::layers_of_blocks(g, seeds, fan_outs.size(), how, "sample_blocks");
}

hetero_graph sample_neighbors(const hetero_graph& g, const std::map<std::string, id_list>& seeds,
                              const std::vector<relation_fan_out>& fan_outs, const sample_options& options) {
  for (const auto& [type, ids] : seeds) ids.check_range(g.num_vertices(type), sample_neighbors_name, "seed");
  std::vector<edge_ids> chosen(g.edge_types().size(), edge_ids({0}));
  detail::distinct_relations relation(g, sample_neighbors_name);
  for (const auto& [name, fan_out] : fan_outs) {
    const edge_type& type = relation(name);
    const auto of_type = seeds.find(type.dst);
    const std::size_t number = g.number_of(type);
    chosen[number] = sample(g[type], of_type == seeds.end() ? id_list() : of_type->second, fan_out, options, number);
  }
  std::vector<vertex_count> counts;
  for (const std::string& type : g.vertex_types()) counts.push_back({type, g.num_vertices(type)});
  std::vector<relation_edges> relations;
  for (std::size_t r = 0; r < chosen.size(); ++r) {
    auto [sources, targets] = g[g.edge_types()[r]].find_edges(chosen[r]);
    relations.push_back({g.edge_types()[r], std::move(sources), std::move(targets)});
  }
  hetero_graph sampled(counts, std::move(relations));
  for (const std::string& type : g.vertex_types()) detail::share_columns(g.nodes(type), sampled.nodes(type));
  for (std::size_t r = 0; r < chosen.size(); ++r)
    detail::take_rows(g[g.edge_types()[r]].edata, chosen[r], sampled[g.edge_types()[r]].edata);
  return sampled;
}

}  // namespace edgefold
