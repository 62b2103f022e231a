syntax_SRC :=
