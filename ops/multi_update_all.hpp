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

inline namespace EDGEFOLD_ISA {

/// What one relation sends, and how it is folded at the destinations.
template <any_message M, class R>
struct relation_part {
  relation_name relation;
  M message;
  R reducer;
};
template <any_message M, class R>
relation_part<M, R> along(const relation_name& relation, const M& message, const R& reducer) {
  return {relation, message, reducer};
}

namespace impl {

/// What several relations have brought to the vertices of one type, in their order: all of one shape.
template <element V, class R>
auto fold_across(const std::vector<basic_tensor<V>>& parts, const R& cross) {
  const auto relations = std::ssize(parts);
  const std::int64_t n = parts[0].rows();
  if constexpr (std::same_as<R, reduce::stack>) {
    shape_type one = parts[0].shape();
    one.insert(one.begin() + 1, 1);
    std::vector<basic_tensor<V>> rows;
    for (const auto& p : parts) rows.push_back(p.reshape(one));
    return concat(rows, 1);
  } else {
    auto source = basic_tensor<std::int32_t>({n * relations});  // of no account
    auto target = basic_tensor<std::int32_t>::uninitialized({n * relations});
    for (std::int64_t i = 0; i < target.size(); ++i) target.data()[i] = static_cast<std::int32_t>(i % n);
    return update_all(graph::bipartite(source, target, 1, n), copy_e(concat(parts, 0)), cross);
  }
}

/// What relations bring to the vertices of each type they reach, in their order.
template <element V>
class brought_by_type {
 public:
  /// Throws, in the name of `operation`, for another shape than of those before it.
  void add(const edge_type& relation, basic_tensor<V> rows, std::string_view operation) {
    auto& into = parts_[relation.dst];
    into.push_back(std::move(rows));
    check(into.back().shape() == into.front().shape(), operation, "into \"", relation.dst, "\", relation \"",
          to_string(relation), "\" gives shape ", into.back().shape(), ", those before it ", into.front().shape());
  }
  /// Folded across relations: tensors by vertex type.
  template <class R>
  auto across(const R& cross) const {
    std::map<std::string, decltype(fold_across(parts_.begin()->second, cross)), std::less<>> folded;
    for (const auto& [type, rows] : parts_) folded.emplace(type, fold_across(rows, cross));
    return folded;
  }

 private:
  std::map<std::string, std::vector<basic_tensor<V>>, std::less<>> parts_;
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
/// message, reducer), or vectors of such. A vertex that a relation does not reach has its reducer's `empty` of it,
/// which counts. Throws for a relation twice, and where relations into one type give unlike shapes.
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
    results.add(type, update_all(g[type], part.message, part.reducer), operation);
  };
  impl::each_part(first, pass);
  (impl::each_part(parts, pass), ...);
  return results.across(cross);
}

}  // namespace EDGEFOLD_ISA

template <class Cross, class... Parts>
void hetero_graph::multi_update_all(std::string_view out, const Cross& cross, const Parts&... parts) {
  for (const auto& [type, rows] : edgefold::multi_update_all(*this, cross, parts...)) nodes(type)[out] = rows;
}

}  // namespace edgefold
