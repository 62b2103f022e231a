# The sysroot: a C program against it is static, finds none of this machine's headers, and runs.
. "$TOP/tests/lib/test.sh"
lib=$SDK/lib/linux_amd64
[ -f "$lib/libc.a" ] || die "the SDK has no sysroot"
command -v clang-19 > /dev/null || skip "clang-19 is not installed"
cat > t.c <<'EOF'
#include <stdio.h>
#include <string.h>
#include <zlib.h>
#include <linux/limits.h>
#ifdef __GLIBC__
#error these are not our headers
#endif
int
main(void)
{
	/* 1.3.1 as released never returns from this; sysroots/patches has why. */
	printf("%s %lu\n", zlibVersion(), crc32_combine(1, 2, -1));
	return 0;
}
EOF
ok clang-19 --target=x86_64-linux-musl -nostdlibinc -isystem "$lib/include" -fuse-ld=lld -static -nostdlib -o t "$lib/crt1.o" \
	"$lib/crti.o" t.c -L"$lib" -lz -lc -lclang_rt.builtins "$lib/crtn.o"
echo '1.3.1 0' > want
ok ./t > got
same want got
for f in musl zlib compiler-rt linux-headers cmocka; do
	[ -s "$lib/licences/$f" ] || die "no licence of $f"
done
