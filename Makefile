# Makefile - the whole build; `make help` lists what can be asked for.
#
# Works in the source tree and in any directory where configure was run. Every path is relative to that directory: S is
# the source tree seen from there. Each folder lists its own sources (toolchain/*/sources.mk, runtime/sources.mk and below).

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh
export LC_ALL := C

ifeq ($(V),1)
Q :=
else
Q := @
MAKEFLAGS += --no-print-directory
endif
# $(call say,WHAT,WHICH)
say = @printf '  %-9s%s\n' '$1' '$2'

GOALS := $(or $(MAKECMDGOALS),all)
S := $(if $(wildcard build/src/configure),build/src,.)

# These install what they need by themselves; everything else expects it to be there.
SETUP_GOALS := demo check check-unit check-golden check-cli check-asm check-examples check-conform check-stress check-std check-dist check-full bench

SETUP_FLAGS := $(if $(filter check check-dist check-full,$(GOALS)),--tests)

ifneq ($(filter-out help clean distclean format setup,$(GOALS)),)
# When it is missing, make writes it by the rule below and starts over; the rest makes sense only then.
include build/config.mak
ifneq ($(TARGETS),)
ifneq ($(filter $(SETUP_GOALS),$(GOALS)),)
ready := setup
endif

SDK := build/sdk
HOSTDIR := $(subst /,_,$(HOST))
TARGETDIRS := $(subst /,_,$(TARGETS))

include $(S)/sysroots/sysroots.mk
include $(S)/toolchain/toolchain.mk
include $(S)/runtime/rules.mk
include $(S)/sysroots/clang.mk
endif
endif

.PHONY: all tools runtime src sysroot qemu std gotools san demo check check-unit check-golden check-cli check-asm check-examples check-conform check-stress check-std check-dist \
	check-ci check-full bench dist install images help clean distclean format lint setup wc

build/config.mak: $(S)/configure
	$(if $(filter $(SETUP_GOALS),$(GOALS)),$(Q)sh $(S)/ci/setup $(SETUP_FLAGS))
	$(Q)if [ -f build/config.status ]; then sh build/config.status; else sh $(S)/configure; fi
	$(Q)touch $@

build/config.h build/config.clang: build/config.mak ;

setup:
	$(Q)sh $(S)/ci/setup $(SETUP_FLAGS)

# --- the SDK

HAVE_GO := $(wildcard $(S)/toolchain/cmd/go.c)

all: tools runtime src qemu $(if $(HAVE_GO),std gotools)

# The standard library as archives in $(SDK)/pkg: built by the SDK's own go command.
STDSTAMPS := $(TARGETDIRS:%=build/std-%.stamp)
std: $(STDSTAMPS)
$(STDSTAMPS): build/std-%.stamp: $(TOOLS) $(SDK)/lib/%/libruntime.a build/gosrc.stamp
	$(call say,STD,$*)
	$(Q)sh $(S)/ci/buildstd $(SDK) $*
	$(Q)touch $@

# Upstream's tools that the go command starts or users call, and our gomod, built by the SDK itself; gofmt goes to bin.
GOTOOLS := addr2line buildid cgo covdata cover doc fix gofmt gomod nm objdump pack test2json vet
gotools: build/gotools.stamp
build/gotools.stamp: $(TOOLS) $(SDK)/lib/$(HOSTDIR)/libruntime.a build/gosrc.stamp $(S)/ci/buildtools | $(filter build/std-$(HOSTDIR).stamp,$(STDSTAMPS))
	$(call say,GOTOOLS,$(GOTOOLS))
	$(Q)sh $(S)/ci/buildtools $(SDK) $(HOSTDIR) $(GOTOOLS)
	$(Q)touch $@

# --- trying it

demo: | $(ready)
	$(Q)$(MAKE) all
	$(Q)sh $(S)/ci/demo $(S) $(SDK)

SUITES := ci unit golden cli asm examples conform stress std dist
check: | $(ready)
	$(Q)$(MAKE) images check-programs
	$(Q)SDK=$(SDK) sh $(S)/tests/run

$(SUITES:%=check-%): check-%: | $(ready)
	$(Q)$(MAKE) $(if $(filter golden cli asm examples conform stress std,$*),all) $(if $(filter dist,$*),images) $(if $(filter unit,$*),check-programs)
	$(Q)SDK=$(SDK) sh $(S)/tests/run $* $(T)

check-full: | $(ready)
	$(Q)$(MAKE) images dist-cgo check-programs
	$(Q)SDK=$(SDK) sh $(S)/tests/run --full

bench:
	$(Q)[ -f $(S)/tests/bench/run ] || { echo "make bench: there are no benchmarks yet (tests/bench/run)" >&2; exit 1; }
	$(Q)$(MAKE) all
	$(Q)SDK=$(SDK) sh $(S)/tests/bench/run

# --- handing it on. The archive holds one folder, go/, and is the same bytes for the same sources wherever they lie. It has
# a second name, that of Go's own archives, which setup-go and others ask for.

HOSTNAME := $(subst /,-,$(HOST))
DISTFILE := slipway-$(VERSION).$(HOSTNAME).tar.gz
CLANGFILE := slipway-$(VERSION)-clang.$(HOSTNAME).tar.xz
DISTSUMS := cd build/dist && for f in $(GOVERSION).$(HOSTNAME).tar.gz install.sh $(CLANGFILE) $(DISTFILE); do \
	[ ! -f $$f ] || sha256sum $$f; done > SHA256SUMS
DISTENV = VERSION='$(VERSION)' GOVERSION='$(GOVERSION)' HOST='$(HOST)' TARGETS='$(TARGETS)'
dist: all
	$(call say,DIST,build/dist/$(DISTFILE))
	$(Q)mkdir -p build/dist
	$(Q)$(DISTENV) sh $(S)/ci/dist/stage.sh $(SDK) build/dist/go
	$(Q)cd build/dist && tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1735689600 --format=ustar -cf - go | \
		gzip -n -9 > $(DISTFILE).tmp
	$(Q)cd build/dist && mv $(DISTFILE).tmp $(DISTFILE) && ln -f $(DISTFILE) $(GOVERSION).$(HOSTNAME).tar.gz
	$(Q)cp $(S)/ci/dist/install.sh build/dist/ && chmod 755 build/dist/install.sh
	$(Q)$(DISTSUMS)

install: all
	$(call say,INSTALL,$(DESTDIR)$(PREFIX))
	$(Q)mkdir -p "$(DESTDIR)$(PREFIX)"
	$(Q)cd $(SDK) && tar -cf - . | tar -C "$(DESTDIR)$(PREFIX)" --no-same-owner -xf -

# Images of the same tree, as archives for docker load and as an OCI layout; no Docker is needed. SOURCE=URL is for a label.
images: dist
	$(call say,IMAGES,build/dist/images)
	$(Q)$(DISTENV) SOURCE='$(SOURCE)' sh $(S)/docker/images.sh build/dist/go build/dist/images
	$(Q)cp $(S)/docker/dockerignore build/dist/.dockerignore
	$(Q)awk '{ printf "  %-22s %6.1f MB  %s\n", $$1, $$3 / 1e6, $$2 }' build/dist/images/IDS

# --- housekeeping

format:
	$(Q)sh $(S)/ci/check-style --format $(FILES)

# The runtime once for each target. clang-analyzer takes fifty times as long as all the rest: ANALYZE=yes.
TIDY = clang-tidy-19 --quiet $(if $(filter yes,$(ANALYZE)),,--checks=-clang-analyzer-*)
lint: all $(TARGETDIRS:%=lint-%)
	$(Q)$(TIDY) $(addprefix $(S)/,$(TOOL_SRC) $(TOOL_MAIN)) -- $(TOOL_CFLAGS) $(rel_CFLAGS)
$(TARGETDIRS:%=lint-%): lint-%: | all
	$(Q)command -v clang-tidy-19 > /dev/null || { echo "make lint: clang-tidy-19 is not installed (apt-get install clang-tidy-19)" >&2; exit 1; }
	$(Q)$(TIDY) $(addprefix $(S)/,$(filter %.c,$(call runtime_src,$*))) -- $(call target_cc,$*) $(call arch_header,$*) $(RUNTIME_CFLAGS)

wc:
	$(Q)cd $(S) && for d in toolchain/* toolchain/target/* runtime/* tests sysroots ci; do [ -d $$d ] && \
		printf '%7d %s\n' $$(find $$d -type f \( -name '*.[chS]' -o -name '*.def' -o -name '*.sh' -o -name '*.go' \) \
		-exec cat {} + | wc -l) $$d; done

# Downloads and the cache of sysroots stay.
clean:
	$(Q)rm -rf build/obj build/sdk build/gocache build/san build/unit build/dist build/tests build/gmp build/*.stamp build/gosrc.list

distclean:
	$(Q)rm -rf build
	$(Q)if [ -f Makefile ] && grep -q '^include build/src/Makefile' Makefile; then rm -f Makefile; fi

help:
	@echo 'make                the SDK, in build/sdk'
	@echo 'make demo           install what is missing, build the SDK, build and run Go programs with it'
	@echo 'make check          install what is missing, build, run the tests; ends with a line of totals'
	@echo 'make check-KIND     one kind: ci unit golden cli examples conform stress std dist; T=pattern picks tests'
	@echo 'make check-full     with the whole of the upstream test folder and all packages of std'
	@echo 'make tools          go, compile, link, ...: static programs'
	@echo 'make san            the same with sanitizers, in build/san'
	@echo 'make runtime        libruntime.a and the sysroot of each target'
	@echo 'make qemu           emulators for the targets that are not the host'
	@echo 'make src            the Go sources: upstream with runtime/overlay'
	@echo 'make std            the standard library as archives'
	@echo 'make gotools        upstream'"'"'s gofmt, vet, cover, ..., built by the SDK'
	@echo 'make dist           a tar.gz of the SDK with SHA256SUMS, in build/dist'
	@echo 'make dist-cgo       a C compiler for cgo, clang and lld, as a tar.xz of its own beside it'
	@echo 'make install        PREFIX=DIR DESTDIR=DIR'
	@echo 'make images         Docker images of it, in build/dist/images; needs no Docker'
	@echo 'make bench          benchmarks'
	@echo 'make format         clang-format on the C files that differ from the last commit, or on FILES="..."'
	@echo 'make lint wc        clang-tidy (ANALYZE=yes: slowly, more of it); lines of code'
	@echo 'make clean          remove what was built; distclean: downloads and settings too'
	@echo 'V=1 shows every command. ./configure --help lists the settings.'
