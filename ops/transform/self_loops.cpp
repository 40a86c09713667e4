#include <edgefold/ops/transform/self_loops.hpp>

#include <edgefold/ops/transform/private/derived_graph.hpp>

namespace edgefold {
namespace {

constexpr std::string_view adding = "add_self_loops";

// features(name, column) are those of the loops.
template <class Features>
graph with_loops(const graph& g, const Features& features) {
  detail::check_one_vertex_set(g, adding);
  const std::int64_t n = g.num_vertices();
  auto ids = basic_tensor<std::int32_t>::uninitialized({n});
  std::iota(ids.mutable_data(), ids.mutable_data() + n, 0);
  frame loops("edata", "self-loops", n);
  for (const std::string& name : g.edata.names()) loops.set(name, features(name, g.edata.get(name)));
  return detail::append_edges(g, ids, ids, loops, adding);
}

}  // namespace

graph add_self_loops(const graph& g, double fill) {
  return with_loops(g, [&](const std::string& name, const any_tensor& column) {
    return std::visit(
        [&]<class T>(const basic_tensor<T>& t) -> any_tensor {
          shape_type shape = t.shape();
          shape[0] = g.num_vertices();
          return full<T>(shape, detail::exactly<T>(fill, adding, "column \"" + name + "\""));
        },
        column);
  });
}

graph add_self_loops(const graph& g, aggregate of_in_edges) {
  check(of_in_edges != aggregate::first, adding, "aggregate::first is no fill: not every vertex has an in-edge");
  return with_loops(g, [&](const std::string&, const any_tensor& column) {
    return detail::aggregate_rows(column, g.topology().in_edges(), of_in_edges, adding);
  });
}

graph remove_self_loops(const graph& g) {
  detail::check_one_vertex_set(g, "remove_self_loops");
  const vertex_id *u = g.topology().sources(), *v = g.topology().targets();
  return detail::with_edges(g, detail::ids_where(g.num_edges(), [&](edge_id e) { return u[e] != v[e]; }));
}

}  // namespace edgefold
