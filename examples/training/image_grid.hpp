/// Small images in rows and columns, as one picture.
#pragma once
#include <string>
#include <vector>

#include <edgefold/core/tensor.hpp>

namespace edgefold::examples {

/// Images (rows, columns, 784), of 28 x 28 from 0 (white) to 1 (black), and what is written beside them.
struct image_grid {
  tensor images;
  std::vector<std::string> row_names, column_names;  ///< a column's name that begins with '!' is written in red
};

/// gnuplot script that draws `name`.png, each pixel of the images as 2 x 2.
std::string script_of(const std::string& name, const image_grid& grid);

}  // namespace edgefold::examples
