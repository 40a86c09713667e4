#include <common/graph_folds.hpp>

#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

namespace edgefold::examples {
namespace {

using integers = basic_tensor<std::int64_t>;

}  // namespace

graph_data prepared(graph_data d) {
  tensor one_hot({d.num_vertex_labels, d.num_vertex_labels});
  one_hot.matrix().setIdentity();
  for (graph& g : d.graphs) g.ndata["x"] = gather_rows(one_hot, g.ndata["label"].as<std::int64_t>());
  return d;
}

labelled_batch pick(const graph_data& data, std::span<const std::int64_t> ids) {
  std::vector<graph> graphs;
  std::vector<std::int64_t> labels;
  for (const std::int64_t i : ids) {
    graphs.push_back(data.graphs[static_cast<std::size_t>(i)]);
    labels.push_back(data.labels.at(i));
  }
  return {batch(graphs), integers({std::ssize(labels)}, labels)};
}

std::vector<std::vector<std::int64_t>> stratified_folds(const graph_data& data, int folds, std::uint64_t seed) {
  std::vector<std::vector<std::int64_t>> parts(static_cast<std::size_t>(folds));
  const integers order = random_permutation(data.size(), seed);
  std::size_t next = 0;
  for (std::int64_t label = 0; label < data.num_classes; ++label)
    for (const std::int64_t i : order.values())
      if (data.labels.at(i) == label) parts[next++ % parts.size()].push_back(i);
  return parts;
}

}  // namespace edgefold::examples
