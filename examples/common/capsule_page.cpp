#include <common/capsule_figures.hpp>

#include <iomanip>
#include <sstream>

namespace edgefold::examples {
namespace {

constexpr const char* page_head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Capsule routing</title>
<style>
body { margin: 2em auto; padding: 0 1em; max-width: 920px; font: 16px/1.5 sans-serif; color: #222; background: #fff; }
figure { margin: 2em 0; }
img { max-width: 100%; height: auto; border: 1px solid #ddd; }
figcaption { color: #555; }
table { border-collapse: collapse; }
td, th { padding: 0.2em 1em; border-bottom: 1px solid #ddd; text-align: right; font-variant-numeric: tabular-nums; }
</style>
</head>
<body>
<h1>Capsule routing</h1>
)";

/// A file name may hold what HTML takes for a tag.
std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '<') out += "&lt;";
    else if (c == '&') out += "&amp;";
    else out += c;
  }
  return out;
}

void write_figure(std::ostream& s, const char* file, const char* caption) {
  s << "<figure>\n<img src=\"" << file << "\" alt=\"" << caption << "\">\n<figcaption>" << caption
    << "</figcaption>\n</figure>\n";
}

}  // namespace

std::string routing_page(const routing_history& h) {
  std::ostringstream s;
  s << page_head << "<p>";
  for (std::size_t i = 0; i < h.parameters.size(); ++i)
    s << (i ? ", " : "") << h.parameters[i].first << "&nbsp;" << escaped(h.parameters[i].second);
  s << "</p>\n";
  write_figure(s, "entropy.svg",
               "Entropy of the couplings of an in-capsule: mean and standard deviation over all of them.");
  write_figure(s, "histogram.gif", "How many couplings have which size, call by call.");
  write_figure(s, "routing.gif", "In-capsules (red), out-capsules (blue); an edge is 1.5 points x its coupling wide.");
  s << "<table>\n<tr><th>call</th><th>mean entropy</th><th>standard deviation</th></tr>\n"
    << std::fixed << std::setprecision(6);
  for (std::size_t k = 0; k < h.mean.size(); ++k)
    s << "<tr><td>" << k << "</td><td>" << h.mean[k] << "</td><td>" << h.deviation[k] << "</td></tr>\n";
  s << "</table>\n<p>The numbers are in entropy.csv, coupling.npy (calls, in, out), v.npy (calls, out, features) and "
       "b.npy (in, out).</p>\n</body>\n</html>\n";
  return s.str();
}

}  // namespace edgefold::examples
