/* arch.h - the header of the CPU being compiled for: the one place that asks which it is. */
#ifndef SLIPWAY_ARCH_ARCH_H
#define SLIPWAY_ARCH_ARCH_H
#if defined(__x86_64__)
#include "arch/amd64/arch.h"
#else
#error "no runtime/arch folder for this CPU"
#endif
#endif
