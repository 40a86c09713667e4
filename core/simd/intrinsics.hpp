/// xsimd and the processor's intrinsics, included without their warnings; nothing with EDGEFOLD_PORTABLE.
#pragma once
#ifndef EDGEFOLD_PORTABLE

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__  // g++ 12 takes the undefined operands inside its own AVX-512 intrinsics for ours
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>
#pragma GCC diagnostic pop

#endif
