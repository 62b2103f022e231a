base_SRC := arena.c vec.c map.c intern.c buf.c pos.c diag.c file.c path.c utf8.c sha256.c hash.c flag.c
