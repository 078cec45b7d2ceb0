/*
 * expect.h - what the programs in this folder share.
 *
 * Each program shows one rule of the allocator's contract, or two that meet, and
 * checks of it what C can see. Beside it lies its trace: NAME.ref lists the calls
 * that NAME.c makes, with their results and system calls, as the contract has them.
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "osmem.h"

#include <stdio.h>
#include <stdlib.h>

/* Ends the program with status 1, and says where, unless the condition holds. */
#define EXPECT(condition)                                                         \
	do {                                                                      \
		if (!(condition)) {                                               \
			fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, \
				#condition);                                      \
			exit(1);                                                  \
		}                                                                 \
	} while (0)

/* The header of a block, which lies right before its payload. */
static inline struct block_meta *header_of(void *payload)
{
	return (struct block_meta *)payload - 1;
}

#endif
