/// Tensors as text.
#pragma once
#include <cstdio>

#include <edgefold/core/tensor.hpp>

namespace edgefold::examples {

/// "name (3, 2)" and a line of rounded numbers for each row.
inline void print(const char* name, const tensor& t) {
  std::printf("%s %s\n", name, to_string(t.shape()).c_str());
  for (std::int64_t row = 0; row < t.rows(); ++row) {
    for (std::int64_t column = 0; column < t.width(); ++column)
      std::printf(" %8.4f", static_cast<double>(t.at(row, column)));
    std::printf("\n");
  }
}

}  // namespace edgefold::examples
