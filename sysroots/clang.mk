# clang.mk - the clang archive: what cgo needs on machines without a C compiler. Unpacked over an SDK it becomes its pkg/clang.

CLANGARCHIVE = build/dist/slipway-$(VERSION)-clang.$(subst /,-,$(HOST)).tar.xz

build/obj/clanglaunch: $(S)/sysroots/clanglaunch.c build/sysroot/$(HOSTDIR)/libc.a
	$(call say,CC,sysroots/clanglaunch.c)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) --target=$($(HOSTDIR)_TRIPLE) -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -nostdlibinc -isystem $(rel_SYS)/include \
		$(CFLAGS) -fuse-ld=lld -static -nostdlib -Wl,--gc-sections -Wl,-s -o $@ $(rel_SYS)/crt1.o $(rel_SYS)/crti.o $< \
		-L$(rel_SYS) -Wl,--start-group -lc -lclang_rt.builtins -Wl,--end-group $(rel_SYS)/crtn.o

build/clang.stamp: build/obj/clanglaunch $(S)/sysroots/clang.sh $(S)/sysroots/lib.sh
	$(call say,CLANG,build/clang)
	$(Q)CLANG='$(CLANG)' sh $(S)/sysroots/clang.sh build/obj/clanglaunch build/clang/go/pkg/clang
	$(Q)touch $@

.PHONY: dist-cgo
dist-cgo: build/clang.stamp
	$(call say,DIST,$(CLANGARCHIVE))
	$(Q)mkdir -p build/dist
	$(Q)tar -C build/clang --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1735689600 --mode=u+rw,go=rX --format=gnu -cf - go | \
		xz -T0 --block-size=64MiB -3 > $(CLANGARCHIVE).tmp
	$(Q)mv $(CLANGARCHIVE).tmp $(CLANGARCHIVE)
	$(Q)cd build/dist && sha256sum $(notdir $(CLANGARCHIVE)) > $(notdir $(CLANGARCHIVE)).sha256
