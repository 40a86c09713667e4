#include <edgefold/core/io/private/row_text.hpp>

#include <array>
#include <charconv>

namespace edgefold::detail {
namespace {

template <element T>
void append(std::string& text, T number) {
  if constexpr (std::same_as<T, bool>) {
    text += number ? '1' : '0';
  } else {
    std::array<char, 32> digits;
    const std::string_view s(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
    text += s;
    if (std::floating_point<T> && s.find_first_of(".ein") == std::string_view::npos) text += ".0";
  }
}

}  // namespace

std::string row_text(const any_tensor& t, std::int64_t row) {
  std::string text;
  std::visit(
      [&]<element T>(const basic_tensor<T>& x) {
        for (std::int64_t i = row * x.width(); i < (row + 1) * x.width(); ++i) {
          if (i > row * x.width()) text += ',';
          append(text, x.data()[i]);
        }
      },
      t);
  return text;
}

}  // namespace edgefold::detail
