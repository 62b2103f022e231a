/*
 * sym.c - symbols and relocations of one object in memory.
 */
#include "obj/obj.h"

ObjFile *
objfile_new(Arena *a, const char *goarch, const char *pkgpath)
{
	ObjFile *o = NEW(a, ObjFile);

	o->a = a;
	o->goarch = goarch;
	o->pkgpath = pkgpath;
	o->names = map_new(a);
	return o;
}

ObjSym *
obj_sym(ObjFile *o, const char *name)
{
	ObjSym *s = map_get(o->names, name);

	if (s != NULL)
		return s;
	s = NEW(o->a, ObjSym);
	s->name = name;
	s->align = 1;
	map_set(o->names, name, s);
	vec_push(o->a, &o->syms, s);
	return s;
}

ObjSym *
obj_define(ObjFile *o, const char *name, SymKind k, unsigned flags, uint32_t align)
{
	ObjSym *s = obj_sym(o, name);

	if (s->defined)
		bug("symbol %s is defined twice", name);
	s->defined = true;
	s->kind = (uint8_t)k;
	s->flags |= (uint16_t)flags;
	s->align = align;
	return s;
}

ObjSym *
obj_text(ObjFile *o, const char *p, size_t n)
{
	char hex[65];
	const char *name;
	ObjSym *s;

	/* gc's naming: short printable text stands for itself */
	sha256_hex(p, n, hex);
	hex[32] = 0;
	name = intern_printf("go:string.%zu.%s", n, hex);
	s = obj_sym(o, name);
	if (!s->defined) {
		obj_define(o, name, SYM_RODATA, SYMF_DUPOK, 1);
		buf_put(&s->data, p, n);
		s->size = n;
	}
	return s;
}

void
obj_reloc(ObjSym *s, uint32_t off, RelocKind k, ObjSym *to, int64_t add)
{
	ObjReloc r = { off, (uint8_t)k, to, add };

	vec_push(perm, &s->relocs, r);
}

void
obj_addr(ObjSym *s, ObjSym *to, int64_t add, int ptrsize)
{
	obj_reloc(s, (uint32_t)s->data.n, OBJ_R_ADDR, to, add);
	buf_zero(&s->data, (size_t)ptrsize);
	s->size = s->data.n;
}

void
pctable_add(PcTable *t, uint32_t pc, int32_t val)
{
	if (t->n > 0 && vec_last(t).pc == pc) {
		vec_last(t).val = val;
		if (t->n > 1 && t->at[t->n - 2].val == val)
			t->n--;
		return;
	}
	if (t->n > 0 && vec_last(t).val == val)
		return;
	vec_push(perm, t, ((PcVal){ pc, val }));
}

const char *
obj_pkgprefix(const char *path)
{
	const char *last = strrchr(path, '/'), *r;
	Buf b = { 0 };

	last = last != NULL ? last : path;
	for (const char *p = path; *p != '\0'; p++) {
		uint8_t c = (uint8_t)*p;

		if (c <= ' ' || (c == '.' && p > last) || c == '%' || c == '"' || c >= 0x7f)
			buf_printf(&b, "%%%02x", c);
		else
			buf_byte(&b, c);
	}
	r = intern((const char *)b.p, b.n);
	buf_free(&b);
	return r;
}
