#!/bin/sh
# build.sh - build the C sysroot of one target.
#
# usage: build.sh GOOS_GOARCH DIR       e.g. build.sh linux_amd64 build/sysroot/linux_amd64
#
# DIR gets, flat, what the linker reads (libc.a, crt1.o, crti.o, crtn.o, rcrt1.o, libclang_rt.builtins.a, libz.a,
# libcmocka.a, ...), include/ (kernel, musl, zlib, CMocka), and licences/. Static libraries only.
#
# The result is kept in $SLIPWAY_CACHE under a hash of everything that goes into it (the sources and patches, this
# script, the target's flags, the compiler's version), so an unchanged sysroot is copied, not built. The bytes depend on
# nothing else: not on where the tree lies, not on the number of jobs.
#
# Environment: CLANG, AR (default clang-19, llvm-ar-19), JOBS, SLIPWAY_CACHE, SLIPWAY_DOWNLOADS.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

[ $# -eq 2 ] || { echo "usage: build.sh GOOS_GOARCH DIR" >&2; exit 2; }
target=$1
out=$2
: "${CLANG:=clang-19}" "${AR:=llvm-ar-19}" "${JOBS:=2}"
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1735689600

[ -f "$here/targets/$target.mk" ] || fail "no such target: $target"
# flag NAME: one variable of the target's file.
flag() {
	sed -n "s/^${target}_$1 *= *//p" "$here/targets/$target.mk"
}
triple=$(flag TRIPLE)
cflags=$(flag CFLAGS)
kheaders=$(flag KHEADERS)
builtins=$(flag BUILTINS)

parts="linux-headers musl compiler-rt zlib cmocka"
hash=$({
	hash_files "$here/build.sh"
	echo "$triple, $cflags, $kheaders, $builtins"
	for p in $parts; do source_hash "$p"; done
	"$CLANG" --version | head -n 1
	"$AR" --version
} | sha256sum | cut -c1-16)
cached=$SLIPWAY_CACHE/sysroot-$target-$hash

# publish: the cached tree becomes DIR; DIR/.hash says which one it is.
publish() {
	[ "$(cat "$out/.hash" 2>/dev/null)" = "$hash" ] && return 0
	mkdir -p "$(dirname "$out")"
	rm -rf "$out.tmp"
	cp -Rp "$cached" "$out.tmp"
	echo "$hash" > "$out.tmp/.hash"
	rm -rf "$out"
	mv "$out.tmp" "$out"
}

if [ -d "$cached" ]; then
	publish
	exit 0
fi

mkdir -p "$SLIPWAY_CACHE"
sh "$here/fetch.sh" --missing $parts
for p in $parts; do
	sh "$here/unpack.sh" "$p" > /dev/null
done

# All work happens in a directory whose name has no space, which musl's configure insists on; sources are links in it,
# and every compiler gets relative or mapped names only.
w=$(mktemp -d "${TMPDIR:-/tmp}/slipway-sysroot.XXXXXX")
trap 'rm -rf "$w"' EXIT
trap 'exit 1' HUP INT TERM
for p in $parts; do
	ln -s "$(cd "$(source_dir "$p")" && pwd)" "$w/$p"
done
d=$w/out
mkdir -p "$d/include" "$d/licences" "$w/obj"

cc="$CLANG --target=$triple $cflags -g0 -ffile-prefix-map=$w/=/"
sc="$cc -nostdlibinc -isystem $d/include -O2 -fPIC -ffunction-sections -fdata-sections"

# log NAME COMMAND...: quiet unless it fails.
log() {
	logname=$1
	shift
	"$@" > "$w/$logname.log" 2>&1 || {
		tail -n 20 "$w/$logname.log" >&2
		fail "$target: $logname failed"
	}
}

# objects DIR NAME FLAGS FILE...: compile each file of DIR to $w/obj/NAME/, then make libNAME.a, sorted by name. One of
# several objects from the same file is written FILE,-DX,-DY=1: it has these flags too.
objects() {
	odir=$1 oname=$2 oflags=$3
	shift 3
	mkdir -p "$w/obj/$oname"
	printf '%s\n' "$@" | awk '{	# FILE OBJECT FLAGS...
		file = $0; sub(/,.*/, "", file); flags = substr($0, length(file) + 1)
		object = file; sub(/\.[^.]*$/, "", object); object = object flags; gsub(/,-D|[\/=]/, "_", object)
		gsub(/,/, " ", flags); print file, object ".o" flags }' > "$w/$oname.list"
	(cd "$odir" && xargs -P "$JOBS" -L 1 sh -c '
		f=$0 o=$1; shift
		'"$sc $oflags"' "$@" -c "$f" -o "'"$w/obj/$oname"'/$o" || { echo "failed: $f"; exit 255; }' < "$w/$oname.list") > "$w/$oname.log" 2>&1 || {
		tail -n 20 "$w/$oname.log" >&2
		fail "$target: $oname failed"
	}
	(cd "$w/obj/$oname" && "$AR" rcsD "$d/lib$oname.a" *.o)
}

# 1. Kernel headers, before musl's: both bring scsi/, and musl's must win.
say HEADERS "$target"
for h in linux asm-generic mtd rdma scsi sound video drm misc xen; do
	cp -RL "$w/linux-headers/usr/include/$h" "$d/include/"
done
cp -RL "$w/linux-headers/usr/include/$kheaders/asm" "$d/include/"
cp "$w/linux-headers/usr/share/doc/linux-libc-dev/copyright" "$d/licences/linux-headers"

# 2. musl. LIBCC is blank because builtins are linked by whoever links.
say MUSL "$target"
mkdir -p "$w/musl-build"
(
	cd "$w/musl-build"
	log musl-configure ../musl/configure "--target=$triple" --prefix=/ --libdir=/ --includedir=/include \
		--disable-shared --disable-wrapper "CC=$cc" "AR=$AR" "RANLIB=$AR s" CFLAGS= "LIBCC= "
	log musl-headers make -s install-headers "DESTDIR=$d"
	log musl-build make -s "-j$JOBS"
	log musl-install make -s install "DESTDIR=$d"
)
cp "$w/musl/COPYRIGHT" "$d/licences/musl"

# 3. compiler-rt's builtins, without its build system. @generic is every plain .c file that needs no 80-bit (xf), 128-bit
# (tf) or 16-bit (bf) floating type and is not for another system; the other classes are for the CPUs that have them.
# @lse: arm64's atomic operations out of line, each for a size and a memory order.
say BUILTINS "$target"
rt=$w/compiler-rt/compiler-rt/lib/builtins
rtflags="-std=c11 -ffreestanding -fno-builtin -fomit-frame-pointer -fvisibility=hidden -DVISIBILITY_HIDDEN -I$rt"
skip='^(apple_|atomic_|gcc_personality|eprintf|os_version|trampoline|enable_exec|crtbegin|crtend|emutls|fp_mode)'
list=
for b in $builtins; do
	case $b in
	@generic) b=$(cd "$rt" && ls *.c | grep -vE "$skip|(xf|xc3|tf|tc3|bf)|bfsf") ;;
	@bf16) b=$(cd "$rt" && ls *.c | grep bf | grep -vE 'tf|xf') ;;
	@xf) b=$(cd "$rt" && ls *.c | grep -E 'xf|xc3') ;;
	@tf) b=$(cd "$rt" && ls *.c | grep -E 'tf|tc3' | grep -vE 'xf|bf') ;;
	@lse)
		b=
		for op in cas swp ldadd ldclr ldeor ldset; do
			for size in 1 2 4 8 16; do
				[ $size != 16 ] || [ $op = cas ] || continue
				for order in 1 2 3 4 5; do
					b="$b aarch64/lse.S,-DL_$op,-DSIZE=$size,-DMODEL=$order"
				done
			done
		done ;;
	esac
	list="$list $b"
done
objects "$rt" clang_rt.builtins "$rtflags" $list
for crt in crtbegin crtend; do
	(cd "$rt" && log "$crt" $sc -std=c11 -DEH_USE_FRAME_REGISTRY=0 -DCRT_HAS_INITFINI_ARRAY -c "$crt.c" -o "$d/clang_rt.$crt.o")
done
cp "$w/compiler-rt/compiler-rt/LICENSE.TXT" "$d/licences/compiler-rt"
# clang and C build systems ask for these; the functions are in the builtins.
for empty in libatomic libgcc libgcc_eh; do
	"$AR" rcsD "$d/$empty.a"
done

# 4. zlib needs no configure step for musl.
say ZLIB "$target"
objects "$w/zlib" z "-D_LARGEFILE64_SOURCE=1 -DHAVE_HIDDEN -DHAVE_UNISTD_H -DHAVE_STDARG_H" \
	adler32.c compress.c crc32.c deflate.c gzclose.c gzlib.c gzread.c gzwrite.c infback.c inffast.c inflate.c inftrees.c \
	trees.c uncompr.c zutil.c
cp "$w/zlib/zlib.h" "$w/zlib/zconf.h" "$d/include/"
cp "$w/zlib/LICENSE" "$d/licences/zlib"

# 5. CMocka. Its configure step would find exactly this under musl.
say CMOCKA "$target"
mkdir -p "$w/cmocka-config"
for have in ASSERT_H INTTYPES_H MALLOC_H SETJMP_H SIGNAL_H STDARG_H STDDEF_H STDINT_H STDIO_H STDLIB_H STRINGS_H STRING_H \
	SYS_STAT_H SYS_TYPES_H TIME_H UNISTD_H STRUCT_TIMESPEC STRSIGNAL CLOCK_GETTIME CLOCK_REALTIME GCC_THREAD_LOCAL_STORAGE; do
	echo "#define HAVE_$have 1"
done > "$w/cmocka-config/config.h"
objects "$w/cmocka/src" cmocka "-DHAVE_CONFIG_H -D_GNU_SOURCE -I$w/cmocka-config -I$w/cmocka/include" cmocka.c
cp "$w/cmocka/include/cmocka.h" "$d/include/"
cp "$w/cmocka/COPYING" "$d/licences/cmocka"

# 6. Smoke test: a program that needs libc, builtins, zlib and threads links, is static, and runs where it can.
say SMOKE "$target"
cat > "$w/smoke.c" <<'EOF'
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <linux/futex.h>

static _Thread_local int tls;

static void *
work(void *arg)
{
	tls = *(int *)arg;
	return tls == 42 ? arg : NULL;
}

int
main(int argc, char **argv)
{
	unsigned char zip[64], back[64];
	uLongf nzip = sizeof(zip), nback = sizeof(back);
	volatile __int128 wide = (__int128)argc << 100;
	volatile long double x = 1.5L;
	int n = 42;
	void *res = NULL;
	pthread_t t;

	compress(zip, &nzip, (const Bytef *)"slipway", 8);
	uncompress(back, &nback, zip, nzip);
	pthread_create(&t, NULL, work, &n);
	pthread_join(t, &res);
	if (res != &n || strcmp((char *)back, "slipway") != 0 || wide / 3 * 3 + wide % 3 != wide || x * 2 != 3)
		return 1;
	printf("%s %.1Lf\n", back, x);
	return argv[argc] != NULL;
}
EOF
case $triple in
i386-*|arm*|mips-*|mipsel-*) sed -i 's/__int128/long long/g; s/<< 100/<< 40/' "$w/smoke.c" ;;
esac
log smoke $sc "$w/smoke.c" -o "$w/smoke" -fuse-ld=lld -static -nostdlib "$d/crt1.o" "$d/crti.o" -L"$d" -lz \
	-Wl,--start-group -lc -lclang_rt.builtins -Wl,--end-group "$d/crtn.o"
if [ "$target" = "linux_$(dpkg --print-architecture 2>/dev/null || echo none)" ]; then
	[ "$("$w/smoke")" = "slipway 1.5" ] || fail "$target: the smoke test printed something else"
fi

rm -rf "$cached.tmp.$$"
cp -Rp "$d" "$cached.tmp.$$"
mv -T "$cached.tmp.$$" "$cached" 2>/dev/null || rm -rf "$cached.tmp.$$"	# another build was faster
publish
