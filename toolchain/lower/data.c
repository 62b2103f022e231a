/*
 * data.c - bytes and addresses of data symbols in the target's form.
 */
#include "lower/lower.h"

void
lower_putzero(ObjSym *s, int64_t end)
{
	if (end > LOWER_MAXDATA) {
		diag_error(diag.pos, "%s: symbol too large (%lld bytes > %d bytes)",
		    s->name[0] != '\0' ? s->name : "constant data", (long long)end, LOWER_MAXDATA);
		diag_checkpoint();
	}
	if (s->data.n < (size_t)end)
		buf_zero(&s->data, (size_t)end - s->data.n);
}

void
lower_putint(ObjSym *s, int64_t off, int size, uint64_t v)
{
	lower_putzero(s, off + size);
	for (int i = 0; i < size; i++) {
		int shift = lw.target->bigendian ? 8 * (size - 1 - i) : 8 * i;

		s->data.p[off + i] = shift < 64 ? (uint8_t)(v >> shift) : 0;
	}
	if (s->size < s->data.n)
		s->size = s->data.n;
}

void
lower_putbytes(ObjSym *s, int64_t off, const void *p, size_t n)
{
	lower_putzero(s, off + (int64_t)n);
	if (n > 0)
		memcpy(s->data.p + off, p, n);
	if (s->size < s->data.n)
		s->size = s->data.n;
}

void
lower_putaddr(ObjSym *s, int64_t off, ObjSym *to, int64_t add)
{
	lower_putint(s, off, lw.target->ptrsize, 0);
	obj_reloc(s, (uint32_t)off, OBJ_R_ADDR, to, add);
}

void
lower_putoff(ObjSym *s, int64_t off, RelocKind k, ObjSym *to)
{
	lower_putint(s, off, 4, 0);
	obj_reloc(s, (uint32_t)off, k, to, 0);
}

/* Relocations in the order the object format wants, for symbols filled out of order. */
void
lower_sortrelocs(ObjSym *s)
{
	bool sorted = true;
	ObjReloc *r = s->relocs.at, *tmp;
	int n = s->relocs.n;

	for (int i = 1; i < n && sorted; i++)
		sorted = r[i - 1].off <= r[i].off;
	if (sorted)
		return;
	/* merge sort: stable, and big tables are nearly sorted */
	tmp = NEWN(lw.a, ObjReloc, n);
	for (int w = 1; w < n; w *= 2) {
		for (int lo = 0; lo < n; lo += 2 * w) {
			int mid = lo + w < n ? lo + w : n, hi = lo + 2 * w < n ? lo + 2 * w : n;
			int i = lo, j = mid, k = lo;

			while (i < mid || j < hi)
				tmp[k++] = j >= hi || (i < mid && r[i].off <= r[j].off) ? r[i++] : r[j++];
		}
		memcpy(r, tmp, (size_t)n * sizeof *r);
	}
}
