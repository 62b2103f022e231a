/*
 * value.c - what go list, go mod edit and go env print: trees of values, as JSON in encoding/json's manner.
 */
#include "driver/driver.h"

static Value *new(ValueKind k)
{
	Value *v = NEW(perm, Value);

	v->kind = k;
	return v;
}

Value *
val_bool(bool b)
{
	Value *v = new (V_BOOL);

	v->b = b;
	return v;
}

Value *
val_int(int64_t i)
{
	Value *v = new (V_INT);

	v->i = i;
	return v;
}

Value *
val_str(const char *s)
{
	Value *v = new (V_STRING);

	v->s = s != NULL ? s : "";
	return v;
}

Value *
val_list(void)
{
	return new (V_LIST);
}

Value *
val_strs(const Strs *s)
{
	Value *v = new (V_LIST);

	for (int i = 0; i < s->n; i++)
		vec_push(perm, &v->list, val_str(s->at[i]));
	return v;
}

Value *
val_struct(void)
{
	return new (V_STRUCT);
}

Value *
val_map(void)
{
	return new (V_MAP);
}

void
val_set(Value *v, const char *key, Value *x, bool omitempty)
{
	vec_push(perm, &v->keys, intern_str(key));
	vec_push(perm, &v->list, x);
	vec_push(perm, &v->omit, omitempty);
}

Value *
val_get(const Value *v, const char *key)
{
	for (int i = 0; i < v->keys.n; i++)
		if (streq(v->keys.at[i], key))
			return v->list.at[i];
	return NULL;
}

bool
val_true(const Value *v)
{
	if (v == NULL)
		return false;
	/* clang-format off */
	switch (v->kind) {
	case V_NIL: return false;
	case V_BOOL: return v->b;
	case V_INT: return v->i != 0;
	case V_STRING: return v->s[0] != '\0';
	case V_LIST: case V_MAP: return v->list.n > 0;
	case V_STRUCT: return true;
	}
	/* clang-format on */
	return false;
}

void
put_jsonquoted(Buf *b, const char *s, size_t n)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < n;) {
		uint8_t c = (uint8_t)s[i];
		uint32_t r;
		int k;

		if (c < 0x80) {
			i++;
			if (c == '"' || c == '\\')
				buf_printf(b, "\\%c", c);
			else if (c == '\n')
				buf_str(b, "\\n");
			else if (c == '\r')
				buf_str(b, "\\r");
			else if (c == '\t')
				buf_str(b, "\\t");
			else if (c == '\b')
				buf_str(b, "\\b");
			else if (c == '\f')
				buf_str(b, "\\f");
			else if (c < 0x20 || c == '<' || c == '>' || c == '&')
				buf_printf(b, "\\u%04x", c);
			else
				buf_byte(b, c);
			continue;
		}
		k = utf8_decode((const uint8_t *)s + i, n - i, &r);
		if ((r == 0xfffd && k == 1) || r == 0x2028 || r == 0x2029)
			buf_printf(b, "\\u%04x", r);
		else
			buf_put(b, s + i, (size_t)k);
		i += (size_t)k;
	}
	buf_byte(b, '"');
}

static void
quoted(Buf *b, const char *s)
{
	put_jsonquoted(b, s, strlen(s));
}

static void
tabs(Buf *b, int n)
{
	while (n-- > 0)
		buf_byte(b, '\t');
}

void
val_json(Buf *b, const Value *v, int indent)
{
	bool any = false, obj;

	if (v == NULL) {
		buf_str(b, "null");
		return;
	}
	/* clang-format off */
	switch (v->kind) {
	case V_NIL: buf_str(b, "null"); return;
	case V_BOOL: buf_str(b, v->b ? "true" : "false"); return;
	case V_INT: buf_printf(b, "%lld", (long long)v->i); return;
	case V_STRING: quoted(b, v->s); return;
	case V_LIST: case V_MAP: case V_STRUCT: break;
	}
	/* clang-format on */
	obj = v->kind != V_LIST;
	buf_byte(b, obj ? '{' : '[');
	for (int i = 0; i < v->list.n; i++) {
		const Value *x = v->list.at[i];

		if (v->kind == V_STRUCT && v->omit.at[i] && !(x != NULL && x->kind == V_STRUCT) && !val_true(x))
			continue;
		buf_str(b, any ? ",\n" : "\n");
		any = true;
		tabs(b, indent + 1);
		if (obj) {
			quoted(b, v->keys.at[i]);
			buf_str(b, ": ");
		}
		val_json(b, x, indent + 1);
	}
	if (any) {
		buf_byte(b, '\n');
		tabs(b, indent);
	}
	buf_byte(b, obj ? '}' : ']');
}
