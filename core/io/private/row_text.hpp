/// Rows of columns as text. Private to the writers.
#pragma once
#include <string>

#include <edgefold/core/io/private/numbers.hpp>

namespace edgefold::detail {

/// The numbers of row `row`, each as append_number writes it, with commas between them.
std::string row_text(const any_tensor& t, std::int64_t row, digits how);

}  // namespace edgefold::detail
