#include <edgefold/ops/sample/random_walk.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/sample/private/chosen_edges.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace edgefold {
namespace {

constexpr std::string_view random_walk_name = "random_walk";

// Sums of the weights of each vertex's out-edges, by position: empty without weights.
std::vector<double> sums_of_weights(const graph& g, const std::string& name) {
  const tensor column = detail::weight_column(g, name, random_walk_name);
  if (!column.defined()) return {};
  const edge_groups& out = g.topology().out_edges();
  std::vector<double> sums(static_cast<std::size_t>(out.num_edges));
  parallel_for(out.num_groups, 4096, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t u = b; u < e; ++u) {
      double sum = 0;
      for (std::int64_t k = out.offsets[u]; k < out.offsets[u + 1]; ++k)
        sums[static_cast<std::size_t>(k)] = sum += detail::weight_of(column.data(), out.id_at(k), random_walk_name);
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

  static constexpr int tries = 16;

  bool joined(std::int64_t u, std::int64_t v) const {
    return g_.has_edge(static_cast<vertex_id>(u), static_cast<vertex_id>(v));
  }
  // How unlikely v is, of node2vec: p, 1 or q.
  template <class Near>
  double reluctance(std::int64_t before, std::int64_t v, const Near& near) const {
    return v == before ? o_.p : near(v) ? 1 : o_.q;
  }

  // node2vec by rejection. Each draw that is accepted is as likely as if all were weighed, so that one may change over
  // at any time.
  std::int64_t next(std::int64_t before, std::int64_t u, detail::random_sequence& random) const {
    if (before < 0 || (o_.p == 1 && o_.q == 1)) return neighbor(u, random);
    const double least = std::min({o_.p, 1.0, o_.q});
    const auto near = [&](std::int64_t v) { return joined(before, v); };
    for (int i = 0; i < tries; ++i) {
      const std::int64_t v = neighbor(u, random);
      if (random.unit() < least / reluctance(before, v, near)) return v;
    }
    return weighed(before, u, random);
  }

  // All neighbours weighed one by one: by the least reluctance of those there are, so that one weight is not too small.
  std::int64_t weighed(std::int64_t before, std::int64_t u, detail::random_sequence& random) const {
    const std::int64_t first = out_.offsets[u], n = out_.degree(u);
    std::vector<vertex_id> known;  // to whom there is an edge from the one before
    if (n > tries) {
      known.assign(out_.neighbors + out_.offsets[before], out_.neighbors + out_.offsets[before + 1]);
      std::sort(known.begin(), known.end());
    }
    const auto near = [&](std::int64_t v) {
      return n > tries ? std::binary_search(known.begin(), known.end(), v) : joined(before, v);
    };
    std::vector<double> sums(static_cast<std::size_t>(n));
    double least = std::numeric_limits<double>::max(), sum = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      double& r = sums[static_cast<std::size_t>(i)] = reluctance(before, out_.neighbors[first + i], near);
      if (weight(u, i) > 0) least = std::min(least, r);
    }
    for (std::int64_t i = 0; i < n; ++i) {
      double& r = sums[static_cast<std::size_t>(i)];
      if (const double w = weight(u, i); w > 0) sum += w * (least / r);
      r = sum;
    }
    return out_.neighbors[first + detail::draw_by_weight(sums.data(), n, random)];
  }

  // Of out-edge i of u.
  double weight(std::int64_t u, std::int64_t i) const {
    if (sums_.empty()) return 1;
    const double* const sums = sums_.data() + out_.offsets[u];
    return i == 0 ? sums[0] : sums[i] - sums[i - 1];
  }

  const graph& g_;
  const walk_options& o_;
  const edge_groups& out_;
  const std::vector<double> sums_;
};

}  // namespace

basic_tensor<std::int64_t> random_walk(const graph& g, const id_list& starts, std::int64_t length,
                                       const walk_options& o) {
  starts.check_range(g.num_vertices(), random_walk_name, "start");
  constexpr std::int64_t longest = std::numeric_limits<std::int32_t>::max();
  check(length >= 0 && length <= longest, random_walk_name, "length is ", length, ", expected from 0 to ", longest);
  check(o.restart_prob >= 0 && o.restart_prob <= 1, random_walk_name, "restart_prob is ", o.restart_prob,
        ", expected from 0 to 1");
  check(o.p > 0 && o.q > 0 && std::isfinite(o.p) && std::isfinite(o.q), random_walk_name, "p and q are ", o.p, " and ",
        o.q, ", expected finite numbers greater than 0");
  const walker w(g, o);
  auto walks = basic_tensor<std::int64_t>::uninitialized({starts.size(), length + 1});
  std::int64_t* row = walks.mutable_data();
  parallel_for(starts.size(), 64, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      row[i * (length + 1)] = starts[i];
      w.walk(row + i * (length + 1), length, {o.seed, 0, i});
    }
  });
  return walks;
}

}  // namespace edgefold
