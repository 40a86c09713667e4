#include <training/link_data.hpp>

#include <set>

#include <edgefold/core/io/edge_list.hpp>
#include <edgefold/core/io/matrix_market.hpp>
#include <edgefold/core/io/relational_data.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

namespace edgefold::examples {
namespace {

using std::filesystem::path;
using integers = basic_tensor<std::int64_t>;

link_list list_of(const std::set<triple>& triples) {
  std::array<std::vector<std::int64_t>, 3> columns;
  for (const triple& t : triples)
    for (std::size_t k = 0; k < 3; ++k) columns[k].push_back(t[k]);
  const auto tensor_of = [](const std::vector<std::int64_t>& v) { return integers({std::ssize(v)}, v); };
  return {tensor_of(columns[0]), tensor_of(columns[1]), tensor_of(columns[2])};
}

link_data read_triples(const path& folder) {
  const relational_data r = read_relational_data(folder);
  const integers relations = r.g.edata["type"];
  std::set<triple> triples;
  for (edge_id e = 0; e < r.g.num_edges(); ++e) triples.insert({r.g.source(e), relations.at(e), r.g.target(e)});
  return {true, r.g.num_vertices(), r.num_relations, list_of(triples)};
}

link_data read_edges(const path& file) {
  const graph g = file.extension() == ".mtx" ? read_matrix_market(file) : read_edge_list(file);
  check_runtime(!g.is_bipartite(), "read_links", file.string(), ": ", g.num_src(), " rows and ", g.num_dst(),
                " columns, expected as many");
  link_data d{false, g.num_vertices()};
  std::set<triple> edges;
  for (edge_id e = 0; e < g.num_edges(); ++e)
    if (g.source(e) != g.target(e)) edges.insert(d.normal({g.source(e), 0, g.target(e)}));
  d.links = list_of(edges);
  return d;
}

}  // namespace

link_list link_list::at(const id_list& positions) const {
  return {gather_rows(heads, positions), gather_rows(relations, positions), gather_rows(tails, positions)};
}

link_data read_links(const path& file) {
  check_runtime(exists(file), "read_links", file.string(), ": no such file or folder");
  if (!is_directory(file)) return read_edges(file);
  return exists(file / "triples.npy") ? read_triples(file) : read_edges(file / "edges.txt");
}

}  // namespace edgefold::examples
