#include <common/link_data.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include <common/two_way_data.hpp>
#include <edgefold/core/io/edge_list.hpp>
#include <edgefold/core/io/matrix_market.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/sample/negative_sampling.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

namespace edgefold::examples {
namespace {

using std::filesystem::path;
using integers = basic_tensor<std::int64_t>;
using triple = std::array<std::int64_t, 3>;  // head, relation, tail

triple at(const link_list& l, std::int64_t i) { return {l.heads.at(i), l.relations.at(i), l.tails.at(i)}; }

// As the data set would hold it.
triple normal(const link_data& d, triple t) {
  if (!d.directed && t[0] > t[2]) std::swap(t[0], t[2]);
  return t;
}

std::set<triple> set_of(const link_list& l) {
  std::set<triple> all;
  for (std::int64_t i = 0; i < l.size(); ++i) all.insert(at(l, i));
  return all;
}

template <class Triples>
link_list list_of(const Triples& triples) {
  std::array<std::vector<std::int64_t>, 3> columns;
  for (const triple& t : triples)
    for (std::size_t k = 0; k < 3; ++k) columns[k].push_back(t[k]);
  const auto tensor_of = [](const std::vector<std::int64_t>& v) { return integers({std::ssize(v)}, v); };
  return {tensor_of(columns[0]), tensor_of(columns[1]), tensor_of(columns[2])};
}

// Edges of the links, then as many of the ways back.
graph there_and_back(const link_list& l, std::int64_t num_vertices) {
  return graph::from_coo(concat({l.heads, l.tails}, 0), concat({l.tails, l.heads}, 0), num_vertices);
}

link_data read_triples(const path& folder) {
  const relational_data r = read_relational_data(folder);
  const integers relations = r.g.edata["type"];
  link_data d{true, r.g.num_vertices(), r.num_relations, {}};
  std::set<triple> triples;
  for (edge_id e = 0; e < r.g.num_edges(); ++e) triples.insert({r.g.source(e), relations.at(e), r.g.target(e)});
  d.links = list_of(triples);
  return d;
}

link_data read_edges(const path& file) {
  const graph g = file.extension() == ".mtx" ? read_matrix_market(file) : read_edge_list(file);
  check_runtime(!g.is_bipartite(), "read_links", file.string(), ": ", g.num_src(), " rows and ", g.num_dst(),
                " columns, expected as many");
  link_data d{false, g.num_vertices(), 1, {}};
  std::set<triple> edges;
  for (edge_id e = 0; e < g.num_edges(); ++e)
    if (g.source(e) != g.target(e)) edges.insert(normal(d, {g.source(e), 0, g.target(e)}));
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

link_split split_links(const link_data& data, double validation, double test, std::uint64_t seed) {
  const std::int64_t n = data.links.size();
  const auto share = [n](double part) { return std::llround(part * static_cast<double>(n)); };
  const std::int64_t to_validate = share(validation), to_test = share(test), to_train = n - to_validate - to_test;
  check_runtime(to_validate > 0 && to_test > 0 && to_train > 0, "split_links", n, " links give ", to_train,
                " to train, ", to_validate, " to validate and ", to_test, " to test with");
  const integers order = random_permutation(n, seed);
  const auto part = [&](std::int64_t begin, std::int64_t end) { return data.links.at(slice(order, 0, begin, end)); };
  return {part(0, to_train), part(to_train, to_train + to_validate), part(to_train + to_validate, n)};
}

message_graph pass_along(const link_data& data, const link_list& links) {
  const graph g =
      graph::from_coo(concat({links.heads, links.tails}, 0), concat({links.tails, links.heads}, 0), data.num_vertices);
  const integers relations = concat({links.relations, links.relations + data.num_relations}, 0);
  return {g, relations, relation_norm(g, relations)};
}

std::int64_t num_leaked(const link_data& data, const message_graph& messages, const link_list& links) {
  const std::set<triple> held_out = set_of(links);
  std::set<triple> seen;
  for (edge_id e = 0; e < messages.g.num_edges(); ++e) {
    const std::int64_t relation = messages.relations.at(e), u = messages.g.source(e), v = messages.g.target(e);
    const bool back = relation >= data.num_relations;
    const triple t = normal(data, {back ? v : u, relation % data.num_relations, back ? u : v});
    if (held_out.contains(t)) seen.insert(t);
  }
  return std::ssize(seen);
}

link_list corrupted(const link_list& links, const graph& both_ways, std::int64_t times, std::uint64_t seed) {
  std::vector<std::int64_t> edges, which;
  for (const std::int64_t first : {std::int64_t{0}, both_ways.num_edges() / 2})
    for (std::int64_t i = 0; i < links.size(); ++i) {
      edges.push_back(first + i);
      which.insert(which.end(), static_cast<std::size_t>(times), i);
    }
  const auto [from, to] = corrupt_targets(both_ways, edges, times, {.seed = seed});
  const std::int64_t half = links.size() * times;
  const auto joined = [half](const integers& first, const integers& second) {
    return concat({slice(first, 0, 0, half), slice(second, 0, half, 2 * half)}, 0);
  };
  return {joined(from, to), gather_rows(links.relations, which), joined(to, from)};
}

link_list false_links(const link_data& data, const link_list& links, std::uint64_t seed) {
  const graph all = there_and_back(
      {concat({links.heads, data.links.heads}, 0), {}, concat({links.tails, data.links.tails}, 0)}, data.num_vertices);
  if (data.directed) return corrupted(links, all, 1, seed);
  const auto [heads, tails] = negative_edges(all, links.size(), {.seed = seed});
  return {heads, links.relations, tails};
}

link_questions questions_of(const link_data& data, const link_list& links) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::int64_t>> answers;  // of a vertex and a relation
  const std::int64_t back = data.directed ? data.num_relations : 0;                    // both ways are one there
  for (std::int64_t i = 0; i < data.links.size(); ++i) {
    const auto [h, r, t] = at(data.links, i);
    answers[{h, r}].push_back(t);
    answers[{t, r + back}].push_back(h);
  }
  link_questions q{concat({links.heads, links.tails}, 0), concat({links.relations, links.relations}, 0),
                   concat({links.tails, links.heads}, 0), graph()};
  std::vector<std::int64_t> from, to;
  for (std::int64_t i = 0; i < q.given.rows(); ++i) {
    auto known = answers[{q.given.at(i), q.relations.at(i) + (i < links.size() ? 0 : back)}];
    if (!data.directed) known.push_back(q.given.at(i));
    from.insert(from.end(), known.size(), i);
    to.insert(to.end(), known.begin(), known.end());
  }
  q.known = graph::bipartite(from, to, q.given.rows(), data.num_vertices);
  return q;
}

}  // namespace edgefold::examples
