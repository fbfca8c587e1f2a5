/*
 * The capabilities of a descriptor that may be a terminal: whether it is one, whether its cursor
 * can be moved, colour, and whether it shows more than ASCII. Plain data, read once at the start by
 * the main thread; only the size changes later.
 */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

enum terminal_color { TERMINAL_COLOR_AUTO, TERMINAL_COLOR_ALWAYS, TERMINAL_COLOR_NEVER };

struct terminal {
	bool is_terminal; /* it is a terminal */
	bool can_redraw;  /* and its cursor can be moved: TERM is not "dumb" */
	bool color;	  /* requested; or a terminal with colours, and NO_COLOR is not set */
	bool ascii;	  /* the locale (LC_ALL, LC_CTYPE, LANG) is not UTF-8 */
};

struct terminal_size {
	size_t rows, columns;
};

/* Reads the capabilities of descriptor FD from it and the environment. */
struct terminal terminal_detect(int fd, enum terminal_color choice);
/* "auto" "always" "never"; NULL is auto. For other words false, and OUT is unchanged. */
bool terminal_color_find(const char *word, enum terminal_color *out);
/* The current size; 24 x 80 if it is unknown. */
struct terminal_size terminal_size(int fd);
/* True if FD's terminal currently belongs to another job (the program is in the background): then
 * nothing may be drawn. */
bool terminal_is_background(int fd);

#endif
