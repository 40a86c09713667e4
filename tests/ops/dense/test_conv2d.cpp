#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/random.hpp>
#include <edgefold/ops/dense/conv2d.hpp>
#include <edgefold/ops/dense/grad_check.hpp>

#include <doctest/doctest.h>

#include <support/shared.hpp>
#include <support/tensors.hpp>
#include <support/thread_counts.hpp>

using namespace edgefold;
using testing::relative_difference;

namespace {

using array = basic_tensor<double>;
using arrays = std::vector<array>;

struct conv_case {
  std::int64_t batch, c, h, w, o, kh, kw, stride, padding;
  shape_type x() const { return {batch, c, h, w}; }
  shape_type weight() const { return {o, c, kh, kw}; }
};

// Calls f(element of x, element of the weight, element of y) for every product of the definition.
template <class F>
void each_product(const conv_case& s, const F& f) {
  const std::int64_t out_h = (s.h + 2 * s.padding - s.kh) / s.stride + 1,
                     out_w = (s.w + 2 * s.padding - s.kw) / s.stride + 1;
  for (std::int64_t b = 0; b < s.batch; ++b)
    for (std::int64_t o = 0; o < s.o; ++o)
      for (std::int64_t i = 0; i < out_h; ++i)
        for (std::int64_t j = 0; j < out_w; ++j)
          for (std::int64_t c = 0; c < s.c; ++c)
            for (std::int64_t u = 0; u < s.kh; ++u)
              for (std::int64_t v = 0; v < s.kw; ++v) {
                const std::int64_t y = i * s.stride + u - s.padding, x = j * s.stride + v - s.padding;
                if (y < 0 || y >= s.h || x < 0 || x >= s.w) continue;
                f(((b * s.c + c) * s.h + y) * s.w + x, ((o * s.c + c) * s.kh + u) * s.kw + v,
                  ((b * s.o + o) * out_h + i) * out_w + j);
              }
}

// What conv2d and its gradients for upstream g are compared with.
struct naive_conv {
  array y, dx, dw, db;
  naive_conv(const conv_case& s, const array& x, const array& w, const array& bias, const array& g)
      : y(g.shape()), dx(x.shape()), dw(w.shape()), db({s.o}) {
    const std::int64_t pixels = g.shape()[2] * g.shape()[3];
    for (std::int64_t i = 0; i < y.size(); ++i) {
      y.mutable_data()[i] = bias.data()[i / pixels % s.o];
      db.mutable_data()[i / pixels % s.o] += g.data()[i];
    }
    each_product(s, [&](std::int64_t i, std::int64_t k, std::int64_t j) {
      y.mutable_data()[j] += x.data()[i] * w.data()[k];
      dx.mutable_data()[i] += g.data()[j] * w.data()[k];
      dw.mutable_data()[k] += g.data()[j] * x.data()[i];
    });
  }
};

template <class T>
void check_case(const conv_case& s, double tolerance) {
  CAPTURE(to_string(s.x()));
  CAPTURE(to_string(s.weight()));
  CAPTURE(s.stride);
  CAPTURE(s.padding);
  auto x = random_normal<T>(s.x(), 1), w = random_normal<T>(s.weight(), 2), bias = random_normal<T>({s.o}, 3);
  x.set_requires_grad();
  w.set_requires_grad();
  bias.set_requires_grad();
  const auto y = conv2d(x, w, bias, s.stride, s.padding);
  const auto g = random_normal<T>(y.shape(), 4);
  y.backward(g);
  const naive_conv expected(s, cast<double>(x.detach()), cast<double>(w.detach()), cast<double>(bias.detach()),
                            cast<double>(g));
  CHECK(relative_difference(y, expected.y) < tolerance);
  CHECK(relative_difference(x.grad(), expected.dx) < tolerance);
  CHECK(relative_difference(w.grad(), expected.dw) < tolerance);
  CHECK(relative_difference(bias.grad(), expected.db) < tolerance);
}

const std::vector<conv_case> cases = {
    {1, 1, 1, 1, 1, 1, 1, 1, 0},     {2, 3, 5, 7, 4, 3, 2, 1, 0},    {3, 1, 12, 12, 6, 5, 5, 1, 0},
    {2, 6, 9, 9, 4, 3, 3, 2, 0},     {2, 5, 8, 6, 7, 3, 3, 1, 1},    {2, 17, 7, 7, 20, 3, 3, 3, 2},
    {1, 2, 4, 4, 3, 4, 4, 1, 0},     {7, 9, 3, 3, 5, 3, 3, 1, 0},    {2, 2, 3, 3, 2, 1, 1, 2, 3},
    {1, 40, 11, 13, 33, 5, 3, 2, 1}, {3, 300, 4, 4, 18, 2, 2, 1, 0}, {2, 4, 30, 20, 300, 3, 3, 1, 1},
    {5, 2, 2, 2, 3, 2, 2, 1, 4},     {2, 16, 6, 6, 16, 3, 3, 1, 0},
};

}  // namespace

TEST_CASE("conv2d: a case by hand") {
  const tensor x({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6}), w({1, 1, 2, 2}, {1, 0, 0, -1}), bias({1}, {10});
  CHECK(testing::same_bits(conv2d(x, w, bias), tensor({1, 1, 1, 2}, {10 + 1 - 5, 10 + 2 - 6})));
  CHECK(testing::same_bits(conv2d(x, w, tensor()), tensor({1, 1, 1, 2}, {-4, -4})));
  CHECK(testing::same_bits(conv2d(x, w, tensor(), 2, 1), tensor({1, 1, 2, 2}, {-1, -3, 0, 5})));
}

TEST_CASE("conv2d: forward and gradients against the definition, float and double") {
  for (const conv_case& s : cases) {
    check_case<float>(s, 2e-4);
    check_case<double>(s, 1e-11);
  }
}

TEST_CASE("conv2d: many pixels, whose filter gradients are summed in parts") {
  check_case<float>({6, 1, 25, 24, 5, 3, 3, 1, 0}, 2e-4);
  check_case<double>({6, 3, 25, 24, 5, 3, 3, 1, 1}, 1e-11);
}

TEST_CASE("conv2d: torch's numbers") {
  for (const char* name : {"conv_a", "conv_b"}) {
    const auto file = testing::shared_file(std::string("reference/") + name + ".npz");
    if (file.empty()) return;
    const auto all = read_npz(file);
    auto get = [&](const char* key) { return std::get<tensor>(all.at(key)); };
    tensor x = get("x"), w = get("w"), b = get("b");
    const auto stride = std::visit([](const auto& t) { return static_cast<std::int64_t>(t.item()); }, all.at("stride"));
    x.set_requires_grad();
    w.set_requires_grad();
    b.set_requires_grad();
    const tensor y = conv2d(x, w, b, stride);
    y.backward(get("up"));
    CHECK(relative_difference(y, get("y")) < 1e-5);
    CHECK(relative_difference(x.grad(), get("dx")) < 1e-5);
    CHECK(relative_difference(w.grad(), get("dw")) < 1e-5);
    CHECK(relative_difference(b.grad(), get("db")) < 1e-5);
  }
}

TEST_CASE("conv2d: gradients") {
  for (const conv_case& s : cases) {
    if (s.batch * s.c * s.h * s.w * s.o > 20'000) continue;
    const grad_check_result r = grad_check(
        [&](const arrays& in) { return conv2d(in[0], in[1], in[2], s.stride, s.padding); },
        {random_normal<double>(s.x(), 1), random_normal<double>(s.weight(), 2), random_normal<double>({s.o}, 3)},
        {.max_elements = 20});
    CAPTURE(r.where);
    CHECK(r);
  }
  const grad_check_result r = grad_check([](const arrays& in) { return conv2d(in[0], in[0], array(), 1, 1); },
                                         {random_normal<double>({2, 2, 3, 3}, 1)});
  CAPTURE(r.where);
  CHECK(r);
}

TEST_CASE("conv2d: what is not asked for is neither computed nor saved") {
  tensor x = random_normal({2, 3, 5, 5}, 1), w = random_normal({4, 3, 3, 3}, 2), b = random_normal({4}, 3);
  b.set_requires_grad();
  const tensor y = conv2d(x, w, b);
  x.mutable_data()[0] = w.mutable_data()[0] = 0;
  y.backward(ones(y.shape()));
  CHECK(testing::same_bits(b.grad(), full<float>({4}, 2 * 3 * 3)));
  CHECK_FALSE(x.grad().defined());
  x.set_requires_grad();
  const tensor z = conv2d(x, w, tensor());
  w.mutable_data()[0] = 1;
  CHECK_THROWS_SAYING(z.backward(ones(z.shape())), std::invalid_argument, "[backward] a tensor of shape (4, 3, 3, 3)");
}

TEST_CASE("conv2d: no images, no filters") {
  tensor x({0, 3, 5, 5}), w({4, 3, 3, 3}), b({4});
  x.set_requires_grad();
  w.set_requires_grad();
  b.set_requires_grad();
  const tensor y = conv2d(x, w, b);
  CHECK(y.shape() == shape_type{0, 4, 3, 3});
  y.backward(y.detach());
  CHECK(testing::same_bits(w.grad(), tensor({4, 3, 3, 3})));
  CHECK(testing::same_bits(b.grad(), tensor({4})));
  CHECK(conv2d(tensor({2, 3, 5, 5}), tensor({0, 3, 3, 3}), tensor()).shape() == shape_type{2, 0, 3, 3});
}

TEST_CASE("conv2d: not a number stays where filters meet it") {
  tensor x = ones({1, 1, 6, 6});
  x.mutable_data()[0] = NAN;
  x.mutable_data()[35] = INFINITY;
  const tensor y = conv2d(x, ones({20, 1, 3, 3}), tensor(), 1, 1);
  for (std::int64_t o = 0; o < 20; ++o)
    for (std::int64_t i = 0; i < 6; ++i)
      for (std::int64_t j = 0; j < 6; ++j) {
        const float v = y.at(0, (o * 6 + i) * 6 + j);
        if (i < 2 && j < 2) CHECK(std::isnan(v));
        else CHECK(std::isinf(v) == (i > 3 && j > 3));
      }
}

TEST_CASE("conv2d: the same bits for any number of threads") {
  for (const conv_case& s : {conv_case{9, 1, 20, 20, 40, 9, 9, 1, 0}, conv_case{10, 20, 10, 10, 30, 3, 3, 2, 1}}) {
    const tensor x = random_normal(s.x(), 1), w = random_normal(s.weight(), 2), b = random_normal({s.o}, 3);
    auto run = [&](int which) {
      tensor in[] = {x.clone(), w.clone(), b.clone()};
      for (tensor& t : in) t.set_requires_grad();
      const tensor y = conv2d(in[0], in[1], in[2], s.stride, s.padding);
      y.backward(random_normal(y.shape(), 4));
      return which == 3 ? y.detach() : in[which].grad();
    };
    for (int which = 0; which < 4; ++which) testing::check_thread_counts([&] { return run(which); });
  }
}

TEST_CASE("conv2d: operands that do not fit") {
  const tensor x({2, 3, 5, 6}), w({4, 3, 3, 3});
  CHECK_THROWS_SAYING(conv2d(x, tensor({4, 2, 3, 3}), tensor()), std::invalid_argument,
                      "[conv2d] x has shape (2, 3, 5, 6), the weight (4, 2, 3, 3), expected (batch, c, h, w) and");
  CHECK_THROWS_SAYING(conv2d(tensor({2, 3, 5}), w, tensor()), std::invalid_argument, "x has shape (2, 3, 5)");
  CHECK_THROWS_SAYING(conv2d(tensor(), w, tensor()), std::invalid_argument, "without storage");
  CHECK_THROWS_SAYING(conv2d(x, w, tensor({3})), std::invalid_argument, "the bias has shape (3), expected (4)");
  CHECK_THROWS_SAYING(conv2d(x, w, tensor(), 0), std::invalid_argument, "a stride of at least 1");
  CHECK_THROWS_SAYING(conv2d(x, w, tensor(), 1, -1), std::invalid_argument, "got 1 and -1");
  CHECK_THROWS_SAYING(conv2d(x, tensor({4, 3, 6, 3}), tensor()), std::invalid_argument, "larger than the image");
  CHECK_THROWS_SAYING(conv2d(x, tensor({4, 3, 3, 0}), tensor()), std::invalid_argument, "filters without elements");
  CHECK_NOTHROW(conv2d(x, tensor({4, 3, 7, 3}), tensor(), 1, 1));
  for (const int power : {30, 40, 62})
    CHECK_THROWS_SAYING(
        conv2d(x, w, tensor(), 1, std::int64_t{1} << power), std::invalid_argument,
        "[conv2d] the padding is " + std::to_string(std::int64_t{1} << power) + ", too much for images");
  CHECK_THROWS_SAYING(conv2d(x, w, tensor(), 1, INT64_MAX), std::invalid_argument, "too much for images");
}
