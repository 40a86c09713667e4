#include <training/node_figures.hpp>

#include <sstream>

#include <Eigen/Eigenvalues>

#include <common/gnuplot.hpp>
#include <common/html_page.hpp>
#include <common/staged_folder.hpp>

namespace edgefold::examples {
namespace {

constexpr std::string_view style =
    "set border 3 lw 1.2\nset tics nomirror out format '%g'\nset grid ytics lt 1 lc rgb '#dddddd'\n";

std::string learning_script(const node_result& r) {
  std::ostringstream s;
  s << "reset\n$epochs << END\n";
  for (std::size_t i = 0; i < r.epochs.size(); ++i) {
    const node_epoch& e = r.epochs[i];
    s << i + 1 << ' ' << e.train_loss << ' ' << e.validation_loss << ' ' << e.train_accuracy << ' '
      << e.validation_accuracy << ' ' << e.test_accuracy << '\n';
  }
  const auto curve = [](int column, const char* colour, const char* title) {
    return "$epochs using 1:" + std::to_string(column) + " with lines lw 1.5 lc rgb '" + colour + "' title '" + title +
           '\'';
  };
  s << "END\nset terminal svg size 900,400 font 'sans-serif,15' background 'white'\nset output 'learning.svg'\n"
    << "set multiplot layout 1,2\n"
    << style << "set key above\nset xlabel 'Epoch'\nset xrange [0:" << r.epochs.size()
    << "]\nset ylabel 'Loss'\nset yrange [0:*]\nplot " << curve(2, "#8fb0e8", "training") << ", "
    << curve(3, "#c03020", "validation") << "\nset ylabel 'Accuracy (%)'\nset yrange [*:100]\nset arrow from "
    << r.best + 1 << ", graph 0 to " << r.best + 1 << ", graph 1 nohead dt 2 lc rgb '#888888'\nplot "
    << curve(4, "#8fb0e8", "training") << ", " << curve(5, "#c03020", "validation") << ", "
    << curve(6, "#308040", "test") << "\nunset multiplot\nunset output\n";
  return s.str();
}

std::string embedding_script(const node_data& data, const tensor& logits) {
  const tensor places = principal_components(logits, 2);
  std::ostringstream s;
  s.precision(4);
  s << "reset\n$vertices << END\n";
  for (std::int64_t label = 0; label < data.num_classes; ++label) {
    for (std::int64_t v = 0; v < places.rows(); ++v)
      if (data.labels.at(v) == label) s << places.at(v, 0) << ' ' << places.at(v, 1) << '\n';
    s << "\n\n";
  }
  s << "END\nset terminal svg size 640,560 font 'sans-serif,15' background 'white'\nset output 'embedding.svg'\n"
    << "unset border\nunset tics\nset key outside right title 'class'\nplot for [k=0:" << data.num_classes - 1
    << "] $vertices index k with points pt 7 ps 0.3 lc k+1 title sprintf('%d', k)\nunset output\n";
  return s.str();
}

std::string two_decimals(double x) {
  std::ostringstream s;
  s.setf(std::ios::fixed);
  s.precision(2);
  s << x;
  return s.str();
}

std::string page_of(const std::vector<node_result>& results, std::size_t best) {
  html_page page("Classes of vertices");
  page.figure("learning.svg", "Loss and accuracy of training " + std::to_string(best) +
                                  ", epoch by epoch; the dashed line is the best validation");
  page.figure("embedding.svg",
              "The vertices in the plane of the two principal components of their logits there, coloured "
              "by their class");
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const node_epoch& e = results[i].epochs[results[i].best];
    rows.push_back({std::to_string(i), std::to_string(results[i].best + 1), two_decimals(e.validation_accuracy),
                    two_decimals(e.test_accuracy)});
  }
  page.table({"seed", "epoch", "validation (%)", "test (%)"}, rows);
  return page.finish();
}

}  // namespace

tensor principal_components(const tensor& x, std::int64_t dims) {
  check(dims >= 1 && dims <= x.width(), "principal_components", "dims is ", dims, ", expected 1 .. ", x.width());
  const Eigen::MatrixXd centred = x.matrix().cast<double>().rowwise() - x.matrix().cast<double>().colwise().mean();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved(centred.transpose() * centred);
  return tensor::from(centred * solved.eigenvectors().rightCols(dims).rowwise().reverse());
}

bool draw_nodes(const std::filesystem::path& folder, const node_data& data, const std::vector<node_result>& results,
                std::size_t best) {
  staged_folder staged(folder);
  const std::filesystem::path work = staged.path() / "work";
  std::filesystem::create_directory(work);
  if (!run_gnuplot(work, learning_script(results[best]) + embedding_script(data, results[best].logits))) return false;
  for (const char* figure : {"learning.svg", "embedding.svg"})
    std::filesystem::rename(work / figure, staged.path() / figure);
  staged.write_text("index.html", page_of(results, best));
  staged.publish();
  return true;
}

}  // namespace edgefold::examples
