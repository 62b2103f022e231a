/*
 * go.c - the command: go COMMAND [flags] [packages]
 */
#include "driver/driver.h"

int
main(int argc, char **argv)
{
	diag_init("go");
	return go_main(argc, argv);
}
