/// Numbers in text, and columns of them. Private to the readers and writers.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include <edgefold/core/frame.hpp>
#include <edgefold/core/io/number_type.hpp>
#include <edgefold/core/io/private/text.hpp>

namespace edgefold::detail {

/// Whether all digits of a number are 0; one that is merely too small for its type is not.
bool is_zero(std::string_view number);

/// A column of numbers while it is read. Each number rules out the types that do not hold it.
class number_list {
 public:
  /// Of type `wanted`; as_written is int64 only where `maybe_whole`.
  explicit number_list(number_type wanted, bool maybe_whole = true);

  /// Throws for what is no number, and where no type is left. Errors begin with `what`.
  void add(std::string_view number, const text_place& in, std::string_view what = "");
  /// The last number once more, or its negative; throws where int64 has no such.
  void repeat(bool negative, const text_place& in);
  /// The numbers, as many as `shape` holds. Of none, as_written makes float.
  any_tensor to_tensor(const shape_type& shape) const;

 private:
  template <class Float>
  struct candidate {
    bool possible;
    std::vector<Float> numbers = {};
  };
  bool add_whole(std::string_view number, const text_place& in, std::string_view what);
  template <class Float>
  void add_to(candidate<Float>& as, std::string_view number, const text_place& in, std::string_view what);

  number_type wanted_;
  candidate<std::int64_t> whole_;  // as long as it is possible, the others have no numbers
  candidate<float> single_;
  candidate<double> double_;
};

enum class digits : std::uint8_t {
  fewest,  ///< that read back as the same number
  typed    ///< and, by number_type::as_written, of the same type: more than nine in a double, nine or less in a float
};

/// Appends `number`: a bool as 0 or 1, a float or double with a point or an exponent.
template <element T>
void append_number(std::string& text, T number, digits how);

}  // namespace edgefold::detail
