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
#elif defined(__AVX2__) && defined(__FMA__)
#define EDGEFOLD_ISA isa_avx2_fma
#define EDGEFOLD_PACK_BYTES 32
#elif defined(__AVX2__)
#define EDGEFOLD_ISA isa_avx2
#define EDGEFOLD_PACK_BYTES 32
#elif defined(__SSE4_2__)
#define EDGEFOLD_ISA isa_sse4_2
#define EDGEFOLD_PACK_BYTES 16
#else
#define EDGEFOLD_ISA isa_sse2
#define EDGEFOLD_PACK_BYTES 16
#endif

// Whether the processor rounds a * b + c once. Compilers then make one operation of both, unless they are kept apart.
#if !defined(EDGEFOLD_PORTABLE) && (defined(__FMA__) || defined(__AVX512F__) || defined(__ARM_FEATURE_FMA))
#define EDGEFOLD_FUSED
#endif
