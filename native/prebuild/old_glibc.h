/*
 * old_glibc.h - lets older versions of glibc load a library compiled with today's.
 *
 * glibc gave these functions new versions when it moved them from libpthread into libc.
 * They did not change, so the first version suffices, and every glibc has that. Every
 * source includes this file first.
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
USE_FIRST_VERSION(pthread_key_create);
USE_FIRST_VERSION(pthread_setspecific);
