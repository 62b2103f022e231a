# Typed trees to SSA: first what functions refer to, then the functions themselves.
lower_SRC := \
	layout.c \
	names.c \
	data.c \
	desc.c \
	alg.c \
	itab.c \
	wrapper.c \
	static.c \
	embed.c
