#include <common/entropy_figure.hpp>

#include <algorithm>
#include <iomanip>
#include <sstream>

#include <edgefold/core/error.hpp>

namespace edgefold::examples {

std::string entropy_script(const entropy_series& entropy, int first, const std::string& x_label) {
  const auto& [mean, deviation] = entropy;
  check(!mean.empty(), "entropy_script", "there is nothing to draw");
  double low = mean[0], high = low;
  std::ostringstream s;
  s << std::setprecision(9) << "reset\n$entropy << END\n";
  for (std::size_t k = 0; k < mean.size(); ++k) {
    s << first + static_cast<int>(k) << ' ' << mean[k] << ' ' << deviation[k] << '\n';
    low = std::min(low, mean[k] - deviation[k]);
    high = std::max(high, mean[k] + deviation[k]);
  }
  const double margin = high - low > 1e-6 ? std::max(0.06 * (high - low), 1e-3) : 0.5;
  s << "END\nset terminal svg size 720,450 font 'sans-serif,16' background 'white'\nset output 'entropy.svg'\n"
    << "set border 3 lw 1.2\nset tics nomirror out format '%g'\nset grid ytics lt 1 lc rgb '#dddddd'\nunset key\n"
    << "set xlabel '" << x_label << "'\nset ylabel 'Entropy of Weight Distribution'\n"
    << "set xrange [" << first << "-0.5:" << first + static_cast<int>(mean.size()) << "-0.5]\n"
    << "set yrange [" << low - margin << ":" << high + margin << "]\n"
    << (mean.size() <= 20 ? "set xtics 1\n" : "") << "set bars 1.5\n"
    << "plot $entropy using 1:2 with lines lw 2 lc rgb '#8fb0e8', \\\n"
    << "  $entropy using 1:2:3 with yerrorbars pt 7 ps 0.7 lw 2 lc rgb '#1f4fb0'\nunset output\n";
  return s.str();
}

}  // namespace edgefold::examples
