/*
 * map.c - hash maps from pointers or integers to pointers.
 *
 * Entries lie in an array in the order of insertion; the hash table holds
 * indices into it. A deleted entry stays as a hole until the next growth.
 * Iteration walks the array, so it never depends on addresses.
 */
#include "base/base.h"

typedef struct {
	const void *key;
	void *value;
	bool live;
} Entry;

struct Map {
	Arena *arena;
	Entry *entries;
	uint32_t *index;	/* entry number + 1, 0: free */
	uint32_t nentries, nlive;
	uint32_t capentries;	/* half of the index size, which is a power of two */
};

static uint32_t
hashkey(const void *key)
{
	uint64_t h = (uint64_t)(uintptr_t)key;

	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return (uint32_t)(h >> 32);
}

Map *
map_new(Arena *a)
{
	Map *m = NEW(a, Map);

	m->arena = a;
	return m;
}

static Entry *
find(const Map *m, const void *key)
{
	uint32_t mask, i;

	if (m->nentries == 0)
		return NULL;
	if (m->nentries <= 8) {		/* most maps stay tiny */
		for (i = 0; i < m->nentries; i++)
			if (m->entries[i].key == key && m->entries[i].live)
				return &m->entries[i];
		return NULL;
	}
	mask = m->capentries * 2 - 1;
	for (i = hashkey(key) & mask; m->index[i] != 0; i = (i + 1) & mask) {
		Entry *e = &m->entries[m->index[i] - 1];

		if (e->key == key && e->live)
			return e;
	}
	return NULL;
}

static void
enter(Map *m, uint32_t entry)
{
	uint32_t mask = m->capentries * 2 - 1;
	uint32_t i = hashkey(m->entries[entry].key) & mask;

	while (m->index[i] != 0)
		i = (i + 1) & mask;
	m->index[i] = entry + 1;
}

static void
grow(Map *m)
{
	uint32_t cap = 8, n = 0;
	Entry *old = m->entries;

	while (cap < m->nlive * 2)
		cap *= 2;
	m->entries = NEWN(m->arena, Entry, cap);
	for (uint32_t i = 0; i < m->nentries; i++)
		if (old[i].live)
			m->entries[n++] = old[i];
	m->nentries = n;
	m->capentries = cap;
	m->index = NULL;
	if (cap > 8) {
		m->index = NEWN(m->arena, uint32_t, cap * 2);
		for (uint32_t i = 0; i < n; i++)
			enter(m, i);
	}
}

void *
map_get(const Map *m, const void *key)
{
	const Entry *e = find(m, key);

	return e != NULL ? e->value : NULL;
}

bool
map_has(const Map *m, const void *key)
{
	return find(m, key) != NULL;
}

void
map_set(Map *m, const void *key, void *value)
{
	Entry *e = find(m, key);

	if (e != NULL) {
		e->value = value;
		return;
	}
	if (m->nentries == m->capentries)
		grow(m);
	m->entries[m->nentries] = (Entry){ key, value, true };
	m->nlive++;
	if (m->index != NULL)
		enter(m, m->nentries);
	m->nentries++;
}

void
map_del(Map *m, const void *key)
{
	Entry *e = find(m, key);

	if (e != NULL) {
		e->live = false;
		e->value = NULL;
		m->nlive--;
	}
}

int
map_len(const Map *m)
{
	return (int)m->nlive;
}

bool
map_next(const Map *m, int *i, const void **key, void **value)
{
	while ((uint32_t)*i < m->nentries) {
		const Entry *e = &m->entries[(*i)++];

		if (e->live) {
			if (key != NULL)
				*key = e->key;
			if (value != NULL)
				*value = e->value;
			return true;
		}
	}
	return false;
}
