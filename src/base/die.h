/*
 * Ends the program after an error in the program itself, from any thread: prints where it happened,
 * restores the terminal through the log's sink, and exits with status 70. Implemented in log.c.
 */
#ifndef BASE_DIE_H
#define BASE_DIE_H

_Noreturn void die_bug_at(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define BUG(...) die_bug_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void die_out_of_memory(void);

#endif
