// Transforms of the uniform graph with one column of edges. What is compared: numbers of vertices and edges.
#include "../transforms.hpp"

#include "peer_case.hpp"

namespace edgefold::bench {

void add_transforms() {
  for (const named_transform& t : transforms)
    add("transform/" + std::string(t.name) + "/uniform", [t]() -> operation {
      const input from("uniform");
      graph g = from.g();
      g.edata["w"] = from("w1");
      return [t, in = transform_input(g)] {
        const graph h = t.run(in);
        return tensor({2}, {static_cast<float>(h.num_vertices()), static_cast<float>(h.num_edges())});
      };
    });
}

}  // namespace edgefold::bench
