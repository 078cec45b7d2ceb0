/*
 * old_glibc.h - lets what is compiled on today's glibc be loaded by older ones.
 *
 * glibc gave these functions new versions when it moved them from libpthread into
 * libc. They are what they were, so the first version does, and every glibc has that.
 * The compiler is told to include this file before all others.
 */
#if defined(__x86_64__)
#define FIRST_VERSION "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST_VERSION "GLIBC_2.17"
#endif

#define USE_FIRST_VERSION(function)                                      \
	__asm__(".symver " #function ", " #function "@" FIRST_VERSION)

USE_FIRST_VERSION(pthread_attr_getstack);
USE_FIRST_VERSION(pthread_getattr_np);
USE_FIRST_VERSION(pthread_once);
