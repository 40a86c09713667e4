#include <common/capsule_figures.hpp>

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <sstream>

#include <common/gnuplot.hpp>
#include <common/html_page.hpp>

namespace edgefold::examples {
namespace {

constexpr std::int64_t most_frames = 60, most_in_row = 60;  // what an animation and a row of discs have room for

/// Up to `most` of the numbers 0 .. n - 1, evenly spaced, the first and the last among them.
std::vector<std::int64_t> evenly(std::int64_t n, std::int64_t most) {
  std::vector<std::int64_t> some;
  const std::int64_t count = std::min(n, most);
  for (std::int64_t i = 0; i < count; ++i) some.push_back(count == 1 ? 0 : i * (n - 1) / (count - 1));
  return some;
}

/// The least number of two digits at most, of the form d * 10^k, that is not below x: an axis' end.
double round_up(double x) {
  const double unit = std::pow(10.0, std::floor(std::log10(x)));
  return std::ceil(x / unit - 1e-6) * unit;
}

/// gnuplot's list of the calls that the frames show.
std::string titles(const std::vector<std::int64_t>& calls) {
  std::ostringstream s;
  s << "array call[" << calls.size() << "] = [";
  for (std::size_t f = 0; f < calls.size(); ++f) s << (f ? "," : "") << calls[f];
  s << "]\n";
  return s.str();
}

std::string histogram_script(const routing_history& h, const std::vector<std::int64_t>& calls) {
  constexpr std::size_t bins = 40;
  const auto c = h.coupling.values();
  const double end = round_up(std::max<double>(*std::max_element(c.begin(), c.end()), 1e-6));
  const auto edges = static_cast<std::size_t>(h.in() * h.out());
  std::size_t most = 1;
  std::ostringstream s;
  s << "reset\n" << titles(calls) << "$histogram << END\n";
  for (std::int64_t call : calls) {
    std::vector<std::size_t> counts(bins);
    for (float x : c.subspan(static_cast<std::size_t>(call) * edges, edges))
      ++counts[std::min(static_cast<std::size_t>(x / end * bins), bins - 1)];
    for (std::size_t b = 0; b < bins; ++b) s << end * (static_cast<double>(b) + 0.5) / bins << ' ' << counts[b] << '\n';
    s << "\n\n";
    most = std::max(most, *std::max_element(counts.begin(), counts.end()));
  }
  s << "END\n";
  std::ostringstream draw;
  draw << "set title sprintf('Routing: %d', call[frame + 1]) font ',16'\nunset key\nset border 3\n"
       << "set tics nomirror out format '%g'\nset grid ytics lt 1 lc rgb '#dddddd'\n"
       << "set xlabel 'Weight Distribution Histogram' offset 0,-0.3\n"
       << "set label 1 'Number of couplings' at screen 0.03,0.53 center rotate\n"
       << "set lmargin at screen 0.17\nset rmargin at screen 0.96\n"
       << (most <= 10 ? "set ytics 1\n" : "") << "set xrange [0:" << end << "]\n"
       << "set yrange [0:" << 1.05 * static_cast<double>(most) << "]\n"
       << "set boxwidth " << end / bins << "\nset style fill solid border rgb 'white'\n"
       << "plot $histogram index frame using 1:2 with boxes lc rgb 'royalblue'";
  return s.str() + script_of({"histogram", 720, 450, static_cast<int>(calls.size()), draw.str()});
}

/// One row of discs, in pixels: evenly spaced, centred.
struct disc_row {
  std::vector<std::int64_t> capsules;
  std::int64_t all;
  double width, y;

  disc_row(std::int64_t n, double row_width, double height)
      : capsules(evenly(n, most_in_row)), all(n), width(row_width), y(height) {}
  double spacing() const { return width / static_cast<double>(std::max<std::size_t>(capsules.size() - 1, 1)); }
  double x(std::size_t i) const {
    return 450 + (static_cast<double>(i) - static_cast<double>(capsules.size() - 1) / 2) * spacing();
  }
  double radius() const { return std::min(9.0, 0.4 * spacing()); }
  std::string count() const {
    return (capsules.size() < static_cast<std::size_t>(all) ? std::to_string(capsules.size()) + " of " : "") +
           std::to_string(all);
  }
  void write(std::ostream& s) const {
    for (std::size_t i = 0; i < capsules.size(); ++i) s << x(i) << ' ' << y << ' ' << radius() << '\n';
  }
};

/// Edges of a frame: ends, and the coupling in per cent, which is the number of a line style.
void write_edges(std::ostream& s, const routing_history& h, std::int64_t call, const disc_row& in,
                 const disc_row& out) {
  const auto c = h.coupling.values();
  for (std::size_t i = 0; i < in.capsules.size(); ++i)
    for (std::size_t j = 0; j < out.capsules.size(); ++j) {
      const auto at = static_cast<std::size_t>((call * h.in() + in.capsules[i]) * h.out() + out.capsules[j]);
      s << in.x(i) << ' ' << in.y << ' ' << out.x(j) - in.x(i) << ' ' << out.y - in.y << ' '
        << std::max(1L, std::lround(100 * c[at])) << '\n';
    }
  s << "\n\n";
}

std::string routing_script(const routing_history& h, const std::vector<std::int64_t>& calls) {
  const disc_row in(h.in(), 820, 60), out(h.out(), 560, 345);
  std::ostringstream s;
  s << "reset\n" << titles(calls) << "$in << END\n";
  in.write(s);
  s << "END\n$out << END\n";
  out.write(s);
  s << "END\n$edges << END\n";
  for (std::int64_t call : calls) write_edges(s, h, call, in, out);
  s << "END\n";
  std::ostringstream draw;
  draw << "set title sprintf('Routing: %d', call[frame + 1]) font ',16' offset 0,-0.3\n"
       << "unset key\nunset border\nunset tics\n"
       << "set lmargin at screen 0\nset rmargin at screen 1\nset bmargin at screen 0\nset tmargin at screen 400.0/450\n"
       << "set xrange [0:900]\nset yrange [0:400]\n"
       // Two pixels a point. Of less than 1/4 pixel gnuplot draws 1/4: that is made as much paler.
       << "do for [k=1:100] {\nwidth = 2*1.5*k/100.0\npale = width < 0.25 ? 1 - width/0.25 : 0\n"
       << "set style arrow k nohead lw width lc rgb 0x202020 + 0x1000000*int(255*pale)\n}\n"
       << "set label 1 'in-capsules: " << in.count() << "' at 450,22 center textcolor rgb 'dark-red'\n"
       << "set label 2 'out-capsules: " << out.count() << "' at 450,380 center textcolor rgb 'medium-blue'\n"
       << "plot $edges index frame using 1:2:3:4:5 with vectors arrowstyle variable, \\\n"
       << "  $in using 1:2:3 with circles fill solid noborder lc rgb 'light-red', \\\n"
       << "  $out using 1:2:3 with circles fill solid noborder lc rgb 'royalblue'";
  return s.str() + script_of({"routing", 900, 450, static_cast<int>(calls.size()), draw.str()});
}

std::string six_places(double x) {
  std::ostringstream s;
  s << std::fixed << std::setprecision(6) << x;
  return s.str();
}

}  // namespace

bool draw_routing(const std::filesystem::path& folder, const routing_history& h) {
  const std::filesystem::path work = folder / "work";
  std::filesystem::create_directory(work);
  const std::vector<std::int64_t> calls = evenly(h.calls(), most_frames);
  if (!run_gnuplot(work, entropy_script(h.entropy, 0, "Number of Routing") + histogram_script(h, calls) +
                             routing_script(h, calls)))
    return false;
  for (const char* figure : {"entropy.svg", "histogram.gif", "routing.gif"})
    std::filesystem::rename(work / figure, folder / figure);
  return true;
}

std::string routing_page(const routing_history& h) {
  html_page page("Capsule routing");
  page.parameters(h.parameters);
  page.figure("entropy.svg",
              "Entropy of the couplings of an in-capsule: mean and standard deviation over all of them.");
  page.figure("histogram.gif", "How many couplings have which size, call by call.");
  page.figure("routing.gif", "In-capsules (red), out-capsules (blue); an edge is 1.5 points x its coupling wide.");
  std::vector<std::vector<std::string>> rows;
  for (std::size_t k = 0; k < h.entropy.mean.size(); ++k)
    rows.push_back({std::to_string(k), six_places(h.entropy.mean[k]), six_places(h.entropy.deviation[k])});
  page.table({"call", "mean entropy", "standard deviation"}, rows);
  page.text(
      "The numbers are in entropy.csv, coupling.npy (calls, in, out), v.npy (calls, out, features) and b.npy (in, "
      "out).");
  return page.finish();
}

}  // namespace edgefold::examples
