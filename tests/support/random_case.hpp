// Random graphs, shapes and operands for properties. To be called inside of check_property.
#pragma once
#include <edgefold/core/random.hpp>

#include <support/oracle.hpp>
#include <support/property.hpp>

namespace edgefold::testing {

// A multigraph of few vertices: isolated ones, self-loops, parallel edges; in any order, or sorted by destination.
inline graph random_multigraph() {
  const int n = *rc::gen::inRange(1, 12);
  const auto end = rc::gen::inRange(0, n);
  auto edges = *rc::gen::container<std::vector<std::pair<int, int>>>(rc::gen::pair(end, end)).as("edges");
  if (*rc::gen::arbitrary<bool>().as("sorted by destination"))
    std::stable_sort(edges.begin(), edges.end(), [](auto& a, auto& b) { return a.second < b.second; });
  std::vector<std::int32_t> from, to;
  for (const auto& [u, v] : edges) from.push_back(u), to.push_back(v);
  return graph::from_coo(from, to, n);
}

// Feature shape of up to three dims; widths about the lanes of packs come often.
inline shape_type random_dims() {
  shape_type dims = *rc::gen::resize(2, rc::gen::container<shape_type>(rc::gen::inRange<std::int64_t>(1, 5)));
  if (*rc::gen::inRange(0, 10) > 0)
    dims.push_back(
        *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(1, 71), rc::gen::elementOf(shape_type{15, 16, 17, 63, 64, 65})));
  return dims;
}

// A shape that broadcasts to `dims`: some leading dims left out, some dims 1.
inline shape_type random_part(const shape_type& dims) {
  shape_type own(dims.begin() + *rc::gen::weightedElement<int>({{3, 0}, {1, static_cast<int>(dims.size()) / 2}}),
                 dims.end());
  for (std::int64_t& d : own)
    if (*rc::gen::inRange(0, 4) == 0) d = 1;
  return own;
}

// Elements for every type: normal floats, integers from -5 to 5 but 0, bools. Zero is left out for divisions.
template <element T>
basic_tensor<T> random_elements(const shape_type& shape, std::uint64_t seed) {
  if constexpr (std::floating_point<T>) {
    return random_normal<T>(shape, seed);
  } else {
    auto out = cast<T>(random_integers(shape, 5, seed));
    if constexpr (!std::same_as<T, bool>)
      for (std::int64_t i = 0; i < out.size(); ++i)
        out.mutable_data()[i] = (out.data()[i] + 1) * (i * 7 % 3 == 0 ? -1 : 1);
    return out;
  }
}

template <element T>
operand<T> random_operand(const graph& g, const shape_type& dims) {
  const side where = *rc::gen::elementOf(std::vector<side>{side::src, side::dst, side::edge, side::shared});
  shape_type shape = random_part(dims);
  const std::int64_t rows[] = {g.num_src(), g.num_dst(), g.num_edges(), 1};
  shape.insert(shape.begin(), rows[static_cast<std::size_t>(where)]);
  return {where, random_elements<T>(shape, *rc::gen::inRange<std::uint64_t>(0, 1000000)), ""};
}

}  // namespace edgefold::testing
