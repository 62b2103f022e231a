/*
 * import.c - export data of other packages, read lazily.
 */
#include "types/types.h"

Package *(*import_open)(const char *path, const char **err);

Obj *
import_lookup(Package *pkg, const char *name)
{
	bug("import of %s.%s: export data is not supported yet", pkg->path, name);
}

void
import_all(Package *pkg)
{
	bug("import of %s: export data is not supported yet", pkg->path);
}

void
import_resolve(Obj *o)
{
	bug("import of %s: export data is not supported yet", o->name);
}
