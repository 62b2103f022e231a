# Sources of toolchain/types: the algebra first, then the checker.
types_SRC := \
	type.c \
	universe.c \
	object.c \
	scope.c \
	const.c \
	const_text.c \
	identical.c \
	format.c \
	sizes.c \
	lookup.c \
	typeset.c \
	subst.c \
	unify.c \
	infer.c \
	import.c
