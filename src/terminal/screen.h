/*
 * A frame at the bottom of a terminal that is redrawn in place. Only screen_draw moves the
 * cursor, always from the line below the frame. While a screen is open, log lines go through it
 * (base/log.h): they appear above the frame, from any thread. The cursor is hidden and typed
 * characters are not echoed until screen_close; on every other way out of the program (exit, a
 * fatal signal, Ctrl-Z) the terminal is restored first. Only one can be open. screen_open,
 * screen_draw, screen_close: main thread.
 */
#ifndef TERMINAL_SCREEN_H
#define TERMINAL_SCREEN_H

#include "base/str.h"
#include "base/terminal.h"

struct screen;

/* On the terminal of descriptor FD. Draws nothing yet. */
struct screen *screen_open(int fd);
struct terminal_size screen_size(const struct screen *screen);
/* Draws FRAME (whole lines, none wider than COLUMNS) in place of the previous one. Skipped while
 * the program is in the background or the terminal accepts no output; the LAST one is always
 * printed. */
void screen_draw(struct screen *screen, struct str frame, size_t columns, bool last);
/* The frame stays; later output goes below it. */
void screen_close(struct screen *screen);

#endif
