#include <edgefold/ops/sample/negative_sampling.hpp>

#include <edgefold/core/parallel.hpp>
#include <edgefold/ops/sample/private/random_sequence.hpp>

#include <algorithm>
#include <numeric>

namespace edgefold {
namespace {

constexpr int tries = 32;  // before the vertices that are left are counted: either way each is as likely

class negatives {
 public:
  negatives(const graph& g, const negative_options& o)
      : g_(g), edges_(o.exclude_edges), loops_(o.exclude_self_loops && !g.is_bipartite()) {}

  bool allows(std::int64_t u, std::int64_t v) const {
    return !(loops_ && u == v) && !(edges_ && g_.has_edge(static_cast<vertex_id>(u), static_cast<vertex_id>(v)));
  }

  // The destinations that u must not have, ascending.
  std::vector<std::int64_t> refused(std::int64_t u) const {
    std::vector<std::int64_t> v;
    if (edges_) {
      const edge_groups& out = g_.topology().out_edges();
      v.assign(out.neighbors + out.offsets[u], out.neighbors + out.offsets[u + 1]);
    }
    if (loops_) v.push_back(u);
    std::sort(v.begin(), v.end());
    v.erase(std::unique(v.begin(), v.end()), v.end());
    return v;
  }
  std::int64_t num_allowed(std::int64_t u) const { return g_.num_dst() - std::ssize(refused(u)); }

  // The i-th destination that u may have.
  std::int64_t allowed(std::int64_t u, std::int64_t i) const {
    const std::vector<std::int64_t> others = refused(u);
    const auto before = [&](const std::int64_t& v) { return v - (&v - others.data()) <= i; };
    return i + (std::partition_point(others.begin(), others.end(), before) - others.begin());
  }

  // A destination of u; -1 where it may have none.
  std::int64_t draw(std::int64_t u, detail::random_sequence random) const {
    for (int i = 0; i < tries && g_.num_dst() > 0; ++i)
      if (const std::int64_t v = random.below(g_.num_dst()); allows(u, v)) return v;
    const std::int64_t n = num_allowed(u);
    return n > 0 ? allowed(u, random.below(n)) : -1;
  }

 private:
  const graph& g_;
  bool edges_, loops_;
};

vertex_pairs pairs_of(std::int64_t n) {
  return {basic_tensor<std::int64_t>::uninitialized({n}), basic_tensor<std::int64_t>::uninitialized({n})};
}

}  // namespace

vertex_pairs negative_edges(const graph& g, std::int64_t count, const negative_options& o) {
  constexpr std::string_view operation = "negative_edges";
  check(count >= 0, operation, "count is ", count, ", expected 0 or more");
  const negatives allowed(g, o);
  vertex_pairs pairs = pairs_of(count);
  std::int64_t *u = pairs.first.mutable_data(), *v = pairs.second.mutable_data();
  parallel_for(count, 1024, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      detail::random_sequence random(o.seed, 0, i);
      v[i] = -1;
      for (int j = 0; j < tries && v[i] < 0 && g.num_src() > 0 && g.num_dst() > 0; ++j) {
        u[i] = random.below(g.num_src());
        v[i] = random.below(g.num_dst());
        if (!allowed.allows(u[i], v[i])) v[i] = -1;
      }
    }
  });
  if (std::find(v, v + count, -1) == v + count) return pairs;
  std::vector<std::int64_t> end(static_cast<std::size_t>(g.num_src()));  // of each source's among all allowed pairs
  parallel_for(g.num_src(), 256, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t s = b; s < e; ++s) end[static_cast<std::size_t>(s)] = allowed.num_allowed(s);
  });
  std::partial_sum(end.begin(), end.end(), end.begin());
  check(!end.empty() && end.back() > 0, operation, "every pair of vertices is excluded");
  parallel_for(count, 256, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      if (v[i] >= 0) continue;
      const std::int64_t pair = detail::random_sequence(o.seed, 1, i).below(end.back());
      const auto source = std::upper_bound(end.begin(), end.end(), pair);
      u[i] = source - end.begin();
      v[i] = allowed.allowed(u[i], pair - (source == end.begin() ? 0 : source[-1]));
    }
  });
  return pairs;
}

vertex_pairs corrupt_targets(const graph& g, const id_list& edge_ids, std::int64_t k, const negative_options& o) {
  constexpr std::string_view operation = "corrupt_targets";
  edge_ids.check_range(g.num_edges(), operation, "edge");
  std::int64_t count = 0;
  check(k >= 1 && !__builtin_mul_overflow(edge_ids.size(), k, &count), operation, "k is ", k,
        ", expected 1 or more, and less than 2^63 pairs");
  const negatives allowed(g, o);
  vertex_pairs pairs = pairs_of(count);
  std::int64_t *u = pairs.first.mutable_data(), *v = pairs.second.mutable_data();
  parallel_for(count, 1024, [&](std::int64_t b, std::int64_t e) {
    for (std::int64_t i = b; i < e; ++i) {
      u[i] = g.source(edge_ids[i / k]);
      v[i] = allowed.draw(u[i], {o.seed, 0, i});
    }
  });
  const std::int64_t none = std::find(v, v + pairs.second.size(), -1) - v;
  check(none == pairs.second.size(), operation, "source ", none < pairs.second.size() ? u[none] : -1,
        ": every destination is excluded");
  return pairs;
}

}  // namespace edgefold
