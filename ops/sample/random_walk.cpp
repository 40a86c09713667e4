#include <edgefold/ops/sample/random_walk.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/sample/private/chosen_edges.hpp>

#include <algorithm>

namespace edgefold {
namespace {

constexpr std::string_view operation = "random_walk";

// Sums of the weights of each vertex's out-edges, by position: empty without weights.
std::vector<double> sums_of_weights(const graph& g, const std::string& name) {
  const tensor column = detail::weight_column(g, name, operation);
  if (!column.defined()) return {};
  const edge_groups& out = g.topology().out_edges();
  std::vector<double> sums(static_cast<std::size_t>(out.num_edges));
  parallel_for(out.num_groups, 4096, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t u = b; u < e; ++u) {
      double sum = 0;
      for (std::int64_t k = out.offsets[u]; k < out.offsets[u + 1]; ++k)
        sums[static_cast<std::size_t>(k)] = sum += detail::weight_of(column.data(), out.id_at(k), operation);
    }
  });
  return sums;
}

class walker {
 public:
  walker(const graph& g, const walk_options& o)
      : g_(g), o_(o), out_(g.topology().out_edges()), sums_(sums_of_weights(g, o.weight)) {}

  void walk(std::int64_t* row, std::int64_t length, detail::random_sequence random) const {
    std::int64_t i = 0;
    while (i < length && !(o_.restart_prob > 0 && random.unit() < o_.restart_prob) && !dead_end(row[i])) {
      row[i + 1] = next(i > 0 ? row[i - 1] : -1, row[i], random);
      ++i;
    }
    std::fill(row + i + 1, row + length + 1, -1);
  }

 private:
  bool dead_end(std::int64_t u) const {
    return out_.degree(u) == 0 || (!sums_.empty() && sums_[static_cast<std::size_t>(out_.offsets[u + 1] - 1)] == 0);
  }

  std::int64_t neighbor(std::int64_t u, detail::random_sequence& random) const {
    const std::int64_t first = out_.offsets[u], n = out_.degree(u);
    return out_
        .neighbors[first + (sums_.empty() ? random.below(n) : detail::draw_by_weight(sums_.data() + first, n, random))];
  }

  // node2vec by rejection.
  std::int64_t next(std::int64_t before, std::int64_t u, detail::random_sequence& random) const {
    if (before < 0 || (o_.p == 1 && o_.q == 1)) return neighbor(u, random);
    const double most = std::max({1 / o_.p, 1.0, 1 / o_.q});
    for (;;) {
      const std::int64_t v = neighbor(u, random);
      const bool near = v != before && g_.has_edge(static_cast<vertex_id>(before), static_cast<vertex_id>(v));
      if (random.unit() * most < (v == before ? 1 / o_.p : near ? 1 : 1 / o_.q)) return v;
    }
  }

  const graph& g_;
  const walk_options& o_;
  const edge_groups& out_;
  const std::vector<double> sums_;
};

}  // namespace

basic_tensor<std::int64_t> random_walk(const graph& g, const id_list& starts, std::int64_t length,
                                       const walk_options& o) {
  starts.check_range(g.num_vertices(), operation, "start");
  check(length >= 0, operation, "length is ", length, ", expected 0 or more");
  check(o.restart_prob >= 0 && o.restart_prob <= 1, operation, "restart_prob is ", o.restart_prob,
        ", expected from 0 to 1");
  check(o.p > 0 && o.q > 0, operation, "p and q are ", o.p, " and ", o.q, ", expected greater than 0");
  const walker w(g, o);
  auto walks = basic_tensor<std::int64_t>::uninitialized({starts.size(), length + 1});
  std::int64_t* row = walks.data();
  parallel_for(starts.size(), 64, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      row[i * (length + 1)] = starts[i];
      w.walk(row + i * (length + 1), length, {o.seed, 0, i});
    }
  });
  return walks;
}

}  // namespace edgefold
