# golden.sh - one golden test: golden.sh STAGE/.../FILE
#
# The nearest script "how" in or above the file's folder prints, for the file's path as its argument, what FILE.want must
# hold; both streams count, and so does a crash. A file x_test.sh is a test by itself.
. "$TOP/tests/lib/test.sh"
file=$TOP/tests/golden/$1
case $1 in
*_test.sh)
	. "$file"
	exit ;;
esac
[ -f "$file" ] || die "$1.want has no $1 beside it"
dir=$(dirname "$file")
while [ ! -f "$dir/how" ]; do
	[ "$dir" != "$TOP/tests/golden" ] || die "no script 'how' for $1"
	dir=$(dirname "$dir")
done
# The folder is the working directory, so that messages hold names without a path.
(cd "$(dirname "$file")" && sh "$dir/how" "$(basename "$file")") > got 2>&1
rc=$?
[ $rc -lt 128 ] || { cat got; die "crashed, exit code $rc"; }
if [ "$UPDATE" = yes ]; then
	cmp -s got "$file.want" || { cp got "$file.want" && echo "updated $1.want"; }
	exit 0
fi
same "$file.want" got
