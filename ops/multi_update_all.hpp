/// Message passing on several relations at once, and a fold across them.
#pragma once
#include <edgefold/core/hetero_graph.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold {

namespace reduce {
/// Across relations: not folded, but side by side, (vertices, relations, features...).
struct stack {};
}  // namespace reduce

namespace detail {

/// What one fold across relations sees: an edge from row r * n + v, what relation r has brought to vertex v, to v, for
/// each relation r with edges into v, and for all of them where none has any; in the order of `relations`, each of
/// which has n destinations. Of `all`, for every r and v. A graph of two vertex sets.
graph rows_across(const std::vector<adjacency>& relations, bool all);

}  // namespace detail

inline namespace EDGEFOLD_ISA {

/// What one relation sends, and how it is folded at the destinations.
template <any_message M, class R>
struct relation_part {
  relation_name relation;  ///< whose edges send
  M message;               ///< of these edges
  R reducer;               ///< of what arrives along them
};
/// One of the `parts` of multi_update_all.
template <any_message M, class R>
relation_part<M, R> along(const relation_name& relation, const M& message, const R& reducer) {
  return {relation, message, reducer};
}

namespace impl {

/// What several relations have brought to the vertices of one type, in their order: all of one shape.
template <element V>
struct brought {
  std::vector<adjacency> relations;
  std::vector<basic_tensor<V>> rows;

  /// `all`: what a relation brings counts also where it has no edges.
  template <class R>
  auto across(const R& cross, bool all) const {
    if constexpr (std::same_as<R, reduce::stack>) {
      const shape_type& row = rows[0].shape();
      shape_type one{row[0], 1};
      one.insert(one.end(), row.begin() + 1, row.end());
      std::vector<basic_tensor<V>> slices;
      for (const auto& t : rows) slices.push_back(t.reshape(one));
      return concat(slices, 1);
    } else {
      return update_all(detail::rows_across(relations, all), copy_u(concat(rows, 0)), cross);
    }
  }
};

/// What relations bring to the vertices of each type they reach, in their order.
template <element V>
class brought_by_type {
 public:
  /// Throws, in the name of `operation`, for another shape than of those before it.
  void add(const edge_type& type, const adjacency& relation, basic_tensor<V> rows, std::string_view operation) {
    auto& into = parts_[type.dst];
    const shape_type& expected = into.rows.empty() ? rows.shape() : into.rows[0].shape();
    check(rows.shape() == expected, operation, "into \"", type.dst, "\", relation \"", to_string(type),
          "\" gives shape ", rows.shape(), ", those before it ", expected);
    into.relations.push_back(relation);
    into.rows.push_back(std::move(rows));
  }
  /// Folded across relations: tensors by vertex type.
  template <class R>
  auto across(const R& cross, bool all = false) const {
    std::map<std::string, decltype(parts_.begin()->second.across(cross, all)), std::less<>> folded;
    for (const auto& [type, parts] : parts_) folded.emplace(type, parts.across(cross, all));
    return folded;
  }

 private:
  std::map<std::string, brought<V>, std::less<>> parts_;
};

/// Calls body(part) for each part, of which one may be a list.
template <class Body, class Part>
void each_part(const Part& part, Body&& body) {
  if constexpr (requires { part.relation; }) body(part);
  else
    for (const auto& each : part) body(each);
}

template <class Part>
struct part_traits {
  using result = decltype(update_all(std::declval<const graph&>(), std::declval<const Part&>().message,
                                     std::declval<const Part&>().reducer));
};
template <class Part>
struct part_traits<std::vector<Part>> : part_traits<Part> {};

}  // namespace impl

/// For each vertex type that the relations of `parts` reach: what each of them brings, folded by its own reducer, then
/// by `cross`, any reducer or reduce::stack, over these relations in the order of `parts`. `parts` are along(relation,
/// message, reducer), or vectors of such. A relation that has no edges into a vertex says nothing there: `cross` folds
/// what the others bring, and the mean is theirs. Where none has any, it folds the `empty` values of their reducers.
/// (A stack holds these too.) Throws for a relation twice, and where relations into one type give unlike shapes.
template <class Cross, class First, class... Parts>
auto multi_update_all(const hetero_graph& g, const Cross& cross, const First& first, const Parts&... parts) {
  using tensor_type = typename impl::part_traits<First>::result;
  static_assert((std::same_as<tensor_type, typename impl::part_traits<Parts>::result> && ...),
                "multi_update_all needs messages and reducers that all give one scalar type");
  constexpr std::string_view operation = "multi_update_all";
  detail::distinct_relations relation(g, operation);
  impl::brought_by_type<typename tensor_type::value_type> results;
  const auto pass = [&](const auto& part) {
    const edge_type& type = relation(part.relation);
    results.add(type, g.topology(type), update_all(g[type], part.message, part.reducer), operation);
  };
  impl::each_part(first, pass);
  (impl::each_part(parts, pass), ...);
  return results.across(cross);
}

}  // namespace EDGEFOLD_ISA

template <class Cross, class... Parts>
void hetero_graph::multi_update_all(std::string_view out, const Cross& cross, const Parts&... parts) {
  std::vector<std::pair<std::string, any_tensor>> by_type;
  for (const auto& [type, rows] : edgefold::multi_update_all(*this, cross, parts...)) by_type.emplace_back(type, rows);
  set_columns(out, by_type);
}

}  // namespace edgefold
