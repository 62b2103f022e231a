syntax_SRC := scan.c lit.c parse.c pragma.c parse_decl.c parse_type.c parse_expr.c parse_stmt.c branches.c print.c walk.c
