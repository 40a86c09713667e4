#include <common/html_page.hpp>

namespace edgefold::examples {
namespace {

constexpr const char* style = R"(<style>
body { margin: 2em auto; padding: 0 1em; max-width: 920px; font: 16px/1.5 sans-serif; color: #222; background: #fff; }
figure { margin: 2em 0; }
img { max-width: 100%; height: auto; border: 1px solid #ddd; }
figcaption { color: #555; }
table { border-collapse: collapse; }
td, th { padding: 0.2em 1em; border-bottom: 1px solid #ddd; text-align: right; font-variant-numeric: tabular-nums; }
</style>
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '&') out += "&amp;";
    else out += c;
  }
  return out;
}

void write_row(std::ostream& s, const char* tag, const std::vector<std::string>& cells) {
  s << "<tr>";
  for (const std::string& cell : cells) s << '<' << tag << '>' << escaped(cell) << "</" << tag << '>';
  s << "</tr>\n";
}

}  // namespace

html_page::html_page(std::string_view title) {
  html_ << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        << "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" << escaped(title) << "</title>\n"
        << style << "</head>\n<body>\n<h1>" << escaped(title) << "</h1>\n";
}

void html_page::parameters(const parameter_list& list) {
  html_ << "<p>";
  for (std::size_t i = 0; i < list.size(); ++i)
    html_ << (i ? ", " : "") << list[i].first << "&nbsp;" << escaped(list[i].second);
  html_ << "</p>\n";
}

void html_page::text(std::string_view paragraph) { html_ << "<p>" << escaped(paragraph) << "</p>\n"; }

void html_page::figure(std::string_view file, std::string_view caption) {
  html_ << "<figure>\n<img src=\"" << file << "\" alt=\"" << escaped(caption) << "\">\n<figcaption>" << escaped(caption)
        << "</figcaption>\n</figure>\n";
}

void html_page::table(const std::vector<std::string>& names, const std::vector<std::vector<std::string>>& rows) {
  html_ << "<table>\n";
  write_row(html_, "th", names);
  for (const auto& row : rows) write_row(html_, "td", row);
  html_ << "</table>\n";
}

std::string html_page::finish() const { return html_.str() + "</body>\n</html>\n"; }

}  // namespace edgefold::examples
