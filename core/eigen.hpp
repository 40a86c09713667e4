/// Eigen, included without its warnings.
#pragma once

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wunused-variable"
#ifndef __clang__  // g++ 12 takes the undefined operands inside its own AVX-512 intrinsics for Eigen's and for ours
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <Eigen/Core>
#pragma GCC diagnostic pop
