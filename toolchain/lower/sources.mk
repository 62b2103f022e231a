# Typed trees to SSA: first what functions refer to, then the functions themselves.
lower_SRC := \
	layout.c \
	names.c \
	data.c \
	desc.c \
	alg.c \
	itab.c \
	wrapper.c \
	abiwrap.c \
	static.c \
	embed.c \
	build.c \
	build_fn.c \
	bodyinfo.c \
	build_ssa.c \
	build_opd.c \
	build_rt.c \
	build_expr.c \
	build_call.c \
	build_builtin.c \
	build_conv.c \
	build_stmt.c \
	build_assign.c \
	build_lit.c \
	build_range.c \
	build_rangefunc.c \
	build_switch.c \
	build_select.c \
	build_closure.c \
	build_init.c \
	intrinsic.c \
	report.c \
	inline.c \
	coverage.c \
	fuzz.c
