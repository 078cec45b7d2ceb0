/* What programs in C do wrong with memory. */
#include "osmem.h"

#include <string.h>

/* Forgets the NUL behind a name of ten characters. */
void copy_name(const char *name)
{
	char *copy = os_malloc(10);

	for (size_t at = 0; at <= strlen(name); at++) {
		copy[at] = name[at];
	}
	os_free(copy);
}

void use_after_free(void)
{
	volatile char *block = os_malloc(10);

	os_free((void *)block);
	block[3] = 'x';
}
