#include <edgefold/models/detail/typed_edges.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/ops/detail/gemm.hpp>
#include <edgefold/ops/shape_ops.hpp>

#include <limits>

namespace edgefold::detail {
namespace {

// Edge ids by type, those of one type in order.
std::vector<edge_id> sorted_by_type(const id_list& types, std::int64_t num_types, std::vector<std::int64_t>& begin) {
  begin.assign(static_cast<std::size_t>(num_types) + 1, 0);
  for (edge_id e = 0; e < types.size(); ++e) ++begin[static_cast<std::size_t>(types[e]) + 1];
  for (std::size_t t = 1; t < begin.size(); ++t) begin[t] += begin[t - 1];
  std::vector<std::int64_t> next = begin;
  std::vector<edge_id> sorted(static_cast<std::size_t>(types.size()));
  for (edge_id e = 0; e < types.size(); ++e)
    sorted[static_cast<std::size_t>(next[static_cast<std::size_t>(types[e])]++)] = e;
  return sorted;
}

// The products of typed_matmul, with blocks as the first dim: x (blocks, pairs, in), weight (types, blocks, in, out).
struct typed_product {
  std::vector<std::int64_t> begin;
  std::int64_t blocks, pairs, in, out;

  // Calls f(matrix product without a, b, c; first element of x, of the weight, of y) for each type and block.
  template <class F>
  void each(const F& f) const {
    const auto types = static_cast<std::int64_t>(begin.size()) - 1;
    parallel_for(types * blocks, 1, [&](std::int64_t i, std::int64_t end) {
      for (; i < end; ++i) {
        const auto t = static_cast<std::size_t>(i / blocks);
        const std::int64_t row = i % blocks * pairs + begin[t];
        f(begin[t + 1] - begin[t], row * in, i * in * out, row * out);
      }
    });
  }
  tensor forward(const tensor& x, const tensor& w) const {
    tensor y = tensor::uninitialized({blocks, pairs, out});
    each([&, a = x.data(), b = w.data(), c = y.data()](auto n, auto at_x, auto at_w, auto at_y) {
      impl::multiply<float>({a + at_x, b + at_w, c + at_y, n, in, out});
    });
    return y;
  }
  tensor grad_x(const tensor& g, const tensor& w) const {
    tensor d = tensor::uninitialized({blocks, pairs, in});
    each([&, a = g.data(), b = w.data(), c = d.data()](auto n, auto at_x, auto at_w, auto at_y) {
      impl::multiply<float>({a + at_y, b + at_w, c + at_x, n, out, in, 1, false, true});
    });
    return d;
  }
  tensor grad_w(const tensor& x, const tensor& g, const shape_type& shape) const {
    tensor d = tensor::uninitialized(shape);
    each([&, a = x.data(), b = g.data(), c = d.data()](auto n, auto at_x, auto at_w, auto at_y) {
      impl::multiply<float>({a + at_x, b + at_y, c + at_w, in, n, out, 1, true, false});
    });
    return d;
  }
};

}  // namespace

typed_edges::typed_edges(const graph& g, const id_list& types, std::int64_t num_types, std::string_view operation) {
  check(types.size() == g.num_edges(), operation, types.size(), " types for ", g.num_edges(), " edges");
  types.check_range(num_types, operation, "type");
  std::vector<std::int64_t> first;
  const std::vector<edge_id> sorted = sorted_by_type(types, num_types, first);
  const vertex_id* const from = g.topology().sources();
  std::vector<std::int32_t> pair_of(static_cast<std::size_t>(g.num_src()), -1);  // of each source: its last so far
  std::vector<std::int32_t> sources, pairs(sorted.size());
  for (std::size_t t = 0; t + 1 < first.size(); ++t) {
    const auto start = static_cast<std::int32_t>(sources.size());
    begin.push_back(start);
    for (std::int64_t i = first[t]; i < first[t + 1]; ++i) {
      const auto e = static_cast<std::size_t>(sorted[static_cast<std::size_t>(i)]);
      std::int32_t& pair = pair_of[static_cast<std::size_t>(from[e])];
      if (pair < start) {
        pair = static_cast<std::int32_t>(sources.size());
        sources.push_back(from[e]);
      }
      pairs[e] = pair;
    }
    check(std::ssize(sources) <= std::numeric_limits<std::int32_t>::max(), operation,
          "more than 2^31 - 1 pairs of a type and a source");
  }
  begin.push_back(std::ssize(sources));
  source = basic_tensor<std::int32_t>({std::ssize(sources)}, std::span<const std::int32_t>(sources));
  edges = graph::bipartite(pairs,
                           basic_tensor<std::int32_t>({g.num_edges()}, std::span(g.topology().targets(), pairs.size())),
                           begin.back(), g.num_dst());
}

tensor typed_matmul(const tensor& x, const std::vector<std::int64_t>& begin, const tensor& weight) {
  const shape_type& w = weight.shape();
  const typed_product p{begin, w[1], x.rows(), w[2], w[3]};
  const auto multiply = [&](const tensor& rows) {
    tensor y = p.forward(rows, weight);
    if (needs_grad(rows, weight))
      record(
          y,
          [p, a = saved(rows), b = saved(weight)](const tensor& g, const vjp_inputs& to) {
            if (to.wants(0)) to.add(0, p.grad_x(g, b.get()));
            if (to.wants(1)) to.add(1, p.grad_w(a.get(), g, b.get().shape()));
          },
          rows, weight);
    return y;
  };
  if (p.blocks == 1) return multiply(x.reshape({1, p.pairs, p.in})).reshape({p.pairs, p.out});
  const tensor y = multiply(transpose(x.reshape({p.pairs, p.blocks, p.in}), 0, 1));
  return transpose(y, 0, 1).reshape({p.pairs, p.blocks * p.out});
}

}  // namespace edgefold::detail
