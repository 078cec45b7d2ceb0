/*
 * Loads the library that is named in its argument, and uses each part of it, with answers
 * in C. Prints what came of it; any machine can run it, where no deno can.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef double answer(double first, double second);

static void *library;

static void *find(const char *name)
{
	void *function = dlsym(library, name);

	if (function == NULL) {
		printf("%s\n", dlerror());
		exit(1);
	}
	return function;
}

static char block[100];

static double answer_malloc(double size, double unused)
{
	(void)unused;
	return size <= sizeof(block) ? (double)(uintptr_t)block : -12; /* ENOMEM */
}

static double answer_nothing(double first, double second)
{
	(void)first;
	(void)second;
	return 0;
}

static double answer_usable_size(double address, double unused)
{
	(void)unused;
	return address == (double)(uintptr_t)block ? sizeof(block) : 0;
}

static void use_system(void)
{
	double (*sbrk)(double) = find("osmem_sbrk");
	double (*mmap)(double, uint32_t) = find("osmem_mmap");
	int32_t (*munmap)(double, double) = find("osmem_munmap");
	double before = sbrk(0);
	double raised = sbrk(4096);
	double after = sbrk(0);
	double mapping = mmap(4096, 0);

	printf("sbrk: %d %g\n", raised == before, after - before);
	memset((void *)(uintptr_t)mapping, 1, 4096);
	printf("munmap: %d %d\n", munmap(mapping, 4096), munmap(1, 4096));
	printf("mmap: %g\n", mmap(1e18, 0));

	int32_t (*mprotect)(double, double, uint32_t) = find("osmem_mprotect");
	double arena = mmap(8192, 1);
	int opened = mprotect(arena, 4096, 1);

	memset((void *)(uintptr_t)arena, 1, 4096);
	munmap(arena, 8192);
	printf("mprotect: %d %d\n", opened, mprotect(arena, 4096, 0));
}

/* An address, and what another thread says of it. */
struct question {
	double address;
	int is_of_another;
};

static void *ask(void *argument)
{
	struct question *question = argument;
	uint32_t (*is_of_another)(double) = find("osmem_is_of_another");

	question->is_of_another = (int)is_of_another(question->address);
	return NULL;
}

static int is_ours(double address)
{
	struct question question = { address, -1 };
	pthread_t thread;

	if (pthread_create(&thread, NULL, ask, &question) == 0)
		pthread_join(thread, NULL);
	return question.is_of_another;
}

static void *give_back(void *address)
{
	int32_t (*munmap)(double, double) = find("osmem_munmap");

	munmap((double)(uintptr_t)address, 4096);
	return NULL;
}

/* More often than the library can note ranges. */
static void raise_and_lower(double (*sbrk)(double))
{
	for (int time = 0; time < 1100; time++) {
		sbrk(4096);
		sbrk(-4096);
	}
}

static void use_owners(void)
{
	double (*sbrk)(double) = find("osmem_sbrk");
	double (*mmap)(double, uint32_t) = find("osmem_mmap");
	int32_t (*munmap)(double, double) = find("osmem_munmap");
	double start = sbrk(4096);
	int raised = is_ours(start);

	sbrk(-4096);
	printf("owned break: %d %d\n", raised, is_ours(start));
	raise_and_lower(sbrk);

	double arena = mmap(4096, 1);
	int made = is_ours(arena);
	int refused = munmap(arena, 0) < 0 && is_ours(arena);

	munmap(arena, 4096);
	printf("owned arena: %d %d %d\n", made, refused, is_ours(arena));

	double other = mmap(4096, 1);
	pthread_t thread;

	if (pthread_create(&thread, NULL, give_back, (void *)(uintptr_t)other) == 0)
		pthread_join(thread, NULL);
	printf("owned, given back by another: %d\n", is_ours(other));
}

static uintptr_t sum(uintptr_t first, uintptr_t second, uintptr_t third, uintptr_t fourth,
		     uintptr_t fifth, uintptr_t sixth)
{
	return first + second + third + fourth + fifth + sixth;
}

static void use_bindings(void)
{
	int32_t (*bind)(answer *, answer *, answer *, answer *, answer *, double) =
		find("osmem_bind");
	void *(*function)(int32_t, uint32_t) = find("osmem_function");
	void *(*make_hook)(int32_t, void *) = find("osmem_make_hook");
	void (*serve)(int32_t) = find("osmem_serve");
	void (*unbind)(int32_t) = find("osmem_unbind");
	void *(*os_malloc)(size_t) = find("os_malloc");
	int32_t place = bind(answer_malloc, answer_nothing, answer_nothing, answer_nothing,
			     answer_usable_size, 0);
	void *(*malloc)(size_t) = function(place, 0);
	size_t (*usable_size)(void *) = function(place, 4);
	uintptr_t (*hook)(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t) =
		make_hook(place, sum);

	printf("malloc: %d %d\n", malloc(100) == block, malloc(101) == NULL);
	printf("usable size: %zu\n", usable_size(block));
	printf("hook: %zu\n", (size_t)hook(1, 2, 3, 4, 5, 6));
	serve(place);
	printf("os_malloc: %d\n", os_malloc(1) == block);
	unbind(place);
	printf("unbound: %d\n", malloc(1) == NULL);
}

int main(int argc, char *argv[])
{
	uint32_t (*abi)(void);

	library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
	if (library == NULL) {
		printf("%s\n", argc > 1 ? dlerror() : "expected a library");
		return 1;
	}
	abi = find("osmem_abi");
	printf("ABI: %u\n", abi());
	use_system();
	use_owners();
	use_bindings();
	return 0;
}
