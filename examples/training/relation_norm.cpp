#include <training/relation_norm.hpp>

#include <map>

namespace edgefold::examples {

tensor relation_norm(const graph& g, const basic_tensor<std::int64_t>& types) {
  std::map<std::pair<vertex_id, std::int64_t>, float> counts;
  const vertex_id* const target = g.topology().targets();
  for (edge_id e = 0; e < g.num_edges(); ++e) ++counts[{target[e], types.at(e)}];
  tensor norm = tensor::uninitialized({g.num_edges(), 1});
  for (edge_id e = 0; e < g.num_edges(); ++e) norm.mutable_data()[e] = 1 / counts[{target[e], types.at(e)}];
  return norm;
}

}  // namespace edgefold::examples
