# sysroots.mk - rules for the C sysroots, mini-gmp and the merged Go sources.

include $(TARGETDIRS:%=$(S)/sysroots/targets/%.mk)
ifeq ($(filter $(HOSTDIR),$(TARGETDIRS)),)
include $(S)/sysroots/targets/$(HOSTDIR).mk
endif

# Sources that are fetched when what they are for is made: Docker images, the clang archive.
LATER_SOURCES := $(wildcard $(S)/sysroots/sources/image-* $(S)/sysroots/sources/clang-*)
SYSROOT_INPUTS := $(filter-out %/gosrc.sh %/qemu.sh %/clang.sh %/sources/go %/sources/go-generated %/sources/gmp %/sources/qemu-$(HOSTDIR) $(LATER_SOURCES), \
	$(wildcard $(S)/sysroots/*.sh $(S)/sysroots/sources/* $(S)/sysroots/patches/*/*)) build/config.clang
sysroot_of = build/sysroot/$1/libc.a
SYSROOTS := $(foreach t,$(sort $(HOSTDIR) $(TARGETDIRS)),$(call sysroot_of,$t))

# How a compiler is pointed at a sysroot: nothing of this machine's own /usr/include or /usr/lib is seen.
# $(call target_cc,GOOS_GOARCH)
target_cc = --target=$($1_TRIPLE) $($1_CFLAGS) -nostdlibinc -isystem build/sysroot/$1/include

# $(call goos_of,GOOS_GOARCH), $(call goarch_of,GOOS_GOARCH): its halves
goos_of = $(firstword $(subst _, ,$1))
goarch_of = $(lastword $(subst _, ,$1))
# What runtime/arch/arch.h and stubs.S ask for.
arch_header = -DARCH_HEADER='"arch/$(goarch_of)/arch.h"' -DSTUB_HEADER='"arch/$(goarch_of)/stub.h"'

sysroot: $(SYSROOTS)

# All downloads in one go, because reading the mirror's indexes takes longest. Emulators only where they run.
SOURCES := $(filter-out $(S)/sysroots/sources/qemu-% $(LATER_SOURCES),$(wildcard $(S)/sysroots/sources/*)) \
	$(if $(filter-out $(HOSTDIR),$(TARGETDIRS)),$(wildcard $(S)/sysroots/sources/qemu-$(HOSTDIR)))
build/fetched.stamp: $(SOURCES)
	$(Q)sh $(S)/sysroots/fetch.sh --missing $(notdir $(SOURCES))
	$(Q)touch $@

# build.sh compares hashes, so that a touched file costs nothing.
$(SYSROOTS): build/sysroot/%/libc.a: $(SYSROOT_INPUTS) $(S)/sysroots/targets/%.mk | build/fetched.stamp
	$(Q)CLANG='$(CLANG)' AR='$(AR)' JOBS=$(JOBS) sh $(S)/sysroots/build.sh $* build/sysroot/$*
	$(Q)touch $@

# Emulators, for targets that are not the host.
qemu: build/qemu.stamp
build/qemu.stamp: $(S)/sysroots/qemu.sh $(S)/sysroots/lib.sh $(wildcard $(S)/sysroots/sources/qemu-$(HOSTDIR)) \
		$(TARGETDIRS:%=$(S)/sysroots/targets/%.mk) build/config.mak | build/fetched.stamp
	$(Q)sh $(S)/sysroots/qemu.sh $(HOSTDIR) $(SDK)/lib/qemu $(filter-out $(HOSTDIR),$(TARGETDIRS))
	$(Q)touch $@

build/gmp/mini-gmp.c: $(S)/sysroots/sources/gmp $(S)/sysroots/unpack.sh | build/fetched.stamp
	$(Q)mkdir -p build/gmp
	$(Q)dir=$$(sh $(S)/sysroots/unpack.sh gmp) && cp "$$dir"/mini-gmp/mini-gmp.h "$$dir"/mini-gmp/mini-gmp.c build/gmp/
	$(Q)touch $@ build/gmp/mini-gmp.h
build/gmp/mini-gmp.h: build/gmp/mini-gmp.c

OVERLAY := $(shell find $(S)/runtime/overlay 2>/dev/null) $(wildcard $(S)/toolchain/gomod/*.go)
src: build/gosrc.stamp
build/gosrc.stamp: $(OVERLAY) $(S)/sysroots/sources/go $(S)/sysroots/sources/go-generated $(S)/sysroots/gosrc.sh $(S)/sysroots/lib.sh $(S)/sysroots/unpack.sh | build/fetched.stamp
	$(call say,OVERLAY,$(SDK)/src)
	$(Q)sh $(S)/sysroots/gosrc.sh $(S)/runtime/overlay $(S)/toolchain $(SDK)
	$(Q)touch $@
