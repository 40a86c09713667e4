#include <edgefold/core/io/private/row_text.hpp>

namespace edgefold::detail {

std::string row_text(const any_tensor& t, std::int64_t row, digits how) {
  std::string text;
  std::visit(
      [&](const auto& x) {
        for (std::int64_t i = row * x.width(); i < (row + 1) * x.width(); ++i) {
          if (i > row * x.width()) text += ',';
          append_number(text, x.data()[i], how);
        }
      },
      t);
  return text;
}

}  // namespace edgefold::detail
