#include <edgefold/models/layers/private/typed_edges.hpp>

#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/ops/dense/segment_mm.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

#include <limits>

namespace edgefold::detail {

typed_edges::typed_edges(const graph& g, const id_list& types, std::int64_t num_types, std::string_view operation) {
  check(types.size() == g.num_edges(), operation, types.size(), " types for ", g.num_edges(), " edges");
  types.check_range(num_types, operation, "type");
  const auto keys = types.to_int32();
  const edge_groups by_type = group_edges(keys, keys, num_types).view(num_types);
  const vertex_id* const from = g.topology().sources();
  std::vector<std::int32_t> pair_of(static_cast<std::size_t>(g.num_src()), -1);  // of each source: its last so far
  std::vector<std::int32_t> sources, pairs(static_cast<std::size_t>(types.size()));
  for (std::int64_t t = 0; t < num_types; ++t) {
    const auto start = static_cast<std::int32_t>(sources.size());
    begin.push_back(start);
    for (std::int64_t k = by_type.offsets[t]; k < by_type.offsets[t + 1]; ++k) {
      const auto e = static_cast<std::size_t>(by_type.id_at(k));
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
  const std::int64_t types = w[0], blocks = w[1], in = w[2], out = w[3], pairs = x.rows();
  std::vector<std::int64_t> lengths;
  for (std::int64_t b = 0; b < blocks; ++b)
    for (std::size_t t = 0; t + 1 < begin.size(); ++t) lengths.push_back(begin[t + 1] - begin[t]);
  if (blocks == 1) return segment_mm(x, weight.reshape({types, in, out}), lengths);
  // One block after another, each with the segments of all types.
  const tensor rows = transpose(x.reshape({pairs, blocks, in}), 0, 1).reshape({blocks * pairs, in});
  const tensor y = segment_mm(rows, transpose(weight, 0, 1).reshape({blocks * types, in, out}), lengths);
  return transpose(y.reshape({blocks, pairs, out}), 0, 1).reshape({pairs, blocks * out});
}

}  // namespace edgefold::detail
