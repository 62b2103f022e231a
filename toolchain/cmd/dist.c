/*
 * dist.c - go tool dist: what this SDK can build for.
 */
#include "driver/driver.h"

int
main(int argc, char **argv)
{
	diag_init("dist");
	return dist_main(argc, argv);
}
