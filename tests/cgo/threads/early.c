#include <pthread.h>
#include "_cgo_export.h"

/* A constructor's thread calls Go before there is any. */
static pthread_t early;

static void *
earlymain(void *p)
{
	goEarly();
	return p;
}

__attribute__((constructor)) static void
begin(void)
{
	pthread_create(&early, NULL, earlymain, NULL);
}

void
waitearly(void)
{
	pthread_join(early, NULL);
}
