/// A page of HTML with figures and tables, for a browser.
#pragma once
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace edgefold::examples {

/// Names and values of what a run was given, for its page.
using parameter_list = std::vector<std::pair<std::string, std::string>>;

/// Parts are appended in the order of the calls. Text may hold what HTML takes for a tag.
class html_page {
 public:
  explicit html_page(std::string_view title);

  void parameters(const parameter_list& list);
  void text(std::string_view paragraph);
  /// `file` stands beside the page.
  void figure(std::string_view file, std::string_view caption);
  void table(const std::vector<std::string>& names, const std::vector<std::vector<std::string>>& rows);

  /// The whole page.
  std::string finish() const;

 private:
  std::ostringstream html_;
};

}  // namespace edgefold::examples
