/*
 * What main returns is the status that the program exits with, which is the last line
 * of its trace.
 */
#include "expect.h"

int main(void)
{
	os_free(os_malloc(100));
	return 3;
}
