driver_SRC := archive.c asm.c build.c buildcmd.c cache.c cc.c cgo.c cgoflags.c constraint.c cover.c dirs.c dist.c embed.c env.c exec.c flags.c generate.c help.c job.c json.c list.c load.c main.c mod.c modfile.c \
	modinfo.c modload.c modtool.c overlay.c pattern.c pkgconfig.c place.c semver.c source.c template.c test.c test2json.c testcache.c testflags.c testfuncs.c testpkg.c text.c \
	value.c vcs.c version.c vet.c
