/* arch.h - the header of the CPU being compiled for, arch/<goarch>/arch.h: the makefile says which. */
#ifndef SLIPWAY_ARCH_ARCH_H
#define SLIPWAY_ARCH_ARCH_H
#include ARCH_HEADER
#endif
