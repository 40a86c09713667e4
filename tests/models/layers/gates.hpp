// The gate of recurrent cells, in double.
#pragma once
#include <cmath>

namespace edgefold::testing {

inline double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace edgefold::testing
