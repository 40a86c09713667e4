#include <edgefold/core/io/private/text.hpp>

#include <edgefold/core/error.hpp>

#include <algorithm>

namespace edgefold::detail {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }

// std::from_chars takes no plus sign.
std::string_view without_plus(std::string_view s) {
  return s.size() > 1 && s[0] == '+' && s[1] != '-' && s[1] != '+' ? s.substr(1) : s;
}

template <class N>
std::errc parse(std::string_view s, N& n) {
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  return end == s.data() + s.size() ? error : std::errc::invalid_argument;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 40;
  std::string s = "\"";
  for (char c : text.substr(0, most)) s += c >= ' ' && c <= '~' ? c : '?';
  return s + (text.size() > most ? "...\"" : "\"");
}

std::string_view without_byte_order_mark(std::string_view text) {
  return text.substr(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0);
}

std::string_view without_blanks_around(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::errc parse_number(std::string_view text, std::int64_t& n) { return parse(without_plus(text), n); }
std::errc parse_number(std::string_view text, float& x) { return parse(without_plus(text), x); }
std::errc parse_number(std::string_view text, double& x) { return parse(without_plus(text), x); }

bool line_reader::next(std::string_view comment_marks) {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = without_blanks_around(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    if (!line_.empty() && comment_marks.find(line_[0]) == std::string_view::npos) return true;
  }
  return false;
}

std::size_t line_reader::split(std::string_view line, std::span<std::string_view> columns, bool commas) const {
  const auto is_comma = [commas](char c) { return commas && (c == ',' || c == ';'); };
  std::size_t count = 0;
  for (std::size_t at = 0;; ++at) {
    const std::size_t begin = at;
    while (at < line.size() && !is_blank(line[at]) && !is_comma(line[at])) ++at;
    if (at == begin) fail("a column is empty in ", in_quotes(line));
    if (count == columns.size()) fail("more than ", columns.size(), " columns in ", in_quotes(line));
    columns[count++] = line.substr(begin, at - begin);
    while (at < line.size() && is_blank(line[at])) ++at;
    if (at == line.size()) return count;
    if (!is_comma(line[at])) --at;
    while (at + 1 < line.size() && is_blank(line[at + 1])) ++at;
  }
}

std::int64_t text_place::integer(std::string_view column, std::string_view what, std::int64_t least,
                                 std::int64_t most) const {
  std::int64_t n = 0;
  const std::errc error = parse_number(column, n);
  if (error == std::errc::invalid_argument) fail("expected a whole number as ", what, ", got ", in_quotes(column));
  if (error != std::errc{} || n < least || n > most)
    fail(what, " is ", in_quotes(column), ", expected ", least, " .. ", most);
  return n;
}

}  // namespace edgefold::detail
