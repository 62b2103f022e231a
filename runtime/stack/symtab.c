/*
 * symtab.c - reading .gopclntab: functions by address, and the tables keyed by code offset.
 *
 * Everything here may run in a signal handler of a crashing process: no locks, no memory, bounds checked.
 */
#include "stack/stack.h"
#include <string.h>

const ModuleData *rt_module;
static const PclnHeader *hdr;
static const PclnTab *tab;
static const uint8_t *pcln, *pctab, *base;

void
symtab_init(const ModuleData *md)
{
	rt_module = md;
	base = md->pclntab;
	hdr = (const PclnHeader *)base;
	if (base == NULL || hdr->magic != 0xfffffff1 || hdr->ptrsize != sizeof(void *))
		rt_throw("bad function table: linker and runtime do not match");
	pcln = base + hdr->pcln;
	pctab = base + hdr->pctab;
	tab = (const PclnTab *)pcln;
}

bool
func_find(uintptr_t pc, Func *f)
{
	uintptr_t lo = 0, hi, off;

	if (rt_module == NULL || pc < rt_module->text || pc >= rt_module->etext || hdr->nfunc == 0)
		return false;
	off = pc - rt_module->text;
	hi = hdr->nfunc;
	while (hi - lo > 1) {
		uintptr_t mid = (lo + hi) / 2;

		if (tab[mid].entry <= off)
			lo = mid;
		else
			hi = mid;
	}
	if (tab[lo].entry > off)
		return false;
	f->f = (const PclnFunc *)(pcln + tab[lo].off);
	f->entry = rt_module->text + f->f->entry;
	return true;
}

const char *
func_name(const PclnFunc *f)
{
	return f->name < 0 ? "" : (const char *)base + hdr->funcname + f->name;
}

static uint32_t
varint(const uint8_t **p)
{
	uint32_t v = 0;

	for (int sh = 0; sh < 35; sh += 7) {
		uint8_t b = *(*p)++;

		v |= (uint32_t)(b & 127) << sh;
		if (b < 128)
			break;
	}
	return v;
}

/* Value at pc of the table at offset t of pctab; none if the table does not cover it. */
int32_t
func_pcvalue(Func f, uint32_t t, uintptr_t target, int32_t none)
{
	const uint8_t *p = pctab + t;
	uintptr_t pc = f.entry;
	int32_t val = -1;
	bool first = true;

	if (t == 0)
		return none;
	for (;;) {
		uint32_t d = varint(&p);

		if (d == 0 && !first)
			return none;
		first = false;
		val += (int32_t)(d & 1 ? ~(d >> 1) : d >> 1);
		pc += (uintptr_t)varint(&p) * hdr->minlc;
		if (target < pc)
			return val;
	}
}

int32_t
func_spdelta(Func f, uintptr_t pc)
{
	return func_pcvalue(f, f.f->pcsp, pc, 0);
}

uint32_t
func_pcdata(const PclnFunc *f, int i)
{
	return (uint32_t)i >= f->npcdata ? 0 : ((const uint32_t *)(f + 1))[i];
}

uint32_t
func_funcdata(const PclnFunc *f, int i)
{
	return i >= f->nfuncdata ? 0xffffffffu : ((const uint32_t *)(f + 1))[f->npcdata + (uint32_t)i];
}

const StackMap *
func_stackmap(const PclnFunc *f)
{
	uint32_t off = func_funcdata(f, FUNCDATA_STACKMAP);

	return off == 0xffffffffu ? NULL : (const StackMap *)(rt_module->stackmaps + off);
}

int
func_line(Func f, uintptr_t pc, const char **file)
{
	int32_t fileno = func_pcvalue(f, f.f->pcfile, pc, -1), line = func_pcvalue(f, f.f->pcln, pc, 0);

	if (file != NULL) {
		*file = "?";
		if (fileno >= 0 && f.f->cuoff != 0xffffffffu) {
			uint32_t off = ((const uint32_t *)(base + hdr->cutab))[f.f->cuoff + (uint32_t)fileno];

			if (off != 0xffffffffu)
				*file = (const char *)base + hdr->filetab + off;
		}
	}
	return line;
}

bool
func_logical(Func f, uintptr_t pc, int depth, LogicalFrame *out)
{
	uint32_t inl = func_funcdata(f.f, FUNCDATA_INLTREE), t = func_pcdata(f.f, PCDATA_INLTREEINDEX);

	for (;; depth--) {
		int32_t ix = inl == 0xffffffffu || t == 0 ? -1 : func_pcvalue(f, t, pc, -1);

		if (ix >= 0) {
			const InlinedCall *c = (const InlinedCall *)(rt_module->gofunc + inl) + ix;

			if (depth == 0) {
				out->name = (const char *)base + hdr->funcname + c->name;
				out->line = func_line(f, pc, &out->file);
				out->startline = c->startline;
				out->funcid = c->funcid;
				out->inlined = true;
				out->entry = f.entry;
				return true;
			}
			pc = f.entry + (uintptr_t)(intptr_t)c->parentpc;
			continue;
		}
		if (depth != 0)
			return false;
		out->name = func_name(f.f);
		out->line = func_line(f, pc, &out->file);
		out->startline = f.f->startline;
		out->funcid = f.f->funcid;
		out->inlined = false;
		out->entry = f.entry;
		return true;
	}
}
