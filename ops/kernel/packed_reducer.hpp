/// How the kernels run a reducer on packs of messages: one fold, or several at once.
#pragma once
#include <edgefold/core/simd/partial_fold.hpp>
#include <edgefold/core/types.hpp>
#include <edgefold/ops/reduce/compose.hpp>
#include <edgefold/ops/reduce/reducer.hpp>

namespace edgefold {
inline namespace EDGEFOLD_ISA {
namespace impl {

/// The reducer as a fold: what says lift and lower is wrapped, inside of multi too.
template <class R>
auto as_fold(const R& r) {
  if constexpr (lifted_reducer<R, pack<float>> || lifted_reducer<R, pack<double>>) return lifted_fold<R>{r};
  else return r;
}
template <class... Rs>
auto as_fold(const reduce::multi<Rs...>& r) {
  return std::apply([](const auto&... each) { return reduce::multi(as_fold(each)...); }, r.reducers);
}

template <element V, element M, class... Rs>
void check_options(const reduce::multi<Rs...>& r, std::string_view operation) {
  std::apply([operation](const auto&... each) { (check_options<V, M>(each, operation), ...); }, r.reducers);
}

/// Reducer R on messages of element type M, `lanes` at a time.
template <class R, class M, int Lanes>
struct packed_reducer {
  using accumulator = accumulator_type<R, M>;
  using messages = pack<M, Lanes>;
  using values = pack<accumulator, Lanes>;
  static_assert(!step_gives_no_state<R, values>,
                "a reducer's step must return the next state and leave the one it is given as it is: template <class "
                "T> state<T> step(const state<T>& s, const T& m) const");
  static_assert(
      fold_reducer<R, values>,
      "a reducer needs template <class T> struct state, state<T> init() const (or init(const T& pivot) with a "
      "pivot), state<T> step(const state<T>&, const T&) const and T finish(const state<T>&, const T& degree) const "
      "- or lift and lower, or reduce::mailbox(f)");
  using state = typename R::template state<values>;
  using out_lanes = std::remove_cvref_t<decltype(std::declval<const R&>().finish(std::declval<const state&>(),
                                                                                 std::declval<const values&>()))>;
  using out_type = typename fold_result<R, M, typename result_traits<out_lanes>::value_type>::type;
  static_assert(state_of_values<R, values>(),
                "a reducer's state<T> holds values of T and nothing else: a count is a T too");

  static constexpr int outputs = 1;
  static constexpr bool in_blocks = has_pivot<R>;
  static constexpr bool merges = has_merge<R, values>;
  static_assert(merges || !in_blocks, "a reducer with a pivot needs merge(a, b)");
  /// Folded in parts of fixed length, which are then merged: what a float loses of a long sum it loses of each part.
  static constexpr bool in_parts = merges && (in_blocks || (std::floating_point<accumulator> && !selects<R>));
  struct no_parts {};
  using parts = std::conditional_t<in_parts, joined_parts<state>, no_parts>;

  [[gnu::always_inline]] static void begin(const R& r, state& s) {
    if constexpr (in_blocks) s = r.template init<values>(values(0));
    else s = r.template init<values>();
  }
  [[gnu::always_inline]] static void step(const R& r, state& s, const messages& m) {
    if constexpr (std::same_as<M, std::int64_t> && has_split_step<R, values>) {
      values high, low;
      split(m, high, low);
      s = r.step(s, high, low);
    } else {
      s = r.step(s, convert<accumulator>(m));
    }
  }
  /// Puts the part away that is in `s`, `number` of them being full, and begins the next.
  [[gnu::always_inline]] static void next_part(const R& r, state& s, parts& all, std::int64_t number) {
    if constexpr (in_parts) {
      all.add(s, number - 1, merging(r));
      begin(r, s);
    }
  }
  /// All parts, the last of which is in `s`, become one state.
  [[gnu::always_inline]] static void join(const R& r, state& s, const parts& all, std::int64_t messages_folded) {
    if constexpr (in_parts) s = all.with(s, parts_before_last(messages_folded), merging(r));
  }
  /// Folds `count` messages, `stride` packs apart, into `s`: with a pivot, a whole part.
  [[gnu::always_inline]] static void block(const R& r, state& s, const messages* m, int count, std::int64_t stride) {
    state b = s;
    if constexpr (in_blocks) {
      const typename R::pivot p{};
      auto ps = p.template init<values>();
      for (int j = 0; j < count; ++j) ps = p.step(ps, convert<accumulator>(m[j * stride]));
      const values pivot = p.finish(ps, values(count));
      b = r.template init<values>(pivot);
    }
    for (int j = 0; j < count; ++j) step(r, b, m[j * stride]);
    s = b;
  }
  static void merge(const R& r, state& s, const state& later) {
    if constexpr (merges) s = r.template merge<values>(s, later);
  }
  /// Gives `write(i, lanes)` output i of the fold over `degree` messages.
  template <class Write>
  [[gnu::always_inline]] static void finish(const R& r, const state& s, std::int64_t degree, Write&& write) {
    write(0, convert<out_type>(r.finish(s, values(degree))));
  }
  template <class Write>
  static void empty(const R& r, Write&& write) {
    write(0, pack<out_type, Lanes>(static_cast<out_type>(empty_of(r))));
  }

 private:
  static auto merging(const R& r) {
    return [&r](const state& a, const state& b) { return r.template merge<values>(a, b); };
  }
};

/// R, whose final states are outputs too: after the result, value by value.
template <class R>
struct with_states {
  R r;
  bool kept;  // or the result alone, by the same kernel
};
template <class R, class M, int Lanes>
struct packed_reducer<with_states<R>, M, Lanes> : packed_reducer<R, M, Lanes> {
  using base = packed_reducer<R, M, Lanes>;
  using typename base::parts;
  using typename base::state;
  using typename base::values;
  using array = typename as_array<values, state>::type;
  static constexpr int outputs = 1 + static_cast<int>(as_array<values, state>::size);
  [[gnu::always_inline]] static void begin(const with_states<R>& w, state& s) { base::begin(w.r, s); }
  [[gnu::always_inline]] static void step(const with_states<R>& w, state& s, const typename base::messages& m) {
    base::step(w.r, s, m);
  }
  [[gnu::always_inline]] static void next_part(const with_states<R>& w, state& s, parts& all, std::int64_t number) {
    base::next_part(w.r, s, all, number);
  }
  [[gnu::always_inline]] static void join(const with_states<R>& w, state& s, const parts& all,
                                          std::int64_t messages_folded) {
    base::join(w.r, s, all, messages_folded);
  }
  [[gnu::always_inline]] static void block(const with_states<R>& w, state& s, const typename base::messages* m,
                                           int count, std::int64_t stride) {
    base::block(w.r, s, m, count, stride);
  }
  static void merge(const with_states<R>& w, state& s, const state& later) { base::merge(w.r, s, later); }
  template <class Write>
  [[gnu::always_inline]] static void finish(const with_states<R>& w, const state& s, std::int64_t degree,
                                            Write&& write) {
    base::finish(w.r, s, degree, write);
    if (!w.kept) return;
    const array values = __builtin_bit_cast(array, s);
    for (int i = 1; i < outputs; ++i) write(i, values[static_cast<std::size_t>(i - 1)]);
  }
  template <class Write>
  static void empty(const with_states<R>& w, Write&& write) {
    base::empty(w.r, write);
    for (int i = 1; i < outputs && w.kept; ++i) write(i, values(0));
  }
};

/// Whether all outputs of a fold are wanted, or the result alone.
template <class R>
constexpr bool gives_all(const R&) {
  return true;
}
template <class R>
constexpr bool gives_all(const with_states<R>& w) {
  return w.kept;
}

/// R, which selects one of the messages, and the id of the edge that it came by (its bits, as wide as a value).
template <class R>
struct with_choice {
  R r;
};
template <class R, class M, int Lanes>
struct packed_reducer<with_choice<R>, M, Lanes> {
  using base = packed_reducer<R, M, Lanes>;
  using messages = typename base::messages;
  using values = typename base::values;
  using out_type = typename base::out_type;
  using number = std::conditional_t<sizeof(M) == 4, std::int32_t, std::int64_t>;
  using numbers = pack<number, Lanes>;
  struct state {
    typename base::state own;
    numbers id;
  };
  static constexpr int outputs = 2;
  static constexpr bool in_blocks = false, in_parts = false, merges = base::merges;
  using parts = typename base::no_parts;
  static_assert(!base::in_blocks && sizeof(typename base::state) == sizeof(values),
                "a reducer that selects keeps one value, the message selected so far");

  static values chosen(const typename base::state& s) { return __builtin_bit_cast(values, s); }
  // An equal message later on does not replace the first.
  [[gnu::always_inline]] static auto stays(const values& before, const values& after) {
    return (before == after) | ((before != before) & (after != after));
  }
  [[gnu::always_inline]] static void begin(const with_choice<R>& w, state& s) {
    base::begin(w.r, s.own);
    s.id = numbers(-1);
  }
  [[gnu::always_inline]] static void step(const with_choice<R>& w, state& s, const messages& m, edge_id id) {
    const values before = chosen(s.own);
    base::step(w.r, s.own, m);
    const auto kept = stays(before, chosen(s.own)).v & (s.id.v != number(-1));
    select(s.id.v, kept, s.id.v, numbers(static_cast<number>(id)).v);
  }
  static void join(const with_choice<R>&, state&, const parts&, std::int64_t) {}
  static void merge(const with_choice<R>& w, state& s, const state& later) {
    const values before = chosen(s.own);
    base::merge(w.r, s.own, later.own);
    select(s.id.v, stays(before, chosen(s.own)).v, s.id.v, later.id.v);
  }
  template <class Write>
  [[gnu::always_inline]] static void finish(const with_choice<R>& w, const state& s, std::int64_t degree,
                                            Write&& write) {
    base::finish(w.r, s.own, degree, write);
    write(1, values(__builtin_bit_cast(register_type<M, Lanes>, s.id.v)));
  }
  template <class Write>
  static void empty(const with_choice<R>& w, Write&& write) {
    base::empty(w.r, write);
    write(1, values(0));
  }
};

/// Several reducers in one pass: states side by side, outputs one after another.
template <class... Rs, class M, int Lanes>
struct packed_reducer<reduce::multi<Rs...>, M, Lanes> {
  using R = reduce::multi<Rs...>;
  using messages = pack<M, Lanes>;
  template <std::size_t I>
  using part = packed_reducer<typename R::template reducer<I>, M, Lanes>;
  template <class Own, class Rest>
  struct chain {
    Own own;
    Rest rest;
  };
  struct end {};
  template <class...>
  struct chain_of {
    using type = end;
  };
  template <class First, class... Others>
  struct chain_of<First, Others...> {
    using type = chain<First, typename chain_of<Others...>::type>;
  };
  using state = typename chain_of<typename packed_reducer<Rs, M, Lanes>::state...>::type;
  using parts = typename chain_of<typename packed_reducer<Rs, M, Lanes>::parts...>::type;
  using out_type = typename part<0>::out_type;
  static_assert((std::same_as<typename packed_reducer<Rs, M, Lanes>::out_type, out_type> && ...),
                "the reducers of multi(...) must give the same element type, which their results share a tensor of");

  static constexpr int outputs = static_cast<int>(sizeof...(Rs));
  static constexpr bool in_blocks = (packed_reducer<Rs, M, Lanes>::in_blocks || ...);
  static constexpr bool in_parts = (packed_reducer<Rs, M, Lanes>::in_parts || ...);
  static constexpr bool merges = (packed_reducer<Rs, M, Lanes>::merges && ...);

  // Calls f.operator()<I>(state of reducer I, the same of `other`).
  template <std::size_t I = 0, class S, class O, class F>
  [[gnu::always_inline]] static void each(S& s, O& other, F&& f) {
    if constexpr (I < sizeof...(Rs)) {
      f.template operator()<I>(s.own, other.own);
      each<I + 1>(s.rest, other.rest, f);
    }
  }
  [[gnu::always_inline]] static void begin(const R& r, state& s) {
    each(s, s, [&]<std::size_t I>(auto& own, auto&) { part<I>::begin(std::get<I>(r.reducers), own); });
  }
  [[gnu::always_inline]] static void step(const R& r, state& s, const messages& m) {
    each(s, s, [&]<std::size_t I>(auto& own, auto&) { part<I>::step(std::get<I>(r.reducers), own, m); });
  }
  [[gnu::always_inline]] static void next_part(const R& r, state& s, parts& all, std::int64_t number) {
    each(s, all,
         [&]<std::size_t I>(auto& own, auto& p) { part<I>::next_part(std::get<I>(r.reducers), own, p, number); });
  }
  [[gnu::always_inline]] static void join(const R& r, state& s, const parts& all, std::int64_t messages_folded) {
    each(s, all,
         [&]<std::size_t I>(auto& own, auto& p) { part<I>::join(std::get<I>(r.reducers), own, p, messages_folded); });
  }
  [[gnu::always_inline]] static void block(const R& r, state& s, const messages* m, int count, std::int64_t stride) {
    each(s, s,
         [&]<std::size_t I>(auto& own, auto&) { part<I>::block(std::get<I>(r.reducers), own, m, count, stride); });
  }
  static void merge(const R& r, state& s, const state& later) {
    each(s, later, [&]<std::size_t I>(auto& own, auto& o) { part<I>::merge(std::get<I>(r.reducers), own, o); });
  }
  template <class Write>
  [[gnu::always_inline]] static void finish(const R& r, const state& s, std::int64_t degree, Write&& write) {
    each(s, s, [&]<std::size_t I>(auto& own, auto&) {
      part<I>::finish(std::get<I>(r.reducers), own, degree, [&](int, const auto& x) { write(static_cast<int>(I), x); });
    });
  }
  template <class Write>
  static void empty(const R& r, Write&& write) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (part<I>::empty(std::get<I>(r.reducers), [&](int, const auto& x) { write(static_cast<int>(I), x); }), ...);
    }
    (std::make_index_sequence<sizeof...(Rs)>{});
  }
};

}  // namespace impl
}  // namespace EDGEFOLD_ISA
}  // namespace edgefold
