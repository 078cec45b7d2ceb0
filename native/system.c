#define _DEFAULT_SOURCE
#include "system.h"

#include "owners.h"
#include "room.h"

#include <errno.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

/* Converting a double outside the target's range is undefined behaviour in C. No machine
 * has this much address space, so the answer is the kernel's own for too many bytes:
 * ENOMEM. */
static const double ADDRESS_SPACE = 9223372036854775808.0; /* 2^63 */

uint32_t osmem_abi(void)
{
	return OSMEM_ABI;
}

uint32_t osmem_page_size(void)
{
	return (uint32_t)sysconf(_SC_PAGESIZE);
}

/* sbrk takes no lock, and all isolates of a process (each Worker is one) share this
 * library: without this lock, heaps of two isolates could be given the same memory. The
 * C library's own malloc does not take the lock. */
static pthread_mutex_t break_lock = PTHREAD_MUTEX_INITIALIZER;

static void note_break(uintptr_t previous, intptr_t increment)
{
	uintptr_t length = (uintptr_t)(increment < 0 ? -increment : increment);

	if (increment > 0)
		osmem_own_break(previous, length);
	else if (increment < 0)
		osmem_disown_break(previous - length, length);
}

double osmem_sbrk(double increment)
{
	if (!(increment > -ADDRESS_SPACE && increment < ADDRESS_SPACE))
		return -ENOMEM;

	pthread_mutex_lock(&break_lock);
	void *previous = sbrk((intptr_t)increment);
	int error = errno;
	if ((intptr_t)previous != -1)
		note_break((uintptr_t)previous, (intptr_t)increment);
	pthread_mutex_unlock(&break_lock);

	/* sbrk returns (void *)-1 when it fails. */
	return (intptr_t)previous == -1 ? -error : (double)(uintptr_t)previous;
}

double osmem_mmap(double length, uint32_t reserve)
{
	if (!(length >= 0 && length < ADDRESS_SPACE) || !osmem_has_room())
		return -ENOMEM;

	int access = reserve ? PROT_NONE : PROT_READ | PROT_WRITE;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (reserve ? MAP_NORESERVE : 0);
	void *mapping = mmap(NULL, (size_t)length, access, flags, -1, 0);

	if (mapping == MAP_FAILED)
		return -errno;
	if (reserve)
		osmem_own((uintptr_t)mapping, (uintptr_t)length);
	return (double)(uintptr_t)mapping;
}

int32_t osmem_mprotect(double address, double length, uint32_t splits)
{
	if (splits && !osmem_has_room())
		return -ENOMEM;
	if (!(address >= 0 && address < ADDRESS_SPACE && length >= 0 && length < ADDRESS_SPACE))
		return -EINVAL;

	void *start = (void *)(uintptr_t)address;

	return mprotect(start, (size_t)length, PROT_READ | PROT_WRITE) == 0 ? 0 : -errno;
}

int32_t osmem_munmap(double address, double length)
{
	if (!(address >= 0 && address < ADDRESS_SPACE && length >= 0 && length < ADDRESS_SPACE))
		return -EINVAL;

	uintptr_t start = (uintptr_t)address;

	if (!osmem_has_room_without(start, (uintptr_t)length))
		return -ENOMEM;

	uintptr_t owned = osmem_disown(start); /* before another thread can get it */

	if (munmap((void *)start, (size_t)length) == 0)
		return 0;

	int error = errno;

	if (owned > 0)
		osmem_own(start, owned);
	return -error;
}

void *osmem_pointer(double address)
{
	if (!(address >= 0 && address < ADDRESS_SPACE))
		return NULL;

	return (void *)(uintptr_t)address;
}

double osmem_address(void *pointer)
{
	return (double)(uintptr_t)pointer;
}
