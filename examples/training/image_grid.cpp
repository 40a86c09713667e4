#include <training/image_grid.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>

#include <edgefold/core/error.hpp>
#include <training/digits.hpp>

namespace edgefold::examples {
namespace {

constexpr std::int64_t pitch = digit_side + 2;  // from one image to the next

/// All images on one sheet of white paper, as gnuplot's matrix of numbers from 0 to 255.
void write_sheet(std::ostream& s, const image_grid& grid) {
  const std::int64_t rows = grid.images.shape()[0], columns = grid.images.shape()[1];
  const auto pixels = grid.images.values();
  for (std::int64_t y = 0; y < rows * pitch; ++y) {
    for (std::int64_t x = 0; x < columns * pitch; ++x) {
      const std::int64_t image = y / pitch * columns + x / pitch, row = y % pitch - 1, column = x % pitch - 1;
      const bool is_inside = row >= 0 && row < digit_side && column >= 0 && column < digit_side;
      const auto at = static_cast<std::size_t>(image * digit_pixels + row * digit_side + column);
      s << (is_inside ? std::lround(255 * pixels[at]) : 0) << ' ';
    }
    s << '\n';
  }
}

void write_names(std::ostream& s, const image_grid& grid) {
  auto middle = [](std::size_t i) { return static_cast<double>(i) * pitch + (pitch - 1) / 2.0; };
  for (std::size_t i = 0; i < grid.row_names.size(); ++i)
    s << "set label '" << grid.row_names[i] << "' at first -2," << middle(i) << " right\n";
  for (std::size_t i = 0; i < grid.column_names.size(); ++i) {
    const std::string& name = grid.column_names[i];
    const bool is_red = name.starts_with('!');
    s << "set label '" << name.substr(is_red ? 1 : 0) << "' at first " << middle(i) << ",-6 center"
      << (is_red ? " textcolor rgb 'red'" : "") << '\n';
  }
}

}  // namespace

std::string script_of(const std::string& name, const image_grid& grid) {
  const shape_type& shape = grid.images.shape();
  check(shape.size() == 3 && shape[2] == digit_pixels, "image_grid", "images have shape ", shape,
        ", expected (rows, columns, 784)");
  constexpr std::int64_t scale = 2, left = 80, top = 30, edge = 6;
  const std::int64_t width = shape[1] * pitch, height = shape[0] * pitch;
  const auto w = static_cast<double>(left + scale * width + edge), h = static_cast<double>(top + scale * height + edge);
  std::ostringstream s;
  s << "reset\n$sheet << END\n";
  write_sheet(s, grid);
  s << "END\nset terminal pngcairo size " << w << ',' << h << " font 'DejaVu Sans,10' background 'white'\n"
    << "set output '" << name << ".png'\nunset key\nunset border\nunset tics\nunset colorbox\n"
    << "set palette gray negative\nset cbrange [0:255]\n"
    << "set lmargin at screen " << left / w << "\nset rmargin at screen " << (w - edge) / w
    << "\nset bmargin at screen " << edge / h << "\nset tmargin at screen " << (h - top) / h
    << "\nset xrange [-0.5:" << width << "-0.5]\nset yrange [" << height << "-0.5:-0.5]\n";
  write_names(s, grid);
  s << "plot $sheet matrix with image\nunset output\n";
  return s.str();
}

}  // namespace edgefold::examples
