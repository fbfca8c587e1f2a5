/*
 * What may be written to a descriptor that a person perhaps looks at: whether it is a terminal,
 * whether its cursor can be moved, colour, and whether it shows more than ASCII. Plain data,
 * asked for once at the start by the main thread; only the size changes later.
 */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

enum terminal_color { TERMINAL_COLOR_AUTO, TERMINAL_COLOR_ALWAYS, TERMINAL_COLOR_NEVER };

struct terminal {
	bool is_terminal; /* it is a terminal */
	bool can_redraw;  /* and its cursor can be moved: TERM is not "dumb" */
	bool color;	  /* asked for; or a terminal that can, and NO_COLOR is not set */
	bool ascii;	  /* the locale (LC_ALL, LC_CTYPE, LANG) is not UTF-8 */
};

struct terminal_size {
	size_t rows, columns;
};

/* Looks at descriptor FD and the environment. */
struct terminal terminal_detect(int fd, enum terminal_color choice);
/* "auto" "always" "never"; NULL is auto. False leaves OUT alone. */
bool terminal_color_find(const char *word, enum terminal_color *out);
/* The size as it is now; 24 x 80 where it cannot be told. */
struct terminal_size terminal_size(int fd);
/* True when FD's terminal belongs to another job just now (the program was put into the
 * background): nothing is to be drawn then. */
bool terminal_is_background(int fd);

#endif
