/// Closed forms of reducers' gradients: which reducers have one, what is computed once a vertex from the gradient of
/// the result, and what a sweep reads and calls for each message.
#pragma once
#include <edgefold/core/simd/dual.hpp>
#include <edgefold/ops/gradient/backward_sweep.hpp>
#include <edgefold/ops/kernel/packed_reducer.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

template <class R, class P>
using state_of = typename R::template state<P>;
template <class R, class P>
inline constexpr std::size_t state_size = as_array<P, state_of<R, P>>::size;

// The forms in which a reducer may give its gradient. P is a pack; g the gradient of the result.
template <class R>
concept passes_gradient = R::passes_gradient;  // that of each message is g
template <class R, class P>
concept scales_gradient = requires(const R& r, const P& p) {
  r.scale_gradient(p, p);
};  // (g, degree): a message's own
template <class R, class P>
concept has_adjoint_of_state = requires(const R& r, const P& p, const state_of<R, P>& s) {
  r.adjoint(p, s, p, p);
};
template <class R, class P>
concept has_adjoint = has_adjoint_of_state<R, P> || requires(const R& r, const P& p) {
  r.adjoint(p, p, p);
};
template <class R, class P>
concept has_grad = requires(const R& r, const P& p, const state_of<R, P>& s) {
  r.grad(p, s, p, p);
};

/// What is computed once a node: `values` for every feature, from the gradient of the result, the final state, the
/// result and the degree; then `message(m, values)` is the gradient of a message m.
template <class R, class P>
struct adjoint_rule;

struct one_value {
  static constexpr std::size_t size = 1;
  static constexpr bool needs_message = false, needs_out = false;
};

template <passes_gradient R, class P>
struct adjoint_rule<R, P> : one_value {
  static constexpr bool needs_state = false;
};

template <class R, class P>
requires scales_gradient<R, P>
struct adjoint_rule<R, P> : one_value {
  static constexpr bool needs_state = false;
  static std::array<P, 1> values(const R& r, const P& g, const state_of<R, P>&, const P&, const P& degree) {
    return {r.scale_gradient(g, degree)};
  }
};

template <class R, class P>
requires has_adjoint<R, P>
struct adjoint_rule<R, P> {
  static constexpr bool needs_state = has_adjoint_of_state<R, P>, needs_message = true, needs_out = true;
  static auto call(const R& r, const P& g, const state_of<R, P>& s, const P& out, const P& degree) {
    if constexpr (needs_state) return r.adjoint(g, s, out, degree);
    else return r.adjoint(g, out, degree);
  }
  using adjoint = decltype(call(std::declval<const R&>(), P(), std::declval<state_of<R, P>>(), P(), P()));
  using array = typename as_array<P, adjoint>::type;
  static constexpr std::size_t size = as_array<P, adjoint>::size;
  static array values(const R& r, const P& g, const state_of<R, P>& s, const P& out, const P& degree) {
    return __builtin_bit_cast(array, call(r, g, s, out, degree));
  }
  [[gnu::always_inline]] static P message(const R& r, const P& m, const array& a) {
    return r.message_grad(m, __builtin_bit_cast(adjoint, a));
  }
};

template <class R, class P>
requires has_grad<R, P>
struct adjoint_rule<R, P> {
  static constexpr std::size_t states = state_size<R, P>, size = states + 3;
  static constexpr bool needs_state = true, needs_message = true, needs_out = true;
  using array = std::array<P, size>;
  static array values(const R&, const P& g, const state_of<R, P>& s, const P& out, const P& degree) {
    array a;
    const auto kept = __builtin_bit_cast(std::array<P, states>, s);
    std::copy(kept.begin(), kept.end(), a.begin());
    a[states] = g, a[states + 1] = out, a[states + 2] = degree;
    return a;
  }
  [[gnu::always_inline]] static P message(const R& r, const P& m, const array& a) {
    std::array<P, states> s;
    for (std::size_t i = 0; i < states; ++i) s[i] = a[i];
    return a[states] * r.grad(m, __builtin_bit_cast(state_of<R, P>, s), a[states + 1], a[states + 2]);
  }
};

/// lower's derivatives times g once a node, lift's derivative once a message.
template <class R, class P>
struct adjoint_rule<lifted_fold<R>, P> {
  static constexpr std::size_t size = state_size<lifted_fold<R>, P>;
  static constexpr bool needs_state = true, needs_message = true, needs_out = false;
  using array = std::array<P, size>;
  using sums = dual<P, static_cast<int>(size)>;
  static array values(const lifted_fold<R>& f, const P& g, const state_of<lifted_fold<R>, P>& s, const P&,
                      const P& degree) {
    const auto at = __builtin_bit_cast(array, s);
    std::array<sums, size> variables;
    for (std::size_t i = 0; i < size; ++i) variables[i] = sums::variable(at[i], static_cast<int>(i));
    const sums result = f.r.lower(__builtin_bit_cast(state_of<lifted_fold<R>, sums>, variables), sums(degree));
    array a;
    for (std::size_t i = 0; i < size; ++i) a[i] = g * result.grad[i];
    return a;
  }
  [[gnu::always_inline]] static P message(const lifted_fold<R>& f, const P& m, const array& a) {
    const auto terms = __builtin_bit_cast(std::array<dual<P>, size>, f.r.lift(dual<P>::variable(m)));
    P total = a[0] * terms[0].grad[0];
    for (std::size_t i = 1; i < size; ++i) total = total + a[i] * terms[i].grad[0];
    return total;
  }
};

/// Values: g, and the id of the message that is the result; the id of the edge comes as one more operand.
template <class R, class P>
requires selects<R>
struct adjoint_rule<R, P> {
  static constexpr std::size_t size = 2;
  static constexpr bool needs_state = true, needs_message = false, needs_out = false;
};

/// Whether the gradient of a message follows from that message and values of the node: no sweep back over the fold.
template <class R, class P>
concept closed_form = requires {
  adjoint_rule<R, P>::size;
};

/// A closed form as what a sweep calls for each message.
template <class R>
struct closed_gradient {
  R r;
  static constexpr bool needs_message = true;
  template <class P>
  [[gnu::always_inline]] P operator()(const P& m, const P* a) const {
    std::array<P, adjoint_rule<R, P>::size> values;
    std::copy_n(a, values.size(), values.begin());
    return adjoint_rule<R, P>::message(r, m, values);
  }
};
/// The gradient of a selection: all of it to the edge whose id (third) is the chosen one (second).
struct chosen_gradient {
  static constexpr bool needs_message = false;
  template <class P>
  [[gnu::always_inline]] P operator()(const P&, const P* a) const {
    using T = typename P::value_type;
    using bits = register_type<std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>, P::lanes>;
    const auto same = __builtin_bit_cast(bits, a[1].v) == __builtin_bit_cast(bits, a[2].v);
    return where(typename P::mask_type{same}, a[0], P(0));
  }
};
template <class R, class P>
auto gradient_functor(const R& r) {
  if constexpr (selects<R>) return chosen_gradient{};
  else if constexpr (adjoint_rule<R, P>::needs_message) return closed_gradient<R>{r};
  else return upstream{};
}

/// The ids of edge positions as bits of T, which a kernel reads like a feature of width 1.
template <class T>
class id_column {
  using number = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

 public:
  row_source<T> of(const edge_groups& groups) {
    row_source<T> r;
    r.by_position = 1;
    check_number(groups.end());
    if constexpr (sizeof(T) == 4)
      if (groups.edge_ids) return r.base = reinterpret_cast<const T*>(groups.edge_ids), r;
    auto& ids = kept_.emplace_back(basic_tensor<number>::uninitialized({groups.num_edges}));
    number* to = ids.mutable_data();
    const std::int64_t first = groups.offsets[0];
    parallel_for(groups.num_edges, 1 << 16, [&](std::int64_t b, std::int64_t e) {
      edge_id greatest = 0;  // of some edges of a larger graph, beyond their number
      for (std::int64_t k = b; k < e; ++k) {
        const edge_id id = groups.id_at(first + k);
        greatest = std::max(greatest, id);
        to[k] = static_cast<number>(id);
      }
      check_number(greatest + 1);
    });
    r.base = reinterpret_cast<const T*>(to) - first;
    return r;
  }

 private:
  static void check_number(std::int64_t edges) {
    check(sizeof(T) == 8 || edges < 0x7f800000, "backward",
          "the gradient of max and min of floats is limited to 2,139,095,039 edges: use double");
  }
  std::vector<basic_tensor<number>> kept_;
};

/// What a sweep reads besides the operands under a closed form: what the reducer computed once a node, and the edge's
/// id where the reducer selects.
template <class R, class T>
class closed_rows {
 public:
  static constexpr std::size_t values = adjoint_rule<R, pack<T>>::size, extra = values + (selects<R> ? 1 : 0);
  explicit closed_rows(const std::vector<basic_tensor<T>>& adjoints) : adjoints_(adjoints) {}
  static std::array<shape_type, extra> shapes(const shape_type& row) {
    std::array<shape_type, extra> all;
    for (shape_type& each : all) each = shape_type(row);  // (g++ 14 warns falsely of an assignment that copies)
    if constexpr (selects<R>) all.back() = shape_type{1, 1};
    return all;
  }
  std::vector<row_source<T>> of(const edge_groups& groups, side grouped_by) {
    std::vector<row_source<T>> rows(extra);
    for (std::size_t i = 0; i < values; ++i) rows[i] = rows_from(adjoints_[i], side::dst, groups, grouped_by);
    if constexpr (selects<R>) rows.back() = ids_.of(groups);
    return rows;
  }

 private:
  const std::vector<basic_tensor<T>>& adjoints_;
  id_column<T> ids_;
};

/// What a reducer computes once a node: tensors of the shape of the result, from what the fold kept, that first.
template <class R, class T>
std::vector<basic_tensor<T>> adjoint_tensors(const R& r, const basic_tensor<T>& g,
                                             const std::vector<basic_tensor<T>>& kept, const edge_groups& groups) {
  constexpr int lanes = native_lanes<T>;
  using P = pack<T, lanes>;
  using rule = adjoint_rule<R, P>;
  if constexpr (passes_gradient<R>) return {g};
  else if constexpr (selects<R>) return {g, kept[1]};
  else {
    std::vector<basic_tensor<T>> values;
    std::array<T*, rule::size> to;
    for (std::size_t i = 0; i < rule::size; ++i) {
      values.push_back(basic_tensor<T>::uninitialized(g.shape()));
      to[i] = values[i].mutable_data();
    }
    const std::int64_t width = g.width();
    parallel_for(
        g.rows(), std::max<std::int64_t>(1, (1 << 14) / std::max<std::int64_t>(width, 1)),
        [&](std::int64_t begin, std::int64_t end) {
          for (std::int64_t v = begin; v < end; ++v)
            for (std::int64_t c = 0; c < width; c += lanes) {
              const first_lanes<T, lanes> active(static_cast<int>(std::min<std::int64_t>(lanes, width - c)));
              auto at = [&](const basic_tensor<T>& t) { return load<T, lanes>(t.data() + v * width + c, active); };
              std::array<P, state_size<R, P>> s;
              s.fill(P(0));
              if constexpr (rule::needs_state)
                for (std::size_t i = 0; i < s.size(); ++i) s[i] = at(kept[i + 1]);
              P result(0);
              if constexpr (rule::needs_out) result = at(kept[0]);
              const auto a = rule::values(r, at(g), __builtin_bit_cast(state_of<R, P>, s), result, P(groups.degree(v)));
              for (std::size_t i = 0; i < rule::size; ++i) store<T, lanes>(to[i] + v * width + c, a[i], active);
            }
        });
    return values;
  }
}

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
