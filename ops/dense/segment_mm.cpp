#include <edgefold/ops/dense/segment_mm.hpp>

#include <edgefold/core/autograd.hpp>
#include <edgefold/core/private/edge_sort.hpp>
#include <edgefold/ops/dense/private/gemm.hpp>
#include <edgefold/ops/dense/shape_ops.hpp>

namespace edgefold {
namespace {

// Of segment i: C_i = A_i B_i; the vjp is dA_i = G_i B_i^T, dB_i = A_i^T G_i.
struct segment_sizes {
  std::vector<std::int64_t> begin;  // the first row of each segment, and the number of rows
  std::int64_t k, m;

  // Calls body(segment, first row, rows).
  template <class Body>
  void each(const Body& body) const {
    parallel_for(std::ssize(begin) - 1, 1, [&](std::int64_t i, std::int64_t end) {
      for (; i < end; ++i) {
        const std::int64_t* const row = begin.data() + i;
        body(i, row[0], row[1] - row[0]);
      }
    });
  }
  template <class T>
  void forward(const T* a, const T* b, T* c) const {
    each([&](std::int64_t i, std::int64_t row, std::int64_t n) {
      impl::multiply<T>({a + row * k, b + i * k * m, c + row * m, n, k, m});
    });
  }
  template <class T>
  void grad_a(const T* g, const T* b, T* d) const {
    each([&](std::int64_t i, std::int64_t row, std::int64_t n) {
      impl::multiply<T>({g + row * m, b + i * k * m, d + row * k, n, m, k, 1, false, true});
    });
  }
  template <class T>
  void grad_b(const T* a, const T* g, T* d) const {
    each([&](std::int64_t i, std::int64_t row, std::int64_t n) {
      impl::multiply<T>({a + row * k, g + row * m, d + i * k * m, k, n, m, 1, true, false});
    });
  }
};

}  // namespace

template <std::floating_point T>
basic_tensor<T> segment_mm(const basic_tensor<T>& a, const basic_tensor<T>& b, const id_list& lengths) {
  check(a.num_dims() == 2 && b.num_dims() == 3 && a.width() == b.shape()[1] && b.rows() == lengths.size(), "segment_mm",
        "a has shape ", a.shape(), ", b has shape ", b.shape(), ", there are ", lengths.size(),
        " segments, expected (rows, k) and (segments, k, m)");
  segment_sizes sizes{{0}, a.width(), b.shape()[2]};
  for (std::int64_t i = 0; i < lengths.size(); ++i) {
    check(lengths[i] >= 0, "segment_mm", "a length is negative");
    check(lengths[i] <= a.rows() - sizes.begin.back(), "segment_mm", "a has ", a.rows(),
          " rows, the segments have more");
    sizes.begin.push_back(sizes.begin.back() + lengths[i]);
  }
  const std::int64_t rows = sizes.begin.back();
  check(rows == a.rows(), "segment_mm", "a has ", a.rows(), " rows, the segments have ", rows);
  auto c = basic_tensor<T>::uninitialized({a.rows(), sizes.m});
  sizes.forward(a.data(), b.data(), c.mutable_data());
  if (needs_grad(a, b))
    record(
        c,
        [sizes, a = saved(b.requires_grad() ? a : basic_tensor<T>()),
         b = saved(a.requires_grad() ? b : basic_tensor<T>()), a_shape = a.shape(),
         b_shape = b.shape()](const basic_tensor<T>& g, const vjp_inputs& in) {
          auto give = [&](std::size_t i, const shape_type& shape, const auto& compute) {
            if (!in.wants(i)) return;
            auto d = basic_tensor<T>::uninitialized(shape);
            compute(d.mutable_data());
            in.add(i, d);
          };
          give(0, a_shape, [&](T* d) { sizes.grad_a(g.data(), b.get().data(), d); });
          give(1, b_shape, [&](T* d) { sizes.grad_b(a.get().data(), g.data(), d); });
        },
        a, b);
  return c;
}

template <std::floating_point T>
basic_tensor<T> gather_mm(const basic_tensor<T>& a, const basic_tensor<T>& b, const id_list& ids) {
  check(a.num_dims() == 2 && b.num_dims() == 3 && a.width() == b.shape()[1] && a.rows() == ids.size(), "gather_mm",
        "a has shape ", a.shape(), ", b has shape ", b.shape(), ", there are ", ids.size(),
        " ids, expected (rows, k) and (matrices, k, m)");
  ids.check_range(b.rows(), "gather_mm", "id");
  const auto keys = ids.to_int32();
  const edge_groups groups = detail::group_edges(keys, keys, b.rows()).view(b.rows());
  std::vector<std::int64_t> lengths, order, place(static_cast<std::size_t>(a.rows()));
  for (std::int64_t i = 0; i < b.rows(); ++i) lengths.push_back(groups.degree(i));
  for (std::int64_t at = 0; at < a.rows(); ++at) {
    order.push_back(groups.id_at(at));
    place[static_cast<std::size_t>(order.back())] = at;
  }
  return gather_rows(segment_mm(gather_rows(a, order), b, lengths), place);
}

#define EDGEFOLD_SEGMENT_MM(T)                                                                            \
  template basic_tensor<T> segment_mm<T>(const basic_tensor<T>&, const basic_tensor<T>&, const id_list&); \
  template basic_tensor<T> gather_mm<T>(const basic_tensor<T>&, const basic_tensor<T>&, const id_list&)
EDGEFOLD_SEGMENT_MM(float);
EDGEFOLD_SEGMENT_MM(double);
#undef EDGEFOLD_SEGMENT_MM

}  // namespace edgefold
