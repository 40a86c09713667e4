#include <edgefold/ops/transform/homogeneous.hpp>

#include <edgefold/core/error.hpp>
#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/transform/private/columns.hpp>

#include <algorithm>
#include <limits>

namespace edgefold {
namespace {

using id_tensor = basic_tensor<std::int32_t>;
using wide_ids = basic_tensor<std::int64_t>;

// begin[t] .. begin[t + 1] - 1 hold t.
id_tensor numbers_of_runs(const std::vector<std::int64_t>& begin) {
  id_tensor t = id_tensor::uninitialized({begin.back()});
  for (std::size_t i = 0; i + 1 < begin.size(); ++i)
    std::fill(t.mutable_data() + begin[i], t.mutable_data() + begin[i + 1], static_cast<std::int32_t>(i));
  return t;
}

void set_columns(const std::vector<std::string>& names, const std::vector<frame>& parts, frame to,
                 const std::vector<std::string>& types) {
  for (const std::string& name : names)
    to.set(name,
           detail::joined_column(parts, name, "to_homogeneous", [&](std::size_t i) { return "\"" + types[i] + "\""; }));
}

// The members of each type, in their order.
std::vector<wide_ids> members(const id_list& types, std::size_t num_types, std::int64_t count, std::string_view kind) {
  check(types.size() == count, "to_heterogeneous", types.size(), " types for ", count, " ", kind);
  types.check_range(static_cast<std::int64_t>(num_types), "to_heterogeneous", "type");
  std::vector<std::vector<std::int64_t>> lists(num_types);
  for (std::int64_t i = 0; i < count; ++i) lists[static_cast<std::size_t>(types[i])].push_back(i);
  std::vector<wide_ids> all;
  for (const auto& list : lists) all.emplace_back(shape_type{std::ssize(list)}, std::span<const std::int64_t>(list));
  return all;
}

template <class T>
std::vector<basic_tensor<T>> softmax_across(const hetero_graph& g, const std::vector<relation_scores<T>>& scores,
                                            norm_by norm) {
  constexpr std::string_view operation = "edge_softmax";
  detail::distinct_relations relation(g, operation);
  std::vector<std::vector<std::size_t>> meeting(g.vertex_types().size());  // by the type that normalises them
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const edge_type& type = relation(scores[i].relation);
    const basic_tensor<T>& s = scores[i].scores;
    check(s.defined() && s.rows() == g.num_edges(type), operation, "scores of \"", to_string(type), "\" have ",
          s.defined() ? s.rows() : 0, " rows, expected ", g.num_edges(type), " edges");
    auto& others = meeting[g.number_of_type(norm == norm_by::dst ? type.dst : type.src)];
    if (!others.empty()) {
      const shape_type &a = scores[others[0]].scores.shape(), &b = s.shape();
      check(std::equal(a.begin() + 1, a.end(), b.begin() + 1, b.end()), operation, "scores of \"", to_string(type),
            "\" have shape ", b, ", those that they meet ", a);
    }
    others.push_back(i);
  }
  std::vector<basic_tensor<T>> results(scores.size());
  for (std::size_t t = 0; t < meeting.size(); ++t) {
    if (meeting[t].empty()) continue;
    std::vector<id_tensor> ends;
    std::vector<basic_tensor<T>> rows;
    for (const std::size_t i : meeting[t]) {
      const adjacency& a = g.topology(scores[i].relation);
      ends.emplace_back(shape_type{a.num_edges()}, std::span(norm == norm_by::dst ? a.targets() : a.sources(),
                                                             static_cast<std::size_t>(a.num_edges())));
      rows.push_back(scores[i].scores);
    }
    id_tensor end = concat(ends, 0);
    id_tensor start(end.shape());
    const adjacency all = adjacency::from_coo(std::move(start), std::move(end), 1, g.num_vertices(g.vertex_types()[t]));
    const basic_tensor<T> y = detail::softmax_of_groups(concat(rows, 0), all.in_edges(), operation, "edges");
    std::int64_t begin = 0;
    for (const std::size_t i : meeting[t]) {
      const std::int64_t count = scores[i].scores.rows();
      results[i] = slice(y, 0, begin, begin + count);
      begin += count;
    }
  }
  return results;
}

}  // namespace

homogeneous_graph to_homogeneous(const hetero_graph& g, const std::vector<std::string>& vertex_columns,
                                 const std::vector<std::string>& edge_columns) {
  homogeneous_graph h;
  h.vertex_begin = h.edge_begin = {0};
  std::vector<frame> vertex_data, edge_data;
  std::vector<std::string> relations;
  for (const std::string& type : g.vertex_types()) {
    h.vertex_begin.push_back(h.vertex_begin.back() + g.num_vertices(type));
    vertex_data.push_back(g.nodes(type));
  }
  const std::int64_t vertices = h.vertex_begin.back();
  check(vertices <= std::numeric_limits<vertex_id>::max(), "to_homogeneous", "there are ", vertices,
        " vertices, expected at most 2^31 - 1");
  std::vector<vertex_id> sources, targets;
  for (const edge_type& type : g.edge_types()) {
    const adjacency& a = g.topology(type);
    h.edge_begin.push_back(h.edge_begin.back() + a.num_edges());
    edge_data.push_back(g[type].edata);
    relations.push_back(to_string(type));
    const auto add = [&](const vertex_id* from, std::vector<vertex_id>& to, const std::string& end) {
      const auto first = static_cast<vertex_id>(h.vertex_begin[g.number_of_type(end)]);
      std::transform(from, from + a.num_edges(), std::back_inserter(to), [first](vertex_id v) { return v + first; });
    };
    add(a.sources(), sources, type.src);
    add(a.targets(), targets, type.dst);
  }
  h.g = graph::from_coo(sources, targets, vertices);
  h.vertex_types = numbers_of_runs(h.vertex_begin);
  h.edge_types = numbers_of_runs(h.edge_begin);
  set_columns(vertex_columns, vertex_data, h.g.ndata, g.vertex_types());
  set_columns(edge_columns, edge_data, h.g.edata, relations);
  return h;
}

hetero_graph to_heterogeneous(const graph& g, const id_list& vertex_types, const id_list& edge_types,
                              const std::vector<std::string>& types, const std::vector<edge_type>& relations) {
  const std::int64_t vertices = g.num_vertices();
  const std::vector<wide_ids> vertices_of = members(vertex_types, types.size(), vertices, "vertices"),
                              edges_of = members(edge_types, relations.size(), g.num_edges(), "edges");
  std::vector<std::int32_t> position(static_cast<std::size_t>(vertices));  // of each vertex within its type
  std::vector<vertex_count> counts;
  for (std::size_t t = 0; t < types.size(); ++t) {
    counts.push_back({types[t], vertices_of[t].size()});
    for (std::int32_t i = 0; i < vertices_of[t].size(); ++i)
      position[static_cast<std::size_t>(vertices_of[t].at(i))] = i;
  }
  std::vector<relation_edges> all;
  for (std::size_t r = 0; r < relations.size(); ++r) {
    const edge_type& type = relations[r];
    std::vector<std::int32_t> ends[2];
    for (const edge_id e : edges_of[r].values()) {
      const vertex_id both[] = {g.topology().sources()[e], g.topology().targets()[e]};
      for (int end : {0, 1}) {
        const std::string& is = types[static_cast<std::size_t>(vertex_types[both[end]])];
        const std::string& wanted = end == 0 ? type.src : type.dst;
        check(is == wanted, "to_heterogeneous", "edge ", e, " of relation \"", to_string(type), "\" ",
              end == 0 ? "comes from" : "goes to", " vertex ", both[end], ", a \"", is, "\"");
        ends[end].push_back(position[static_cast<std::size_t>(both[end])]);
      }
    }
    all.push_back({type, ends[0], ends[1]});
  }
  hetero_graph h(counts, std::move(all));
  for (std::size_t t = 0; t < types.size(); ++t) detail::gather_columns(g.ndata, vertices_of[t], h.nodes(types[t]));
  for (std::size_t r = 0; r < relations.size(); ++r)
    detail::gather_columns(g.edata, edges_of[r], h[relations[r]].edata);
  return h;
}

std::vector<tensor> edge_softmax(const hetero_graph& g, const std::vector<relation_scores<float>>& scores,
                                 norm_by norm) {
  return softmax_across(g, scores, norm);
}
std::vector<basic_tensor<double>> edge_softmax(const hetero_graph& g,
                                               const std::vector<relation_scores<double>>& scores, norm_by norm) {
  return softmax_across(g, scores, norm);
}

}  // namespace edgefold
