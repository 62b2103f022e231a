/*
 * recover.c - may this function recover? For the overlay's gorecover.
 */
#include "abi/funcdata.h"
#include "panic/panic.h"

/*
 * A deferred function is called by gopanic itself, or by wrappers that the compiler made (arguments of a defer statement, promoted methods). True if
 * from the caller of the function whose arguments lie at argp on there are only wrappers, the last having its arguments at limit.
 */
uintptr_t
rt_recoverable(uintptr_t argp, uintptr_t limit)
{
	Frame fr;
	bool ok, seen = false;

	for (ok = unwind_start(&fr, getg()); ok; ok = unwind_next(&fr)) {
		if (!seen) {
			if (fr.fp + ARCH_RETADDRSIZE > argp)
				return 0;
			seen = fr.fp + ARCH_RETADDRSIZE == argp;
			continue;
		}
		/* reflect's calls and stubs pass on what they are called for */
		if (!fr.reflectcall && fr.f.f->funcid != FUNCID_WRAPPER)
			return 0;
		if (fr.fp + ARCH_RETADDRSIZE == limit)
			return 1;
		if (fr.fp + ARCH_RETADDRSIZE > limit)
			return 0;
	}
	return 0;
}
