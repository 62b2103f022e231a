# toolchain.mk - rules for the programs of toolchain/cmd, in two flavours.
#
# rel   what the SDK ships: static programs against our own musl sysroot
# san   the same sources with the host compiler, address and undefined behaviour sanitizers: for unit tests
#
# Sources are named in <folder>/sources.mk as <folder>_SRC; every toolchain/cmd/x.c is a program x.

FOLDERS := $(patsubst $(S)/toolchain/%/sources.mk,%,$(sort $(wildcard $(S)/toolchain/*/sources.mk $(S)/toolchain/target/*/sources.mk)))
FOLDERS := $(filter-out cmd,$(FOLDERS))
include $(FOLDERS:%=$(S)/toolchain/%/sources.mk)
# $(call folder_src,target/amd64): the variable is amd64_SRC or target_amd64_SRC.
folder_src = $(addprefix toolchain/$1/,$(or $($(subst /,_,$1)_SRC),$($(notdir $1)_SRC)))

TOOL_SRC := $(foreach f,$(FOLDERS),$(call folder_src,$f))
TOOL_MAIN := $(patsubst $(S)/%,%,$(sort $(wildcard $(S)/toolchain/cmd/*.c)))
PROGS := $(notdir $(TOOL_MAIN:.c=))

TOOL_CFLAGS := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror \
	-I$(S)/toolchain -I$(S)/runtime -Ibuild/obj -Ibuild/gmp -include build/config.h

rel_CC := $(CC)
# clang looks for out-of-bounds constants in branches that a table row never takes.
rel_CFLAGS := -Wno-array-bounds $(call target_cc,$(HOSTDIR)) $(CFLAGS) -ffile-prefix-map=$(S)/= -fdebug-compilation-dir=/
rel_SYS := build/sysroot/$(HOSTDIR)
rel_LINK = $(CLANG) --target=$($(HOSTDIR)_TRIPLE) -fuse-ld=lld -static -nostdlib -Wl,--gc-sections -o $@ $(rel_SYS)/crt1.o \
	$(rel_SYS)/crti.o $^ -L$(rel_SYS) -lz -Wl,--start-group -lc -lclang_rt.builtins -Wl,--end-group $(rel_SYS)/crtn.o
rel_DEPS := build/sysroot/$(HOSTDIR)/libc.a

san_CC := $(HOSTCC)
# gcc warns of more when it instruments, and wrongly; the rel flavour is where warnings are errors.
san_CFLAGS := -O1 -g -Wno-error $(SANFLAGS)
san_LINK = $(HOSTCC) $(SANFLAGS) -o $@ $^ -lz -lpthread -lm
san_DEPS :=

# $(call flavour,rel)
define flavour
build/obj/$1/%.o: $$(S)/%.c build/config.h build/gmp/mini-gmp.h | build/obj/cpus.def build/obj/asmcpus.def $$($1_DEPS)
	$$(call say,CC$(if $(filter san,$1),-$1),$$*.c)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$($1_CC) $$(TOOL_CFLAGS) $$($1_CFLAGS) -MMD -MP -MF $$@.d -c $$< -o $$@

# Not our code: our warnings do not apply to it.
build/obj/$1/mini-gmp.o: build/gmp/mini-gmp.c | $$($1_DEPS)
	$$(call say,CC$(if $(filter san,$1),-$1),mini-gmp.c)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$($1_CC) $$($1_CFLAGS) -w -c $$< -o $$@

# A list that loses a file must shrink the archive, hence its own stamp of names.
build/obj/$1/libtoolchain.a: $$(TOOL_SRC:%.c=build/obj/$1/%.o) build/obj/$1/mini-gmp.o build/obj/$1/members
	$$(Q)rm -f $$@
	$$(Q)$$(AR) rcsD $$@ $$(filter %.o,$$^)
build/obj/$1/members: FORCE
	$$(Q)mkdir -p $$(@D)
	$$(Q)echo '$$(TOOL_SRC)' | cmp -s - $$@ || echo '$$(TOOL_SRC)' > $$@
endef
# The list of back ends, for target/all.c.
CPUS := $(patsubst target/%,%,$(filter target/%,$(FOLDERS)))
build/obj/cpus.def: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf 'CPU(%s)\n' $(CPUS) | cmp -s - $@ || printf 'CPU(%s)\n' $(CPUS) > $@
# Those that have an assembler, for asm/all.c.
ASM_CPUS := $(patsubst $(S)/toolchain/target/%/asm.c,%,$(sort $(wildcard $(S)/toolchain/target/*/asm.c)))
build/obj/asmcpus.def: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf 'CPU(%s)\n' $(ASM_CPUS) | cmp -s - $@ || printf 'CPU(%s)\n' $(ASM_CPUS) > $@

$(eval $(call flavour,rel))
$(eval $(call flavour,san))

.PHONY: FORCE
FORCE:
.SECONDARY:

# --- programs: go and gofmt to bin, the others to pkg/tool

BIN_PROGS := $(filter go gofmt,$(PROGS))
TOOL_PROGS := $(filter-out $(BIN_PROGS),$(PROGS))
TOOLDIR := $(SDK)/pkg/tool/$(HOSTDIR)
TOOLS := $(BIN_PROGS:%=$(SDK)/bin/%) $(TOOL_PROGS:%=$(TOOLDIR)/%)
SHIPPED := $(if $(filter yes,$(SANITIZE)),san,rel)

build/obj/%/libtoolchain.a: ;

define program
build/obj/$1/bin/$2: build/obj/$1/toolchain/cmd/$2.o build/obj/$1/libtoolchain.a
	$$(call say,LINK$(if $(filter san,$1),-$1),$2)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$($1_LINK)
endef
$(foreach f,rel san,$(foreach p,$(PROGS),$(eval $(call program,$f,$p))))

# Written beside and renamed: a build that runs the old program meanwhile is not disturbed.
$(BIN_PROGS:%=$(SDK)/bin/%): $(SDK)/bin/%: build/obj/$(SHIPPED)/bin/%
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@.tmp && mv $@.tmp $@
$(TOOL_PROGS:%=$(TOOLDIR)/%): $(TOOLDIR)/%: build/obj/$(SHIPPED)/bin/%
	$(Q)mkdir -p $(@D)
	$(Q)cp $< $@.tmp && mv $@.tmp $@

tools: $(TOOLS)

# build/san has the shape of the SDK's program folders, so that GOTOOLDIR can point there.
san: $(PROGS:%=build/obj/san/bin/%)
	$(Q)mkdir -p build/san
	$(Q)for p in $(PROGS); do cp build/obj/san/bin/$$p build/san/$$p.tmp && mv build/san/$$p.tmp build/san/$$p; done

# --- unit tests: each tests/unit/**/x_test.c is a program, linked with the san flavour. A line "// link: FILE..." in it
# names C files outside toolchain/, relative to the source tree, that are compiled into the test.

UNIT_SRC := $(patsubst $(S)/%,%,$(shell find $(S)/tests/unit -name '*_test.c' 2>/dev/null | sort))
UNIT_BIN := $(UNIT_SRC:%.c=build/unit/%)

build/unit/%: $(S)/%.c build/obj/san/libtoolchain.a
	$(call say,UNIT,$*)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOSTCC) $(TOOL_CFLAGS) $(san_CFLAGS) $(call arch_header,$(HOSTDIR)) -Wno-unused-function -MMD -MP -MF $@.d -MT $@ -o $@ $< \
		$$(sed -n 's,^// link: ,,p' $< | tr ' ' '\n' | sed '/^$$/d; s,^,$(S)/,') \
		build/obj/san/libtoolchain.a -lcmocka -lz -lpthread -lm

# Those of the runtime are built for each foreign target, too, with its own C library and CMocka: build/unit/<goarch>/.
# $(call unit_foreign,GOOS_GOARCH)
UNIT_RUNTIME := $(filter tests/unit/runtime/%,$(UNIT_SRC))
define unit_foreign
build/unit/$(goarch_of)/%: $$(S)/%.c $$(SDK)/lib/$1/libruntime.a
	$$(call say,UNIT,$$* ($1))
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(call target_cc,$1) $$(call arch_header,$1) $$(TOOL_CFLAGS) -O1 -g -Wno-error -Wno-unused-function -MMD -MP -MF $$@.d \
		-fuse-ld=lld -static -nostdlib -o $$@ build/sysroot/$1/crt1.o build/sysroot/$1/crti.o $$< \
		$$$$(sed -n 's,^// link: ,,p' $$< | tr ' ' '\n' | sed '/^$$$$/d; s,^,$$(S)/,') \
		-Lbuild/sysroot/$1 -lcmocka -Wl,--start-group -lc -lclang_rt.builtins -Wl,--end-group build/sysroot/$1/crtn.o
UNIT_BIN += $$(UNIT_RUNTIME:%.c=build/unit/$(goarch_of)/%)
endef
$(foreach t,$(filter-out $(HOSTDIR),$(TARGETDIRS)),$(eval $(call unit_foreign,$t)))

.PHONY: check-programs
check-programs:
	$(Q)[ -n '$(HOSTCC)' ] || { echo 'unit tests need a host C compiler; run ci/setup, then configure' >&2; exit 1; }
	$(Q)$(MAKE) -k $(UNIT_BIN) || echo 'some unit tests do not build: they will be counted as failed' >&2

-include $(foreach f,rel san,$(patsubst %.c,build/obj/$f/%.o.d,$(TOOL_SRC) $(TOOL_MAIN)))
-include $(UNIT_BIN:%=%.d)
