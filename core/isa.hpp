/// The inline namespace of everything whose code or layout depends on the instruction set it is compiled for: a program
/// and the library may be compiled for different ones without their functions being taken for each other.
#pragma once

#if defined(EDGEFOLD_PORTABLE)
#define EDGEFOLD_ISA isa_portable
#define EDGEFOLD_PACK_BYTES 16
#elif defined(__aarch64__)
#define EDGEFOLD_ISA isa_neon
#define EDGEFOLD_PACK_BYTES 16
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#define EDGEFOLD_ISA isa_avx512
#define EDGEFOLD_PACK_BYTES 64
#elif defined(__AVX512F__)  // Knights Landing: without bytes and masks of all lengths
#define EDGEFOLD_ISA isa_avx512f
#define EDGEFOLD_PACK_BYTES 32
#elif defined(__AVX2__) && defined(__FMA__)
#define EDGEFOLD_ISA isa_avx2_fma
#define EDGEFOLD_PACK_BYTES 32
#elif defined(__AVX2__)
#define EDGEFOLD_ISA isa_avx2
#define EDGEFOLD_PACK_BYTES 32
// AVX alone passes and returns 32 bytes otherwise than SSE does.
#elif defined(__AVX__) && defined(__FMA__)
#define EDGEFOLD_ISA isa_avx_fma
#define EDGEFOLD_PACK_BYTES 16
#elif defined(__AVX__)
#define EDGEFOLD_ISA isa_avx
#define EDGEFOLD_PACK_BYTES 16
#elif defined(__SSE4_2__)
#define EDGEFOLD_ISA isa_sse4_2
#define EDGEFOLD_PACK_BYTES 16
#elif defined(__SSE2__)
#define EDGEFOLD_ISA isa_sse2
#define EDGEFOLD_PACK_BYTES 16
#else
#error \
    "Edgefold has no kernels for this processor but those of plain C++: define EDGEFOLD_PORTABLE (CMake: --preset portable)"
#endif

// Whether the processor rounds a * b + c once. Compilers then make one operation of both, unless they are kept apart.
#if !defined(EDGEFOLD_PORTABLE) && (defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA))
#define EDGEFOLD_FUSED
#endif
