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
	import.c \
	export.c \
	iexport.c \
	check.c \
	check_report.c \
	check_version.c \
	check_decl.c \
	check_cycle.c \
	check_generic.c \
	check_type.c \
	check_expr.c \
	check_binary.c \
	check_literal.c \
	check_index.c \
	check_call.c \
	check_builtin.c \
	check_conv.c \
	check_assign.c \
	check_stmt.c \
	check_return.c \
	check_init.c \
	check_pragma.c
