/*
 * list.c - -S: a function as gc's assembler lists it. What prologues and epilogues consist of is shown by its bytes
 * only.
 */
#include "asm/asm.h"

static void
dump(FILE *out, const uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n; at += 16) {
		fprintf(out, "\t0x%04zx ", at);
		for (size_t k = at; k < at + 16; k++)
			k < n ? fprintf(out, "%02x ", p[k]) : fputs("   ", out);
		fputc(' ', out);
		for (size_t k = at; k < at + 16 && k < n; k++)
			fputc(p[k] >= 0x20 && p[k] <= 0x7e ? p[k] : '.', out);
		fputc('\n', out);
	}
}

void
asm_list(FILE *out, const AsmFunc *f)
{
	static const char *const kind[OBJ_R_COUNT] = { "R_ADDR", "R_ADDR32", "R_PCREL", "R_CALL", "R_HI", "R_LO",
		"R_GOT", "R_TLSLE" };
	const ObjSym *s = f->sym;

	fprintf(out, "%s STEXT%s%s asm size=%zu args=0x%llx locals=0x%llx\n", s->name,
	    (f->flags & ATF_DUPOK) != 0 ? " dupok" : "", (f->flags & ATF_NOSPLIT) != 0 ? " nosplit" : "", f->code.n,
	    (unsigned long long)f->argsize, (unsigned long long)f->frame);
	for (const AsmInsn *i = f->first; i != NULL; i = i->next) {
		Loc l = pos_loc(i->pos);

		if (i->op != AOP_END)
			fprintf(out, "\t0x%04x %05u (%s:%d)\t%s\n", i->pc, i->pc, l.file, l.line, i->text);
	}
	dump(out, f->code.p, f->code.n);
	for (int i = 0; i < s->relocs.n; i++)
		fprintf(out, "\trel %u t=%s %s%+lld\n", s->relocs.at[i].off, kind[s->relocs.at[i].kind],
		    s->relocs.at[i].sym->name, (long long)s->relocs.at[i].add);
}
