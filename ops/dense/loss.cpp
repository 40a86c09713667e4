#include <edgefold/ops/dense/loss.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/parallel.hpp>
#include <edgefold/core/simd/for_packs.hpp>
#include <edgefold/ops/dense/private/row_length.hpp>

#include <cmath>

namespace edgefold {
namespace {

using labels_type = basic_tensor<std::int64_t>;

// The sum of f(begin, end) over ranges of `length` items that cover n, in order.
template <class F>
double sum_parts(std::int64_t n, std::int64_t length, const F& f) {
  std::vector<double> parts(static_cast<std::size_t>((n + length - 1) / length));
  parallel_for(n, length, [&](std::int64_t begin, std::int64_t end) {
    parts[static_cast<std::size_t>(begin / length)] = f(begin, end);
  });
  double sum = 0;
  for (const double p : parts) sum += p;
  return sum;
}

// f of the elements of a and b, in packs: their sum.
template <class T, class F>
double sum_pairs(const basic_tensor<T>& a, const basic_tensor<T>& b, const F& f) {
  constexpr std::int64_t length = 2048;
  return sum_parts(a.size(), length, [&, x = a.data(), y = b.data()](std::int64_t begin, std::int64_t end) {
    T terms[length];
    impl::for_packs<T>(begin, end, [&](std::int64_t i, const auto& lanes) {
      impl::store(terms + (i - begin), f(impl::load(x + i, lanes), impl::load(y + i, lanes)), lanes);
    });
    return static_cast<double>(impl::sum_of_row(terms, end - begin));
  });
}

// The same: a tensor of them.
template <class T, class F>
basic_tensor<T> map_pairs(const basic_tensor<T>& a, const basic_tensor<T>& b, const F& f) {
  auto out = basic_tensor<T>::uninitialized(a.shape());
  parallel_for(a.size(), 1 << 14,
               [&, x = a.data(), y = b.data(), to = out.mutable_data()](std::int64_t begin, std::int64_t end) {
                 impl::for_packs<T>(begin, end, [&](std::int64_t i, const auto& lanes) {
                   impl::store(to + i, f(impl::load(x + i, lanes), impl::load(y + i, lanes)), lanes);
                 });
               });
  return out;
}

template <class T>
void check_pairs(const basic_tensor<T>& a, const basic_tensor<T>& b, std::string_view operation) {
  check(a.defined() && b.defined(), operation, "an operand is a tensor without storage");
  check(a.shape() == b.shape(), operation, "the operands have shapes ", a.shape(), " and ", b.shape());
  check(a.size() > 0, operation, "no elements in shape ", a.shape());
}

// What both losses of pairs are: the mean of f(a, b), whose gradients are g / size times da(a, b) and db(a, b).
template <class T, class F, class A, class B>
basic_tensor<T> mean_of_pairs(const basic_tensor<T>& a, const basic_tensor<T>& b, const F& f, const A& da,
                              const B& db) {
  const auto n = static_cast<double>(a.size());
  basic_tensor<T> loss({1, 1}, {static_cast<T>(sum_pairs(a, b, f) / n)});
  if (needs_grad(a, b))
    record(
        loss,
        [n, da, db, a = saved(a), b = saved(b)](const basic_tensor<T>& g, const vjp_inputs& in) {
          const T scale = static_cast<T>(static_cast<double>(g.item()) / n);
          auto scaled = [scale](const auto& d) { return [=](auto x, auto y) { return scale * d(x, y); }; };
          if (in.wants(0)) in.add(0, map_pairs(a.get(), b.get(), scaled(da)));
          if (in.wants(1)) in.add(1, map_pairs(a.get(), b.get(), scaled(db)));
        },
        a, b);
  return loss;
}

// Throws unless there is one label a row of `x`, each below `classes`.
template <class T>
void check_labels(const basic_tensor<T>& x, std::int64_t classes, const labels_type& labels,
                  std::string_view operation) {
  check(x.rows() > 0, operation, "no rows in shape ", x.shape());
  const shape_type plain{x.rows()}, column{x.rows(), 1};
  check(labels.shape() == plain || labels.shape() == column, operation, "the labels have shape ", labels.shape(),
        ", expected ", plain, " or ", column);
  for (std::int64_t i = 0; i < x.rows(); ++i)
    check(labels.data()[i] >= 0 && labels.data()[i] < classes, operation, "the label of row ", i, " is ",
          labels.data()[i], ", expected 0 .. ", classes - 1);
}

// Rows worth a task, of so many elements.
std::int64_t rows_of_task(std::int64_t width) {
  return std::max<std::int64_t>(1, (1 << 12) / std::max<std::int64_t>(1, width));
}

struct margins {
  double plus, minus, lambda;

  // By how much the length of a class is on the wrong side; NaN stays NaN.
  double excess(double r, bool is_label) const {
    const double x = is_label ? plus - r : r - minus;
    return x <= 0 ? 0 : x;
  }
};

template <class T>
double length_of(const T* v, std::int64_t d) {
  if constexpr (std::same_as<T, double>) {
    const auto [scale, scaled] = impl::length_of_row(v, d);
    return scaled / scale;
  }
  double sum = 0;  // the square of a float is exact
  for (std::int64_t i = 0; i < d; ++i) sum += static_cast<double>(v[i]) * static_cast<double>(v[i]);
  return std::sqrt(sum);
}

template <class T>
double margin_of_row(const T* v, std::int64_t classes, std::int64_t d, std::int64_t label, const margins& m) {
  double sum = 0;
  for (std::int64_t k = 0; k < classes; ++k) {
    const double x = m.excess(length_of(v + k * d, d), k == label);
    sum += (k == label ? 1 : m.lambda) * x * x;
  }
  return sum;
}

// d / d v of a row's loss is (d / d r) v / r.
template <class T>
void margin_gradient(const T* v, std::int64_t classes, std::int64_t d, std::int64_t label, const margins& m,
                     double scale, T* to) {
  for (std::int64_t k = 0; k < classes; ++k) {
    const double r = length_of(v + k * d, d), x = m.excess(r, k == label);
    const double slope = k == label ? -2 * x : 2 * m.lambda * x;
    const T factor = r == 0 ? T(0) : static_cast<T>(scale * slope / r);
    for (std::int64_t i = 0; i < d; ++i) to[k * d + i] = factor * v[k * d + i];
  }
}

}  // namespace

template <std::floating_point T>
basic_tensor<T> cross_entropy(const basic_tensor<T>& logits, const labels_type& labels) {
  check(logits.num_dims() == 2, "cross_entropy", "the logits have shape ", logits.shape(), ", expected (n, classes)");
  const std::int64_t n = logits.rows(), classes = logits.width(), grain = rows_of_task(classes);
  check_labels(logits, classes, labels, "cross_entropy");
  const double sum = sum_parts(n, grain, [&, x = logits.data(), at = labels.data()](std::int64_t i, std::int64_t end) {
    double part = 0;
    for (; i < end; ++i) {
      const T* const row = x + i * classes;
      const T top = impl::max_of_row(row, classes), rest = impl::exp_of_row<T>(row, classes, top, nullptr);
      part += static_cast<double>(top - row[at[i]]) + std::log(static_cast<double>(rest));
    }
    return part;
  });
  basic_tensor<T> loss({1, 1}, {static_cast<T>(sum / static_cast<double>(n))});
  if (needs_grad(logits))
    record(
        loss,
        [=, logits = saved(logits), labels = saved(labels)](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto d = basic_tensor<T>::uninitialized({n, classes});
          const T scale = static_cast<T>(static_cast<double>(g.item()) / static_cast<double>(n));
          parallel_for(n, grain,
                       [=, x = logits.get().data(), at = labels.get().data(), to = d.mutable_data()](std::int64_t i,
                                                                                                     std::int64_t end) {
                         for (; i < end; ++i) {  // scale (softmax - 1 at the label)
                           const T *const row = x + i * classes, top = impl::max_of_row(row, classes);
                           T* const out = to + i * classes;
                           const T share = scale / impl::exp_of_row(row, classes, top, out);
                           for (std::int64_t k = 0; k < classes; ++k) out[k] *= share;
                           out[at[i]] -= scale;
                         }
                       });
          in.add(0, d);
        },
        logits);
  return loss;
}

template <std::floating_point T>
basic_tensor<T> binary_cross_entropy_with_logits(const basic_tensor<T>& logits, const basic_tensor<T>& targets) {
  check_pairs(logits, targets, "binary_cross_entropy_with_logits");
  return mean_of_pairs(
      logits, targets, [](auto z, auto t) { return max(z, T(0)) - z * t + log1p(exp(-abs(z))); },
      [](auto z, auto t) { return sigmoid(z) - t; }, [](auto z, auto) { return -z; });
}

template <std::floating_point T>
basic_tensor<T> mse(const basic_tensor<T>& x, const basic_tensor<T>& y) {
  check_pairs(x, y, "mse");
  return mean_of_pairs(
      x, y, [](auto a, auto b) { return (a - b) * (a - b); }, [](auto a, auto b) { return T(2) * (a - b); },
      [](auto a, auto b) { return T(2) * (b - a); });
}

template <std::floating_point T>
basic_tensor<T> margin_loss(const basic_tensor<T>& v, const labels_type& labels, double m_plus, double m_minus,
                            double lambda) {
  check(v.num_dims() == 3, "margin_loss", "v has shape ", v.shape(), ", expected (n, classes, d)");
  const std::int64_t n = v.rows(), classes = v.shape()[1], d = v.shape()[2], grain = rows_of_task(v.width());
  check_labels(v, classes, labels, "margin_loss");
  const margins m{m_plus, m_minus, lambda};
  const double sum = sum_parts(n, grain, [&, x = v.data(), at = labels.data()](std::int64_t i, std::int64_t end) {
    double part = 0;
    for (; i < end; ++i) part += margin_of_row(x + i * classes * d, classes, d, at[i], m);
    return part;
  });
  basic_tensor<T> loss({1, 1}, {static_cast<T>(sum / static_cast<double>(n))});
  if (needs_grad(v))
    record(
        loss,
        [=, v = saved(v), labels = saved(labels)](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto dv = basic_tensor<T>::uninitialized({n, classes, d});
          const double scale = static_cast<double>(g.item()) / static_cast<double>(n);
          parallel_for(n, grain,
                       [=, x = v.get().data(), at = labels.get().data(), to = dv.mutable_data()](std::int64_t i,
                                                                                                 std::int64_t end) {
                         for (; i < end; ++i)
                           margin_gradient(x + i * classes * d, classes, d, at[i], m, scale, to + i * classes * d);
                       });
          in.add(0, dv);
        },
        v);
  return loss;
}

#define EDGEFOLD_LOSSES(T)                                                                                        \
  template basic_tensor<T> cross_entropy(const basic_tensor<T>&, const basic_tensor<std::int64_t>&);              \
  template basic_tensor<T> binary_cross_entropy_with_logits(const basic_tensor<T>&, const basic_tensor<T>&);      \
  template basic_tensor<T> mse(const basic_tensor<T>&, const basic_tensor<T>&);                                   \
  template basic_tensor<T> margin_loss(const basic_tensor<T>&, const basic_tensor<std::int64_t>&, double, double, \
                                       double)
EDGEFOLD_LOSSES(float);
EDGEFOLD_LOSSES(double);
#undef EDGEFOLD_LOSSES

}  // namespace edgefold
