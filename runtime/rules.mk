# rules.mk - rules for libruntime.a and the library folder of each target. The sources are listed in sources.mk for
# every target (runtime_SRC), in os/<goos>/sources.mk (runtime_SRC_<goos>) and in arch/<goarch>/sources.mk
# (runtime_SRC_<goarch>).

runtime_CFLAGS ?=
include $(S)/runtime/sources.mk $(wildcard $(S)/runtime/os/*/sources.mk $(S)/runtime/arch/*/sources.mk)

# The code runs in static executables that may be position independent, on stacks that it measures itself; the linker
# knows local-exec TLS only. Nothing here may call out for a stack protector or an unwinder. There is no debug data, because the
# linker leaves that of C out.
RUNTIME_CFLAGS := -std=c11 -D_GNU_SOURCE -O2 -fPIE -ftls-model=local-exec -ffunction-sections -fdata-sections \
	-fno-stack-protector -fno-strict-aliasing -fno-asynchronous-unwind-tables -Wall -Wextra -Wshadow -Wstrict-prototypes \
	-Werror -I$(S)/runtime -include build/config.h -ffile-prefix-map=$(S)/= $(runtime_CFLAGS)
RUNTIME_ASFLAGS := -I$(S)/runtime -ffile-prefix-map=$(S)/=

# C code of users and its libraries may have functions and variables of any name: those of the runtime get names that C cannot
# say. These stay: main, and what code written by cgo and package runtime/cgo refers to. Names with a dot are Go's.
RUNTIME_ENTRIES := main|crosscall2|_cgo_.*|x_cgo_.*
OBJCOPY := $(patsubst llvm-ar%,llvm-objcopy%,$(notdir $(AR)))
NM := $(patsubst llvm-ar%,llvm-nm%,$(notdir $(AR)))

# $(call runtime_src,GOOS_GOARCH)
runtime_src = $(addprefix runtime/,$(runtime_SRC) $(addprefix os/$(goos_of)/,$(runtime_SRC_$(goos_of))) \
	$(addprefix arch/$(goarch_of)/,$(runtime_SRC_$(goarch_of))))
runtime_obj = $(addprefix build/obj/$1/,$(addsuffix .o,$(call runtime_src,$1)))

# $(call runtime_rules,GOOS_GOARCH)
define runtime_rules
build/obj/$1/%.c.o: $$(S)/%.c build/config.h | build/sysroot/$1/libc.a
	$$(call say,CC,$$*.c ($1))
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(call target_cc,$1) $$(call arch_header,$1) $$(RUNTIME_CFLAGS) -MMD -MP -MF $$@.d -c $$< -o $$@

build/obj/$1/%.S.o: $$(S)/%.S | build/sysroot/$1/libc.a
	$$(call say,AS,$$*.S ($1))
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(call target_cc,$1) $$(call arch_header,$1) $$(RUNTIME_ASFLAGS) -MMD -MP -MF $$@.d -c $$< -o $$@

build/obj/$1/libruntime.a: $$(call runtime_obj,$1) build/obj/$1/members
	$$(call say,AR,libruntime.a ($1))
	$$(Q)rm -f $$@.tmp
	$$(Q)$$(AR) rcsD $$@.tmp $$(filter %.o,$$^)
	$$(Q)$$(NM) $$@.tmp | sed -n 's/^[0-9a-f]* [A-TV-Z] \([A-Za-z0-9_]*\)$$$$/\1/p' | grep -vxE '$(RUNTIME_ENTRIES)' | \
		sort -u | sed 's/.*/& libruntime:&/' > $$@.local
	$$(Q)$$(OBJCOPY) --redefine-syms=$$@.local $$@.tmp
	$$(Q)mv $$@.tmp $$@
build/obj/$1/members: FORCE
	$$(Q)mkdir -p $$(@D)
	$$(Q)echo '$$(call runtime_src,$1)' | cmp -s - $$@ || echo '$$(call runtime_src,$1)' > $$@

# The whole folder is made anew when the sysroot changes, so nothing old stays in it.
$$(SDK)/lib/$1/libc.a: build/sysroot/$1/libc.a
	$$(Q)mkdir -p $$(SDK)/lib
	$$(Q)rm -rf $$(SDK)/lib/$1.tmp $$(SDK)/lib/$1
	$$(Q)cp -Rp build/sysroot/$1 $$(SDK)/lib/$1.tmp
	$$(Q)echo '--target=$$($1_TRIPLE) $$($1_CFLAGS)' > $$(SDK)/lib/$1.tmp/cflags
	$$(Q)touch $$(SDK)/lib/$1.tmp/libc.a
	$$(Q)mv $$(SDK)/lib/$1.tmp $$(SDK)/lib/$1
$$(SDK)/lib/$1/pkgconfig/%.pc: $$(S)/sysroots/pkgconfig/%.pc $$(SDK)/lib/$1/libc.a
	$$(Q)mkdir -p $$(@D)
	$$(Q)cp $$< $$@.tmp && mv $$@.tmp $$@
$$(SDK)/lib/$1/libruntime.a: build/obj/$1/libruntime.a $$(SDK)/lib/$1/libc.a
	$$(Q)cp $$< $$@.tmp && mv $$@.tmp $$@

-include $$(addsuffix .d,$$(call runtime_obj,$1))
endef
# The SDK's own Go programs need that of the host.
$(foreach t,$(sort $(HOSTDIR) $(TARGETDIRS)),$(eval $(call runtime_rules,$t)))

PCFILES := $(notdir $(wildcard $(S)/sysroots/pkgconfig/*.pc))
runtime: $(TARGETDIRS:%=$(SDK)/lib/%/libruntime.a) $(foreach t,$(TARGETDIRS),$(PCFILES:%=$(SDK)/lib/$t/pkgconfig/%))
