#include <training/capsnet_figures.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

#include <common/gnuplot.hpp>

namespace edgefold::examples {
namespace {

/// gnuplot's list of round numbers from low to high: what a logarithmic axis is to name.
std::string log_tics(double low, double high) {
  const std::vector<double> few{1, 2, 5}, many{1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9};
  std::ostringstream s;
  for (int exponent = static_cast<int>(std::floor(std::log10(low))); std::pow(10, exponent) <= high; ++exponent)
    for (double digits : high > 10 * low ? few : many)
      if (const double x = digits * std::pow(10, exponent); x >= low && x <= high) s << (s.tellp() > 0 ? "," : "") << x;
  return '(' + s.str() + ')';
}

/// Loss on the left, on a logarithmic axis; share of wrong answers on the right.
std::string learning_script(const std::vector<epoch_metrics>& epochs) {
  constexpr double least = 1e-9;  // of what a logarithmic axis can show
  double low = INFINITY, high = least, most = 0.1;
  std::ostringstream s;
  s << "reset\n$epochs << END\n";
  for (std::size_t i = 0; i < epochs.size(); ++i) {
    const epoch_metrics& m = epochs[i];
    const double train = std::max(m.train.loss, least), test = std::max(m.test.loss, least);
    s << i + 1 << ' ' << train << ' ' << test << ' ' << 100 - m.train.accuracy << ' ' << 100 - m.test.accuracy << '\n';
    low = std::min({low, train, test});
    high = std::max({high, train, test});
    most = std::max({most, 100 - m.train.accuracy, 100 - m.test.accuracy});
  }
  auto curves = [](int train) {
    return "plot $epochs using 1:" + std::to_string(train) +
           " with linespoints pt 7 ps 0.5 lw 2 lc rgb '#8fb0e8' title 'training', \\\n  $epochs using 1:" +
           std::to_string(train + 1) + " with linespoints pt 7 ps 0.5 lw 2 lc rgb '#c03020' title 'test'\n";
  };
  s << "END\nset terminal svg size 900,400 font 'sans-serif,15' background 'white'\nset output 'learning.svg'\n"
    << "set multiplot layout 1,2\nset border 3 lw 1.2\nset tics nomirror out format '%g'\n"
    << "set grid ytics lt 1 lc rgb '#dddddd'\nset key above\nset xlabel 'Epoch'\n"
    << "set xrange [0.5:" << epochs.size() << "+0.5]\n"
    << (epochs.size() <= 20 ? "set xtics 1\n" : "") << "set ylabel 'Loss'\nset logscale y\n"
    << "set yrange [" << low / 1.3 << ":" << high * 1.3 << "]\nset ytics " << log_tics(low / 1.3, high * 1.3) << '\n'
    << curves(2) << "unset logscale y\nset ytics auto\nset ylabel 'Wrong answers (%)'\nset yrange [0:" << 1.05 * most
    << "]\n"
    << curves(4) << "unset multiplot\nunset output\n";
  return s.str();
}

/// The colour of a cell with that share of its row: right answers are blue; wrong ones red, and soon so: they are rare.
long cell_colour(double share, bool is_right) {
  const double strength = is_right ? 0.75 * share : 0.8 * std::cbrt(share);
  const long faded = std::lround(255 * (1 - strength)), bright = std::lround(255 - 40 * strength);
  return is_right ? faded << 16 | std::lround(255 - 110 * strength) << 8 | bright : bright << 16 | faded << 8 | faded;
}

std::string confusion_script(const basic_tensor<std::int64_t>& confusion) {
  const std::int64_t n = confusion.rows();
  std::ostringstream s;
  s << "reset\n$cells << END\n";
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t all = 0;
    for (std::int64_t j = 0; j < n; ++j) all += confusion.at(i, j);
    for (std::int64_t j = 0; j < n; ++j) {
      const std::int64_t count = confusion.at(i, j);
      const double share = all > 0 ? static_cast<double>(count) / static_cast<double>(all) : 0;
      s << j << ' ' << i << ' ' << (count > 0 ? cell_colour(share, i == j) : 0xffffff) << ' '
        << (count > 0 ? std::to_string(count) : "\"\"") << '\n';
    }
  }
  s << "END\nset terminal svg size 560,520 font 'sans-serif,14' background 'white'\nset output 'confusion.svg'\n"
    << "unset key\nset border lc rgb '#dddddd'\nset tics scale 0 nomirror textcolor rgb 'black'\nset xtics 1\n"
    << "set ytics 1\nset size ratio -1\n"
    << "set xlabel 'Taken for'\nset ylabel 'Digit'\nset xrange [-0.5:" << n << "-0.5]\nset yrange [" << n
    << "-0.5:-0.5]\nset style fill solid border rgb '#dddddd'\n"
    << "plot $cells using 1:2:(0.5):(0.5):3 with boxxyerror lc rgb variable, \\\n"
    << "  $cells using 1:2:4 with labels font ',13'\nunset output\n";
  return s.str();
}

std::string percent(double x) {
  std::ostringstream s;
  s.precision(4);
  s << x << " %";
  return s.str();
}

std::string number(double x) {
  std::ostringstream s;
  s.precision(4);
  s << x;
  return s.str();
}

}  // namespace

bool draw_capsnet(const std::filesystem::path& folder, const capsnet_results& r) {
  const std::filesystem::path work = folder / "work";
  std::filesystem::create_directory(work);
  std::vector<std::string> figures{"learning.svg", "confusion.svg", "entropy.svg"};
  std::string script =
      learning_script(r.epochs) + confusion_script(r.confusion) + entropy_script(r.entropy, 1, "Routing iteration");
  if (r.sweep.images.defined()) {
    script += script_of("reconstructions", r.reconstructions) + script_of("dimensions", r.sweep);
    figures.insert(figures.end(), {"reconstructions.png", "dimensions.png"});
  }
  if (!run_gnuplot(work, script)) return false;
  for (const std::string& figure : figures) std::filesystem::rename(work / figure, folder / figure);
  return true;
}

std::string capsnet_page(const capsnet_results& r) {
  html_page page("CapsNet");
  page.parameters(r.parameters);
  page.figure("learning.svg",
              "Loss and share of wrong answers, epoch by epoch; those of the training are taken while "
              "it goes on.");
  page.figure("confusion.svg", "What the test digits were taken for.");
  page.figure("entropy.svg", "Entropy of the couplings of an in-capsule on test digits: mean and standard deviation.");
  if (r.sweep.images.defined()) {
    page.figure("reconstructions.png",
                "Test digits, and what the decoder makes of the capsule of the class they were "
                "taken for; in red: of label -> taken for.");
    page.figure("dimensions.png", "What the decoder makes of one capsule when one of its dims is changed by so much.");
  }
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < r.epochs.size(); ++i) {
    const epoch_metrics& m = r.epochs[i];
    rows.push_back({std::to_string(i + 1), number(m.train.loss), percent(m.train.accuracy), number(m.test.loss),
                    percent(m.test.accuracy)});
  }
  page.table({"epoch", "training loss", "accuracy", "test loss", "accuracy"}, rows);
  page.text("The numbers are in metrics.csv.");
  return page.finish();
}

}  // namespace edgefold::examples
