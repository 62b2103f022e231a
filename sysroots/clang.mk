# clang.mk - the clang archive: what cgo needs on machines without a C compiler. Unpacked over an SDK it becomes its pkg/clang.
# It is the same bytes wherever it is made: xz splits its work alike however many CPUs there are. BusyBox must be able to unpack it: no filters.

build/obj/clanglaunch: $(S)/sysroots/clanglaunch.c build/sysroot/$(HOSTDIR)/libc.a
	$(call say,CC,sysroots/clanglaunch.c)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) --target=$($(HOSTDIR)_TRIPLE) -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -nostdlibinc -isystem $(rel_SYS)/include \
		$(CFLAGS) -fuse-ld=lld -static -nostdlib -Wl,--gc-sections -Wl,-s -o $@ $(rel_SYS)/crt1.o $(rel_SYS)/crti.o $< \
		-L$(rel_SYS) -Wl,--start-group -lc -lclang_rt.builtins -Wl,--end-group $(rel_SYS)/crtn.o

CLANGDIR := build/clang/go/pkg/clang
build/clang.stamp: build/obj/clanglaunch $(S)/sysroots/clang.sh $(S)/sysroots/lib.sh $(wildcard $(S)/sysroots/sources/clang-*) \
		$(S)/ci/dist/sbom-clang.sh $(S)/ci/dist/spdx.sh
	$(call say,CLANG,$(CLANGDIR))
	$(Q)[ $(HOST) = linux/amd64 ] || { echo "make dist-cgo: sysroots/sources/clang-* are for linux/amd64, not $(HOST)" >&2; exit 1; }
	$(Q)CLANG='$(CLANG)' sh $(S)/sysroots/clang.sh build/obj/clanglaunch $(CLANGDIR)
	$(Q)cp $(S)/LICENSE $(CLANGDIR)/share/licences/slipway
	$(Q)cp $(rel_SYS)/licences/musl $(CLANGDIR)/share/licences/musl
	$(Q)cd $(CLANGDIR) && find . -type f | sort | tr '\n' '\0' | xargs -0 sha256sum > ../manifest && mv ../manifest manifest
	$(Q)$(DISTENV) sh $(S)/ci/dist/sbom-clang.sh $(CLANGDIR) > $(CLANGDIR)/share/sbom.spdx.json
	$(Q)cd $(CLANGDIR) && sha256sum ./share/sbom.spdx.json >> manifest
	$(Q)touch $@

.PHONY: dist-cgo
dist-cgo: build/clang.stamp
	$(call say,DIST,build/dist/$(CLANGFILE))
	$(Q)mkdir -p build/dist
	$(Q)tar -C build/clang --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1735689600 --mode=u+rw,go=rX --format=gnu -cf - go | \
		xz -T2 --block-size=128MiB --lzma2=preset=6,dict=64MiB > build/dist/$(CLANGFILE).tmp
	$(Q)cd build/dist && mv $(CLANGFILE).tmp $(CLANGFILE)
	$(Q)$(DISTSUMS)
