// This macro makes several instruction sets of one source: the compiler builds the function once per set and the loader
// picks at run time. The arithmetic is strict (no contraction, no reassociation), so all versions give equal bits.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define SPLAT_MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), flatten))
#else
#define SPLAT_MULTIVERSION
#endif
