#include <edgefold/core/io/private/csv_reader.hpp>

#include <algorithm>

namespace edgefold::detail {

bool csv_reader::next() {
  do skip_blanks();
  while (take_line_end());
  number_ = line_;
  fields_.clear();
  unquoted_.clear();
  if (rest_.empty()) return false;
  for (;;) {
    skip_blanks();
    fields_.push_back(rest_.starts_with('"') ? quoted_field() : plain_field());
    skip_blanks();
    if (rest_.empty() || take_line_end()) return true;
    if (rest_[0] != separator_) fail("text behind a closing quote: ", in_quotes(rest_));
    rest_.remove_prefix(1);
  }
}

bool csv_reader::take_line_end() {
  const std::size_t n = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') || rest_ == "\r" ? 1 : 0;
  rest_.remove_prefix(n);
  line_ += n > 0;
  return n > 0;
}

// The separator may be the tab.
void csv_reader::skip_blanks() {
  while (rest_.starts_with(' ') || (separator_ != '\t' && rest_.starts_with('\t'))) rest_.remove_prefix(1);
}

std::string_view csv_reader::plain_field() {
  std::size_t n = 0;
  while (n < rest_.size() && rest_[n] != separator_ && rest_[n] != '\n' && rest_[n] != '"') ++n;
  if (n < rest_.size() && rest_[n] == '"') fail("a quote within a field without quotes: ", in_quotes(rest_));
  const bool ends_line = n == rest_.size() || rest_[n] == '\n';
  if (ends_line && n > 0 && rest_[n - 1] == '\r') --n;
  const std::string_view field = rest_.substr(0, n);
  rest_.remove_prefix(n);
  return field.substr(0, field.find_last_not_of(" \t") + 1);
}

std::string_view csv_reader::quoted_field() {
  rest_.remove_prefix(1);
  std::size_t n = 0;
  bool doubled = false;
  for (;; n += 2, doubled = true) {
    n = rest_.find('"', n);
    if (n == std::string_view::npos) fail("a quote is not closed: ", in_quotes(rest_));
    if (!rest_.substr(n + 1).starts_with('"')) break;
  }
  const std::string_view field = rest_.substr(0, n);
  rest_.remove_prefix(n + 1);
  line_ += std::count(field.begin(), field.end(), '\n');
  if (!doubled) return field;
  std::string& text = unquoted_.emplace_back();
  for (std::size_t i = 0; i < field.size(); ++i) {
    text += field[i];
    if (field[i] == '"') ++i;
  }
  return text;
}

}  // namespace edgefold::detail
