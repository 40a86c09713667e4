#include <edgefold/models/layers/lstm_reduce.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/models/layers/private/graph_layer.hpp>
#include <edgefold/models/layers/private/lstm_block.hpp>
#include <edgefold/models/train/init.hpp>
#include <edgefold/ops/dense/matmul.hpp>
#include <edgefold/ops/dense/private/add_rows.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/tensor/arithmetic.hpp>

#include <algorithm>

namespace edgefold {
namespace {

// Destinations that edges reach, by degree, greatest first; in blocks whose members step together.
struct lstm_blocks {
  static constexpr std::int64_t rows = 64;
  std::vector<vertex_id> order;
  std::vector<std::int64_t> edges;  // before each block, and of all

  explicit lstm_blocks(const edge_groups& in) {
    for (std::int64_t v = 0; v < in.num_groups; ++v)
      if (in.degree(v) > 0) order.push_back(static_cast<vertex_id>(v));
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return in.degree(a) > in.degree(b); });
    edges.push_back(0);
    for (std::int64_t b = 0; b * rows < std::ssize(order); ++b) {
      edges.push_back(edges.back());
      for (const vertex_id v : members(b)) edges.back() += in.degree(v);
    }
  }
  std::int64_t size() const { return std::ssize(edges) - 1; }
  std::span<const vertex_id> members(std::int64_t b) const {
    return std::span(order).subspan(static_cast<std::size_t>(b * rows),
                                    static_cast<std::size_t>(std::min(rows, std::ssize(order) - b * rows)));
  }
  std::int64_t before(std::int64_t b) const { return edges[static_cast<std::size_t>(b)]; }
};

tensor last_states(const edge_groups& in, const tensor& z, const tensor& weight) {
  const std::int64_t hidden = weight.width();
  tensor out({in.num_groups, hidden});
  const lstm_blocks blocks(in);
  parallel_for(blocks.size(), 1, [&, to = out.mutable_data()](std::int64_t b, std::int64_t end) {
    for (; b < end; ++b) {
      const auto members = blocks.members(b);
      impl::lstm_memory memory(std::ssize(members), hidden);
      impl::lstm_block(in, members, z.data(), weight.data(), hidden).forward(memory, false, to);
    }
  });
  return out;
}

// Backpropagation through time for a chunk of blocks after the other: the states of their edges once more, then the
// gradients of z and W for all edges of the chunk at once.
struct lstm_gradient {
  const edge_groups& in;
  const tensor &z, &weight;
  tensor dz, dw;

  lstm_gradient(const edge_groups& groups, const tensor& rows, const tensor& w)
      : in(groups), z(rows), weight(w), dz(rows.shape()), dw(w.shape()) {}

  void run(const tensor& g) {
    const std::int64_t hidden = weight.width(), most_edges = std::max<std::int64_t>((1 << 24) / hidden, 1);
    const lstm_blocks blocks(in);
    for (std::int64_t first = 0, last = 0; first < blocks.size(); first = last) {
      while (last < blocks.size() && (last == first || blocks.before(last + 1) - blocks.before(first) <= most_edges))
        ++last;
      const std::int64_t edges = blocks.before(last) - blocks.before(first);
      impl::lstm_memory memory(edges, hidden);
      std::vector<vertex_id> sources(static_cast<std::size_t>(edges));
      parallel_for(last - first, 1, [&](std::int64_t b, std::int64_t end) {
        for (; b < end; ++b) {
          const std::int64_t at = blocks.before(first + b) - blocks.before(first);
          impl::lstm_block(in, blocks.members(first + b), z.data(), weight.data(), hidden)
              .backward(memory.from(at), g.data(), sources.data() + at);
        }
      });
      detail::add_rows<float>(memory.gates, sources.data(), edges, 4 * hidden, dz.mutable_data(), dz.rows());
      tensor part = tensor::uninitialized(dw.shape());
      impl::multiply<float>(
          {memory.gates, memory.hidden, part.mutable_data(), 4 * hidden, edges, hidden, 1, true, false});
      detail::accumulate(dw, part);
    }
  }
};

}  // namespace

tensor lstm_reduce(const graph& g, const tensor& z, const tensor& weight_hh) {
  const std::int64_t hidden = weight_hh.width();
  check(hidden >= 1 && weight_hh.shape() == shape_type{4 * hidden, hidden}, "lstm_reduce", "weight_hh has shape ",
        weight_hh.shape(), ", expected (4 hidden, hidden)");
  detail::check_features(g, z, 4 * hidden, "lstm_reduce");
  const edge_groups in = g.topology().in_edges();
  tensor y = last_states(in, z, weight_hh);
  if (needs_grad(z, weight_hh))
    record(
        y,
        [in, topology = g.topology(), rows = saved(z), weight = saved(weight_hh)](const tensor& up,
                                                                                  const vjp_inputs& to) {
          lstm_gradient gradient(in, rows.get(), weight.get());
          gradient.run(up);
          to.add(0, gradient.dz);
          to.add(1, gradient.dw);
        },
        z, weight_hh);
  return y;
}

lstm_reducer::lstm_reducer(std::int64_t in, std::int64_t hidden, std::uint64_t seed, std::uint64_t stream)
    : weight_ih_l0(detail::trained(kaiming_uniform({4 * hidden, in}, hidden, seed, stream))),
      weight_hh_l0(detail::trained(kaiming_uniform({4 * hidden, hidden}, hidden, seed, stream + 1))),
      bias_ih_l0(detail::trained(kaiming_uniform({4 * hidden}, hidden, seed, stream + 2))),
      bias_hh_l0(detail::trained(kaiming_uniform({4 * hidden}, hidden, seed, stream + 3))) {}

tensor lstm_reducer::operator()(const graph& g, const tensor& x) const {
  const tensor z = matmul(x, transpose(weight_ih_l0, 0, 1)) + detail::as_row(bias_ih_l0 + bias_hh_l0);
  return lstm_reduce(g, z, weight_hh_l0);
}

}  // namespace edgefold
