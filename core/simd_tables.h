// This header finds, among the tables of functions that are compiled for each instruction set (core/instruction_set.h),
// the one that fits. A source *_simd.cpp defines `const Table& Kernels()` in SPLAT_SIMD_NAMESPACE, the namespace of its
// set.
#pragma once

#include "core/instruction_set.h"

// Declares these functions for a table, in the namespace of the table.
#define SPLAT_DECLARE_SIMD_TABLES(Table) \
  namespace neon {                       \
  const Table& Kernels();                \
  }                                      \
  namespace sse4 {                       \
  const Table& Kernels();                \
  }                                      \
  namespace avx2 {                       \
  const Table& Kernels();                \
  }                                      \
  namespace avx512 {                     \
  const Table& Kernels();                \
  }

// The table of a usable set: for sets that this build does not have it is `scalar`.
#if defined(__x86_64__)
#define SPLAT_SIMD_TABLE_OF(set, scalar)                           \
  ((set) == ::splat::InstructionSet::kSse4     ? sse4::Kernels()   \
   : (set) == ::splat::InstructionSet::kAvx2   ? avx2::Kernels()   \
   : (set) == ::splat::InstructionSet::kAvx512 ? avx512::Kernels() \
                                               : (scalar))
#elif defined(__aarch64__)
#define SPLAT_SIMD_TABLE_OF(set, scalar) ((set) == ::splat::InstructionSet::kNeon ? neon::Kernels() : (scalar))
#else
#define SPLAT_SIMD_TABLE_OF(set, scalar) (scalar)
#endif
