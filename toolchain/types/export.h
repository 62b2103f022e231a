/*
 * export.h - layout of our member of a package file, for export.c and import.c.
 *
 * Everything a later compilation may want to know of a package, laid out so
 * that opening it touches only the header:
 *
 *	magic	8 bytes, the version is part of it
 *	hash	u64, hash64 of all that follows
 *	size	u32, of the whole member
 *	then EXP_SECTIONS pairs of u32: offset and count of each section
 *
 *	strings	count+1 u32 offsets into the blob, then the blob
 *	pkgs	count pairs of u32 string numbers: path, name; 0 is the package itself
 *	files	count u32 offsets of file records
 *	types	count u32 offsets of type records
 *	lang	no data; the count is the string number of the language version, as -lang gave it
 *	objs	count pairs of u32, sorted by name: string number, offset of the declaration
 *
 * Records are byte strings of uvarints. A type is written as one number:
 * below EXP_FIRSTTYPE a predeclared one, else a type record.
 *
 *	type	kind, then
 *		array: elem len; slice ptr: elem; map: key elem; chan: dir elem
 *		struct: pkg n {name type flags [taglen tag]}; flags 1 embedded, 2 tag
 *		tuple: n {name type}
 *		func: flags n {name type} n {name type} ntparams {type}; flags 1 variadic
 *		interface: pkg flags n {name functype} n {type}; flags 1 comparable, 2 implicit
 *		union: n {tilde type}
 *		named: pkg name ntargs {type}
 *		tparam: name index pos bound
 *		spelled (written through an alias): pkg name ntargs {type}
 *	pos	file line col
 *	file	name goversion n {local path}
 *	decl	kind flags pos, then
 *		const: type value; alias (type, flag 1): ntparams {type} type; var: type linkname
 *		type: ntparams {type} underlying n {name flags decloffset}; flags 1 pointer receiver
 *		func: type extra
 *	method	(as decl of kind func): recvname flags nrecvtparams {type} type extra
 *	extra	pragma linkname facts body; body 0 none, else file line col nbytes text
 */
#ifndef SLIPWAY_TYPES_EXPORT_H
#define SLIPWAY_TYPES_EXPORT_H

#include "types/types.h"

#define EXP_MAGIC "slipexp\2"

enum { EXP_STRINGS, EXP_PKGS, EXP_FILES, EXP_TYPES, EXP_OBJS, EXP_LANG, EXP_NSECTIONS };
enum { EXP_HEADER = 8 + 8 + 4 + 8 * EXP_NSECTIONS };

enum {
	EXP_ERROR = T_UNTYPED_NIL + 1,
	EXP_ANY,
	EXP_COMPARABLE,
	EXP_BYTE,
	EXP_RUNE,
	EXP_SPELLED = 39,	/* kind of the record of a type written through an alias */
	EXP_FIRSTTYPE = 40,
};
_Static_assert(EXP_RUNE < EXP_FIRSTTYPE, "predeclared types come first");

void export_indexed(Buf *b, Package *pkg);	/* iexport.c */

#endif
