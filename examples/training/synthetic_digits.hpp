/// Digits that the program draws itself, for where there is no data.
#pragma once
#include <training/digits.hpp>

namespace edgefold::examples {

/// `n` drawings of digits in strokes of a pen, each turned, slanted, stretched, moved, of a thickness of its own, and
/// with noise. Drawing i of `part` (0 to train on, 1 to test on) depends on these two numbers alone; all digits are
/// equally frequent.
digit_set synthetic_digits(std::int64_t n, std::uint64_t part);

}  // namespace edgefold::examples
