// Reducers that a user might write, of kinds that ship nowhere, and the laws of merge.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/random_case.hpp>
#include <support/user_reducers.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

struct moving_average {  // each message pulls the value a third of the way: order matters, no merge, no `empty`
  template <class T>
  struct state {
    T value;
  };
  template <class T>
  state<T> init() const {
    return {T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {s.value + (m - s.value) / 3};
  }
  template <class T>
  T finish(const state<T>& s, const T&) const {
    return s.value;
  }
};

struct geometric_mean {  // a function of one sum
  template <class T>
  T lift(const T& m) const {
    return log(abs(m) + 1);
  }
  template <class T>
  T lower(const T& sum, const T& degree) const {
    return exp(sum / degree);
  }
};

struct contraharmonic {  // of two sums
  double empty = 5;
  template <class T>
  struct sums {
    T squares, values;
  };
  template <class T>
  sums<T> lift(const T& m) const {
    return {m * m, abs(m)};
  }
  template <class T>
  T lower(const sums<T>& s, const T&) const {
    return s.squares / (s.values + 1);
  }
};

struct soft_max {  // log of the mean of exp, about the greatest message of a block: a pivot
  using pivot = reduce::max;
  template <class T>
  struct state {
    T top, sum;
  };
  template <class T>
  state<T> init(const T& top) const {
    return {top, T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {s.top, s.sum + exp(m - s.top)};
  }
  template <class T>
  state<T> merge(const state<T>& a, const state<T>& b) const {
    const T top = max(a.top, b.top);
    return {top, a.sum * exp(a.top - top) + b.sum * exp(b.top - top)};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return s.top + log(s.sum / degree);
  }
};

struct share_above {  // how many messages exceed a limit, as a share of the degree
  double limit = 0;
  template <class T>
  struct state {
    T above;
  };
  template <class T>
  state<T> init() const {
    return {T(0)};
  }
  template <class T>
  state<T> step(const state<T>& s, const T& m) const {
    return {s.above + where(m > limit, T(1), T(0))};
  }
  template <class T>
  T finish(const state<T>& s, const T& degree) const {
    return s.above / degree;
  }
};

template <element T, class R>
void check_user_reducer(const R& reducer, double empty, const naive_reducer& oracle, double tolerance = 2e-5) {
  check_property([&] {
    const graph g = random_multigraph();
    const shape_type dims = random_dims();
    const auto a = random_operand<T>(g, dims), b = random_operand<T>(g, dims);
    const naive_rows m = naive_messages(g, {naive(a), naive(b)}, [](const double* x) { return x[0] - x[1]; });
    RC_ASSERT(difference(update_all(g, sub(a, b), reducer), naive_reduce(g, m, empty, oracle)) <= tolerance);
  });
}

TEST_CASE("property: reducers of users") {
  check_user_reducer<float>(range{}, -3, [](const auto& x) { return oracle::max(x) - oracle::min(x); });
  check_user_reducer<float>(range{.empty = 1}, 1, [](const auto& x) { return oracle::max(x) - oracle::min(x); });
  check_user_reducer<double>(
      moving_average{}, 0,
      [](const auto& x) {
        double s = 0;
        for (double v : x) s += (v - s) / 3;
        return s;
      },
      1e-13);
  check_user_reducer<float>(share_above{.limit = 0.5}, 0, [](const auto& x) {
    return static_cast<double>(std::count_if(x.begin(), x.end(), [](double v) { return v > 0.5; })) / oracle::count(x);
  });
}

TEST_CASE("property: reducers of users that say lift and lower") {
  check_user_reducer<float>(geometric_mean{}, 0, [](const auto& x) {
    double s = 0;
    for (double v : x) s += std::log(std::abs(v) + 1);
    return std::exp(s / oracle::count(x));
  });
  check_user_reducer<double>(
      contraharmonic{}, 5,
      [](const auto& x) {
        double squares = 0, values = 1;
        for (double v : x) squares += v * v, values += std::abs(v);
        return squares / values;
      },
      1e-13);
}

TEST_CASE("property: a reducer with a pivot") {
  check_user_reducer<float>(soft_max{}, 0,
                            [](const auto& x) { return oracle::log_sum_exp(x) - std::log(oracle::count(x)); });
}

TEST_CASE("users' reducers on what is no elementwise message, and inside of multi") {
  const graph g({{0, 1}, {2, 1}, {1, 1}, {1, 0}});
  const tensor x({3, 2}, {1, 2, 3, 4, 5, 6});
  CHECK(same_bits(update_all(g, u_dot_v(x, x), range{}), tensor({3, 1}, {0, 28, -3})));  // 11; 11, 39, 25
  const tensor out = update_all(g, copy_u(x), reduce::multi(range{}, contraharmonic{}, moving_average{}));
  CHECK(out.shape() == shape_type{3, 6});
  CHECK(same_bits(tensor({1, 4}, out.values().subspan(6, 4)), tensor({1, 4}, {4, 4, 3.5f, 56.f / 13})));
  CHECK(out.at(2, 2) == 5);
}

// Folding in two parts and merging them is folding in one.
template <class R>
void check_merge(const R& reducer, double tolerance = 2e-5) {
  const auto folded = impl::as_fold(reducer);
  using fold = impl::packed_reducer<std::remove_cvref_t<decltype(folded)>, float, impl::native_lanes<float>>;
  static_assert(fold::merges, "the edges of a hub are split among threads only where a reducer merges");
  using P = pack<float>;
  check_property([&] {
    const int count = *rc::gen::inRange(2, 200), split = *rc::gen::inRange(1, count);
    const tensor x = random_normal({count, P::lanes}, *rc::gen::inRange<std::uint64_t>(0, 1000000));
    const impl::first_lanes<float, P::lanes> all(P::lanes);
    std::vector<P> m;
    for (std::int64_t i = 0; i < count; ++i)
      m.push_back(abs(impl::load<float, P::lanes>(x.data() + i * P::lanes, all)) + 0.5);
    auto part = [&](int begin, int end) {
      typename fold::state s;
      fold::begin(folded, s);
      fold::block(folded, s, m.data() + begin, end - begin, 1);
      return s;
    };
    auto value = [&](const typename fold::state& s) {
      P result;
      fold::finish(folded, s, count, [&](int, const auto& lanes) { result = impl::convert<float>(lanes); });
      return result;
    };
    auto parts = part(0, split);
    fold::merge(folded, parts, part(split, count));
    const P in_one = value(part(0, count)), in_two = value(parts);
    for (int l = 0; l < P::lanes; ++l)
      RC_ASSERT(std::abs(in_one.v[l] - in_two.v[l]) <=
                static_cast<float>(tolerance) * std::max(1.f, std::abs(in_one.v[l])));
  });
}

TEST_CASE("property: merge laws of shipped reducers") {
  check_merge(reduce::sum{});
  check_merge(reduce::mean{});
  check_merge(reduce::max{}, 0);
  check_merge(reduce::min{}, 0);
  check_merge(reduce::any{}, 0);
  check_merge(reduce::all{}, 0);
  check_merge(reduce::var{});
  check_merge(reduce::std{});
  check_merge(reduce::log_sum_exp{});
  check_merge(reduce::softmax{.beta = 0.7});
}

TEST_CASE("property: merge laws of prod, of sums, of users' reducers") {
  check_merge(reduce::prod{}, 1e-3);  // of 200 factors
  check_merge(reduce::power_mean{.p = 3});
  check_merge(range{}, 0);
  check_merge(geometric_mean{});
  check_merge(contraharmonic{});
  check_merge(soft_max{});
}

}  // namespace
}  // namespace edgefold
