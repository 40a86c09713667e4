/// Rows of columns as text. Private to the writers.
#pragma once
#include <string>

#include <edgefold/core/frame.hpp>

namespace edgefold::detail {

/// The numbers of row `row`, with commas between them: each in the shortest digits that read back as the same, floats
/// with a point or an exponent, bools as 0 and 1.
std::string row_text(const any_tensor& t, std::int64_t row);

}  // namespace edgefold::detail
