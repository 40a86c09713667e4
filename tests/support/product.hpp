// An operation with a gradient of its own making, as ops build them: for tests of the tape.
#pragma once
#include <edgefold/core/autograd.hpp>

namespace edgefold::testing {

// x * y, of one shape.
inline tensor product(const tensor& x, const tensor& y) {
  tensor out = tensor::uninitialized(x.shape());
  out.mutable_array() = x.array() * y.array();
  if (needs_grad(x, y))
    record(
        out,
        [x = saved(x), y = saved(y)](const tensor& g, const vjp_inputs& in) {
          if (in.wants(0)) in.add(0, product(g, y.get()));
          if (in.wants(1)) in.add(1, product(g, x.get()));
        },
        x, y);
  return out;
}

}  // namespace edgefold::testing
