// Graphs that were made of graphs, against what a naive loop says of them. To be called inside of check_property.
#pragma once
#include <edgefold/core/generators.hpp>

#include <support/random_case.hpp>

#include <numeric>
#include <set>

namespace edgefold::testing {

using edge_pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;
using row_numbers = std::vector<std::int64_t>;

// All edges as (source, target), by id.
inline edge_pairs pairs_of(const graph& g) {
  edge_pairs all;
  for (edge_id e = 0; e < g.num_edges(); ++e) all.emplace_back(g.source(e), g.target(e));
  return all;
}

// Columns of several types and shapes.
inline graph with_columns(graph g, std::uint64_t seed = 1) {
  const auto fill = [seed](frame f, std::uint64_t stream) {
    f["h"] = random_normal({f.num_rows(), 3}, seed, stream);
    f["label"] = random_integers({f.num_rows()}, 9, seed, stream + 1);
    f["deep"] = random_normal<double>({f.num_rows(), 2, 2}, seed, stream + 2);
    f["flag"] = cast<bool>(random_integers({f.num_rows(), 1}, 2, seed, stream + 3));
  };
  fill(g.srcdata, 0);
  if (g.is_bipartite()) fill(g.dstdata, 10);
  fill(g.edata, 20);
  return g;
}

// A random multigraph of one vertex set, or of two.
inline graph random_featured(bool bipartite = false) {
  const graph g = random_multigraph();
  if (!bipartite) return with_columns(g);
  const auto n = static_cast<int>(g.num_vertices());
  return with_columns(graph::bipartite(adjacency::from_coo(
      basic_tensor<std::int32_t>({g.num_edges()}, std::span(g.topology().sources(), std::size_t(g.num_edges()))),
      basic_tensor<std::int32_t>({g.num_edges()}, std::span(g.topology().targets(), std::size_t(g.num_edges()))),
      n + *rc::gen::inRange(0, 3), n + *rc::gen::inRange(0, 3))));
}

// Some of the numbers from 0 to n - 1, each at most once, in random order.
inline row_numbers random_choice(std::int64_t n) {
  row_numbers chosen;
  const auto order = random_permutation(n, *rc::gen::inRange<std::uint64_t>(0, 1000));
  for (const std::int64_t i : order.values())
    if (*rc::gen::arbitrary<bool>()) chosen.push_back(i);
  return chosen;
}

// Whether row i of each column of `before` is row rows[i] there in `after`; where that is negative, zeros.
inline bool rows_are(const frame& after, const frame& before, const row_numbers& rows) {
  for (const std::string& name : before.names()) {
    if (name == original_id) continue;
    const bool same = std::visit(
        [&]<class T>(const basic_tensor<T>& t) {
          const auto got = after.get_as<T>(name);
          if (got.rows() != std::ssize(rows) || got.width() != t.width()) return false;
          for (std::int64_t i = 0; i < got.rows(); ++i)
            for (std::int64_t j = 0; j < t.width(); ++j) {
              const std::int64_t row = rows[static_cast<std::size_t>(i)];
              if (got.at(i, j) != (row < 0 ? T(0) : t.at(row, j))) return false;
            }
          return true;
        },
        before.get(name));
    if (!same) return false;
  }
  return true;
}

// The same, and column original_id holds `rows`.
inline bool rows_and_ids_are(const frame& after, const frame& before, const row_numbers& rows) {
  const auto ids = after.get_as<std::int64_t>(original_id);
  return ids.shape() == shape_type{std::ssize(rows)} && std::equal(rows.begin(), rows.end(), ids.values().begin()) &&
         rows_are(after, before, rows);
}

inline row_numbers first_numbers(std::int64_t n) {
  row_numbers all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

// Whether both frames hold the very same tensors.
inline bool shares_columns(const frame& a, const frame& b) {
  return a.names() == b.names() && std::ranges::all_of(a.names(), [&](const std::string& name) {
           return std::visit(
               [&]<class T>(const basic_tensor<T>& t) { return t.shares_storage_with(b.get_as<T>(name)); },
               a.get(name));
         });
}

// Sizes, edges and columns of a graph in one list, to be compared bit by bit.
inline basic_tensor<double> everything(const graph& g) {
  std::vector<double> all{double(g.num_src()), double(g.num_dst())};
  for (edge_id e = 0; e < g.num_edges(); ++e) {
    all.push_back(g.topology().sources()[e]);
    all.push_back(g.topology().targets()[e]);
  }
  for (const frame* f : {&g.srcdata, &g.dstdata, &g.edata})
    for (const std::string& name : f->names())
      std::visit([&](const auto& t) { all.insert(all.end(), t.values().begin(), t.values().end()); }, f->get(name));
  return {{std::ssize(all)}, std::span<const double>(all)};
}

// A graph whose edges take many tasks, with parallel edges, self-loops and vertices without edges.
inline const graph& many_edges() {
  static const graph g = [] {
    const graph some = generate::random_uniform(600, 150'000, 1);
    const auto [u, v] = some.find_edges(first_numbers(some.num_edges()));
    return with_columns(graph::from_coo(u, v, 700));
  }();
  return g;
}

// Every third id below n.
inline row_numbers every_third(std::int64_t n) {
  row_numbers ids;
  for (std::int64_t i = n - 1; i >= 0; i -= 3) ids.push_back(i);
  return ids;
}

}  // namespace edgefold::testing
