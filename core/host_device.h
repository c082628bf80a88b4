// This header has the one macro that marks a function for both the host and the device compiler.
#pragma once

#if defined(__CUDACC__)
#define SPLAT_HD __host__ __device__
#else
#define SPLAT_HD
#endif
