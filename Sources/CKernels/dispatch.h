#pragma once

// The choice between the kinds of processor that the loops are compiled for.

#include "CKernels.h"

#if defined(__x86_64__)
  #define CALL(function, ...) \
    switch (kernels_level()) { \
    case 2: return function##_avx512(__VA_ARGS__); \
    case 1: return function##_avx2(__VA_ARGS__); \
    default: return function##_plain(__VA_ARGS__); \
    }
#else
  #define CALL(function, ...) return function##_plain(__VA_ARGS__);
#endif
