// mailbox, quantile, median.
#include <edgefold/ops/message.hpp>
#include <edgefold/ops/update_all.hpp>

#include <support/random_case.hpp>

namespace edgefold {
namespace {

using namespace edgefold::testing;

template <element T = float>
float quantile_of(std::initializer_list<std::type_identity_t<T>> messages, double q) {
  const std::vector<std::int32_t> zeros(messages.size(), 0);
  const auto x = basic_tensor<T>({std::ssize(messages), 1}, messages);
  return static_cast<float>(update_all(graph::from_coo(zeros, zeros, 1), copy_e(x), reduce::quantile{.q = q}).at(0));
}

TEST_CASE("quantile interpolates as numpy.quantile") {
  CHECK(quantile_of({4, 1, 3, 2}, 0.0) == 1);
  CHECK(quantile_of({4, 1, 3, 2}, 0.25) == 1.75f);
  CHECK(quantile_of({4, 1, 3, 2}, 0.5) == 2.5f);
  CHECK(quantile_of({4, 1, 3, 2}, 0.9) == doctest::Approx(3.7));
  CHECK(quantile_of({4, 1, 3, 2}, 1.0) == 4);
  CHECK(quantile_of({10, -5, 0, 7, 7}, 0.3) == doctest::Approx(1.4));
  CHECK(quantile_of({3}, 0.8) == 3);
  CHECK(quantile_of<double>({1e10, 3e10}, 0.5) == 2e10f);
  CHECK(quantile_of<std::int32_t>({3, 1, 2, 9}, 0.5) == 2.5f);
  CHECK(quantile_of<std::int32_t>({-2000000000, 2000000000}, 0.5) == 0);  // no overflow of int32 in between
}

TEST_CASE("quantile of few and of many messages") {
  for (const std::int64_t degree : {63, 64, 65, 300}) {
    CAPTURE(degree);
    const std::vector<std::int32_t> zeros(static_cast<std::size_t>(degree), 0);
    auto x = basic_tensor<double>::uninitialized({degree, 19});
    for (std::int64_t i = 0; i < x.size(); ++i)
      x.mutable_data()[i] = static_cast<double>((i / 19 * 7 + i % 19) % degree);
    x.set_requires_grad();
    const auto y = update_all(graph::from_coo(zeros, zeros, 1), copy_e(x), reduce::quantile{.q = 0.25});
    if (degree % 7 == 0) continue;  // else each column is 0 to degree - 1 in some order
    for (std::int64_t c = 0; c < 19; ++c) CHECK(y.at(0, c) == 0.25 * static_cast<double>(degree - 1));
    y.backward(ones<double>({1, 19}));
    for (std::int64_t c = 0; c < 19; ++c) CHECK(x.grad().array().col(c).sum() == doctest::Approx(1));
  }
}

TEST_CASE("quantile of infinities and NaN") {
  CHECK(quantile_of({-inf, 1, 2}, 0.5) == 1);
  CHECK(quantile_of({inf, inf, 0}, 1) == inf);
  CHECK(quantile_of({inf, inf}, 0.5) == inf);
  CHECK(quantile_of({-inf, -inf}, 0.25) == -inf);
  CHECK(std::isnan(quantile_of({1, nan, 2}, 0)));
  CHECK(std::isnan(quantile_of({nan}, 0.5)));
}

TEST_CASE("median: of odd and even numbers, empty value") {
  const graph g({{0, 0}, {1, 0}, {2, 0}, {1, 1}, {2, 1}});
  const tensor x({3, 2}, {5, -1, 1, -2, 2, -9});
  CHECK(same_bits(update_all(g, copy_u(x), reduce::median{}), tensor({3, 2}, {2, -2, 1.5f, -5.5f, 0, 0})));
  CHECK(same_bits(update_all(g, copy_u(x), reduce::median{.empty = 8}), tensor({3, 2}, {2, -2, 1.5f, -5.5f, 8, 8})));
}

// Degrees on both sides of where the way of sorting changes, and all NaN patterns in one column.
TEST_CASE("quantile of many messages") {
  for (std::int64_t n : {2, 3, 7, 64, 100, 1023, 1024, 1025, 3000}) {
    CAPTURE(n);
    const basic_tensor<std::int32_t> zeros({n});
    const graph g = graph::from_coo(zeros, zeros, 1);
    tensor x = random_normal({n, 19}, 3);
    for (std::int64_t i = 0; i < n; ++i) x.mutable_data()[19 * i + 4] = static_cast<float>(i % 3);  // many equal ones
    for (double q : {0.0, 0.2, 0.61, 1.0}) {
      const naive_rows m = naive_messages(g, {{side::edge, as_doubles(x)}}, [](const double* v) { return v[0]; });
      const auto expected = naive_reduce(g, m, 0, [q](const auto& v) { return oracle::quantile(v, q); });
      CHECK(difference(update_all(g, copy_e(x), reduce::quantile{.q = q}), expected) <= 1e-6);
    }
    x.mutable_data()[19 * (n / 2) + 7] = nan;
    const tensor out = update_all(g, copy_e(x), reduce::quantile{.q = 0.4});
    for (std::int64_t c = 0; c < 19; ++c) CHECK(std::isnan(out.at(0, c)) == (c == 7));
  }
}

// Kinds that ship nowhere: order matters, all messages matter.
TEST_CASE("property: mailbox sees the messages in the order of their edge ids") {
  check_property([] {
    const graph g = random_multigraph();
    const auto a = random_operand<float>(g, random_dims());
    const auto m = message([](auto x) { return 2 * x; }, a);
    const naive_rows messages = naive_messages(g, {naive(a)}, [](const double* x) { return 2 * x[0]; });
    const auto weighted = reduce::mailbox([](const auto& box) {
      Eigen::RowVectorXf r = Eigen::RowVectorXf::Zero(box.cols());
      for (std::int64_t j = 0; j < box.rows(); ++j) r += static_cast<float>(j % 3) * box.row(j);
      return r;
    });
    RC_ASSERT(difference(update_all(g, m, weighted), naive_reduce(g, messages, 0, [](const auto& x) {
                           double s = 0;
                           for (std::size_t j = 0; j < x.size(); ++j) s += static_cast<double>(j % 3) * x[j];
                           return s;
                         })) <= 2e-5);
    const auto range = reduce::mailbox([](const auto& box) {
      Eigen::RowVectorXf r(box.cols());  // (column by column: g++ 12 warns falsely of Eigen's maxima of packets)
      for (std::int64_t c = 0; c < box.cols(); ++c) {
        float low = box(0, c), high = low;
        for (std::int64_t j = 1; j < box.rows(); ++j) low = std::min(low, box(j, c)), high = std::max(high, box(j, c));
        r(c) = high - low;
      }
      return r;
    });
    RC_ASSERT(difference(update_all(g, m, range), naive_reduce(g, messages, 0, [](const auto& x) {
                           return oracle::max(x) - oracle::min(x);
                         })) <= 1e-6);
  });
}

TEST_CASE("mailbox of another width: shape (width)") {
  const graph g({{0, 1}, {2, 1}, {1, 0}});
  const tensor x({3, 2, 1}, {1, 2, 3, 4, 5, 6});
  // (degree, second feature of the first message, of the last)
  auto summary = reduce::mailbox(3, [](const auto& box) {
    return Eigen::RowVector3f(static_cast<float>(box.rows()), box(0, 1), box(box.rows() - 1, 1));
  });
  CHECK(same_bits(update_all(g, copy_u(x), summary), tensor({3, 3}, {1, 4, 4, 2, 2, 6, 0, 0, 0})));
  summary.empty = -1;
  CHECK(same_bits(update_all(g, copy_u(x), summary), tensor({3, 3}, {1, 4, 4, 2, 2, 6, -1, -1, -1})));
}

TEST_CASE("mailbox of sum_last messages") {
  const graph g({{0, 1}, {2, 1}, {1, 0}});
  const tensor x({3, 2}, {1, 2, 3, 4, 5, 6});
  CHECK(same_bits(update_all(g, u_dot_v(x, x), reduce::median{}), tensor({3, 1}, {11, 25, 0})));
}

TEST_CASE("a functor of the mailbox that throws or returns the wrong width") {
  graph g({{0, 1}, {1, 0}});
  g.ndata["x"] = ones({2, 3});
  const auto wrong = reduce::mailbox([](const auto&) { return Eigen::RowVectorXf::Zero(2).eval(); });
  CHECK_THROWS_SAYING(g.update_all(copy_u("x"), wrong, "out"), std::invalid_argument,
                      "[mailbox] the functor returned 2 values, expected 3");
  const auto throwing = reduce::mailbox(
      [](const auto& box) -> Eigen::RowVectorXf { throw std::runtime_error("own " + std::to_string(box.cols())); });
  CHECK_THROWS_SAYING(g.update_all(copy_u("x"), throwing, "out"), std::runtime_error, "own 3");
  CHECK(!g.ndata.contains("out"));
}

TEST_CASE("an exact position is its message, whatever infinities stand beside it") {
  CHECK(quantile_of({inf, 5, 4}, 0.5) == 5);
  CHECK(quantile_of({-inf, 1, inf}, 0.5) == 1);
  CHECK(quantile_of({1, inf}, 0) == 1);
  CHECK(quantile_of({-inf, 1}, 1) == 1);
  CHECK(quantile_of({1, inf}, 0.5) == inf);
  CHECK(quantile_of({-inf, 1}, 0.5) == -inf);
  CHECK(quantile_of({1, 2, 3, inf, 5, -inf, 4, 0, 9, 8, 7}, 0.7) == 7);
  CHECK(std::isnan(quantile_of({-inf, inf}, 0.5)));
  for (std::int64_t width : {1, 3, 16, 19, 64}) {
    CAPTURE(width);
    const graph g({{0, 0}, {0, 0}, {0, 0}});
    const auto x = tensor::from(tensor({3, 1}, {inf, 5, 4}).matrix().replicate(1, width));
    CHECK(same_bits(update_all(g, copy_e(x), reduce::median{}), full<float>({1, width}, 5)));
  }
}

TEST_CASE("the point between two messages does not overflow") {
  CHECK(quantile_of({-3e38f, 3e38f}, 0.5) == 0);
  CHECK(quantile_of({-3e38f, 3e38f}, 0.75) == doctest::Approx(1.5e38));
  CHECK(quantile_of({3e38f, 3.2e38f}, 0.5) == doctest::Approx(3.1e38));
  const graph g({{0, 0}, {0, 0}});
  CHECK(update_all(g, copy_e(basic_tensor<double>({2, 1}, {-1.7e308, 1.7e308})), reduce::median{}).at(0) == 0);
}

TEST_CASE("gradients of quantiles beside infinities are finite") {
  const auto gradients = [](std::initializer_list<float> messages, double q) {
    const std::vector<std::int32_t> zeros(messages.size(), 0);
    tensor m({std::ssize(messages), 1}, messages);
    m.set_requires_grad();
    update_all(graph::from_coo(zeros, zeros, 1), copy_e(m), reduce::quantile{.q = q}).backward();
    return m.grad();
  };
  CHECK(same_bits(gradients({inf, 5, 4}, 0.5), tensor({3, 1}, {0, 1, 0})));
  CHECK(same_bits(gradients({1, inf}, 0), tensor({2, 1}, {1, 0})));
  CHECK(same_bits(gradients({-3e38f, 3e38f}, 0.5), tensor({2, 1}, {0.5, 0.5})));
  CHECK(same_bits(gradients({inf, inf, 0}, 0.75), tensor({3, 1}, {0.5, 0.5, 0})));
}

}  // namespace
}  // namespace edgefold
