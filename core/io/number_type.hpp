/// The type of numbers that stand in text.
#pragma once
#include <cstdint>

namespace edgefold {

/// What a column of numbers in text is read as. Whole numbers are those of digits alone, without a point or an
/// exponent; a type must hold these exactly. The others are rounded to the nearest that the type has, but may not
/// exceed its range.
enum class number_type : std::uint8_t {
  /// The narrowest that the text needs: int64 where all numbers are whole and within its range, else float where they
  /// have nine digits or less, without zeros ahead, and are within its range, else double.
  as_written,
  int64,
  float32,
  float64
};

}  // namespace edgefold
