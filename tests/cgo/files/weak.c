#include "own.h"

int
weak_value(void)
{
	return 2;
}

int
windows(void)
{
#ifdef ON_WINDOWS
	return 1;
#else
	return 0;
#endif
}
