/// Messages reduced as a layer's options say. Private to the compiled library.
#pragma once
#include <edgefold/models/layers/neighbor_reducer.hpp>
#include <edgefold/ops/reduce.hpp>
#include <edgefold/ops/update_all.hpp>

namespace edgefold::detail {

template <any_message M>
tensor reduced(const graph& g, const M& m, neighbor_reducer how) {
  switch (how) {
    case neighbor_reducer::mean:
      return update_all(g, m, reduce::mean{});
    case neighbor_reducer::max:
      return update_all(g, m, reduce::max{});
    default:
      return update_all(g, m, reduce::sum{});
  }
}

}  // namespace edgefold::detail
