// Message passing the naive way, in double: for each edge, for each feature. What the kernels are compared with.
#pragma once
#include <edgefold/ops/message/operand.hpp>

#include <support/tensors.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace edgefold::testing {

// Values of `rows` rows of shape `dims`, as doubles.
struct naive_rows {
  std::int64_t rows;
  shape_type dims;
  std::vector<double> values;
  std::int64_t width() const {
    std::int64_t n = 1;
    for (std::int64_t d : dims) n *= d;
    return n;
  }
};

struct naive_operand {
  side where;
  naive_rows data;
};

template <element T>
naive_rows as_doubles(const basic_tensor<T>& t) {
  naive_rows r{t.rows(), shape_type(t.shape().begin() + 1, t.shape().end()), {}};
  for (T x : t.values()) r.values.push_back(static_cast<double>(x));
  return r;
}
template <element T>
naive_operand naive(const operand<T>& o) {
  return {o.where, as_doubles(o.value)};
}

// NumPy's rule on dims aligned at the right; the caller's shapes are known to broadcast.
inline shape_type naive_broadcast(const std::vector<naive_operand>& operands) {
  shape_type common;
  for (const naive_operand& o : operands) {
    const shape_type& own = o.data.dims;
    if (own.size() > common.size()) common.insert(common.begin(), own.size() - common.size(), 1);
    for (std::size_t d = 0; d < own.size(); ++d) {
      std::int64_t& c = common[common.size() - own.size() + d];
      if (c == 1) c = own[d];
    }
  }
  return common;
}

// Where the element at `index` of the features `common` stands in a row of shape `own`.
inline std::int64_t naive_position(std::int64_t index, const shape_type& common, const shape_type& own) {
  std::int64_t at = 0, step = 1;
  for (std::size_t back = 1; back <= own.size(); ++back) {
    const std::int64_t size = common[common.size() - back], i = index % size;
    index /= size;
    if (own[own.size() - back] != 1) at += i * step;
    step *= own[own.size() - back];
  }
  return at;
}

// f(values of the operands) on each edge and feature; f takes a pointer to as many doubles as there are operands.
template <class F>
naive_rows naive_messages(const graph& g, const std::vector<naive_operand>& operands, F&& f) {
  naive_rows out{g.num_edges(), naive_broadcast(operands), {}};
  const vertex_id *from = g.topology().sources(), *to = g.topology().targets();
  std::vector<double> x(operands.size());
  for (std::int64_t e = 0; e < out.rows; ++e)
    for (std::int64_t c = 0; c < out.width(); ++c) {
      for (std::size_t i = 0; i < operands.size(); ++i) {
        const naive_operand& o = operands[i];
        const std::int64_t row = o.where == side::src    ? from[e]
                                 : o.where == side::dst  ? to[e]
                                 : o.where == side::edge ? e
                                                         : 0;
        x[i] = o.data.values[static_cast<std::size_t>(row * o.data.width() + naive_position(c, out.dims, o.data.dims))];
      }
      out.values.push_back(f(x.data()));
    }
  return out;
}

inline naive_rows naive_sum_last(const naive_rows& m) {
  const std::int64_t last = m.dims.empty() ? 1 : m.dims.back();
  naive_rows out{m.rows, m.dims, {}};
  if (out.dims.empty()) out.dims.push_back(1);
  out.dims.back() = 1;
  for (std::int64_t i = 0; i < m.rows * out.width(); ++i) {
    double s = 0;
    for (std::int64_t c = 0; c < last; ++c) s += m.values[static_cast<std::size_t>(i * last + c)];
    out.values.push_back(s);
  }
  return out;
}

// What a reducer makes of the messages of one node and feature, in the order of their edge ids.
using naive_reducer = std::function<double(const std::vector<double>&)>;

inline naive_rows naive_reduce(const graph& g, const naive_rows& m, double empty, const naive_reducer& r) {
  naive_rows out{g.num_dst(), m.dims, {}};
  std::vector<std::vector<std::int64_t>> arriving(static_cast<std::size_t>(g.num_dst()));
  for (std::int64_t e = 0; e < g.num_edges(); ++e)
    arriving[static_cast<std::size_t>(g.topology().targets()[e])].push_back(e);
  std::vector<double> x;
  for (const auto& edges : arriving)
    for (std::int64_t c = 0; c < m.width(); ++c) {
      x.clear();
      for (std::int64_t e : edges) x.push_back(m.values[static_cast<std::size_t>(e * m.width() + c)]);
      out.values.push_back(x.empty() ? empty : r(x));
    }
  return out;
}

// The greatest |got - expected| / max(1, |expected|); infinity where shapes, NaNs or infinities do not agree.
template <element T>
double difference(const basic_tensor<T>& got, const naive_rows& expected) {
  shape_type shape{expected.rows};
  shape.insert(shape.end(), expected.dims.begin(), expected.dims.end());
  return relative_difference(cast<double>(got), basic_tensor<double>(shape, std::span<const double>(expected.values)));
}

// Reducers said once more, on all messages of a node.
namespace oracle {
inline double sum(const std::vector<double>& x) {
  double s = 0;
  for (double v : x) s += v;
  return s;
}
inline double count(const std::vector<double>& x) { return static_cast<double>(x.size()); }
inline double mean(const std::vector<double>& x) { return sum(x) / count(x); }
inline double max(const std::vector<double>& x) { return *std::max_element(x.begin(), x.end()); }
inline double min(const std::vector<double>& x) { return *std::min_element(x.begin(), x.end()); }
inline double prod(const std::vector<double>& x) {
  double s = 1;
  for (double v : x) s *= v;
  return s;
}
inline double var(const std::vector<double>& x) {
  const double m = mean(x);
  double s = 0;
  for (double v : x) s += (v - m) * (v - m);
  return s / count(x);
}
inline double std(const std::vector<double>& x) { return std::sqrt(var(x)); }
inline double log_sum_exp(const std::vector<double>& x) {
  double s = 0;
  const double top = max(x);
  for (double v : x) s += std::exp(v - top);
  return top + std::log(s);
}
inline double softmax(const std::vector<double>& x, double beta) {
  double s = 0, w = 0;
  for (double v : x) s += std::exp(beta * v), w += v * std::exp(beta * v);
  return w / s;
}
inline double power_mean(const std::vector<double>& x, double p) {
  double s = 0;
  for (double v : x) s += std::pow(v, p);
  return std::pow(s / count(x), 1 / p);
}
inline double quantile(std::vector<double> x, double q) {
  std::sort(x.begin(), x.end());
  const double at = q * static_cast<double>(x.size() - 1), low = std::floor(at);
  const double a = x[static_cast<std::size_t>(low)], b = x[static_cast<std::size_t>(std::ceil(at))];
  return a + (b - a) * (at - low);
}
inline double any(const std::vector<double>& x) {
  return std::any_of(x.begin(), x.end(), [](double v) { return v != 0; });
}
inline double all(const std::vector<double>& x) {
  return std::all_of(x.begin(), x.end(), [](double v) { return v != 0; });
}
}  // namespace oracle

}  // namespace edgefold::testing
