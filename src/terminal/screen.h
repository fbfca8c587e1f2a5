/*
 * A frame that stands at the bottom of a terminal and is redrawn in place. Only screen_draw moves
 * the cursor, always from the line below the frame. While a screen is open, the log's lines go
 * through it (base/log.h): they appear above the frame, from whatever thread. The cursor is hidden
 * and typed characters are not echoed until screen_close; on every other way out of the program
 * (exit, a fatal signal, being stopped by Ctrl-Z) the terminal is put right first.
 *
 * One at a time. screen_open, screen_draw, screen_close: main thread.
 */
#ifndef TERMINAL_SCREEN_H
#define TERMINAL_SCREEN_H

#include "base/str.h"
#include "base/terminal.h"

struct screen;

/* On the terminal of descriptor FD. Draws nothing yet. */
struct screen *screen_open(int fd);
struct terminal_size screen_size(const struct screen *screen);
/* Puts FRAME (whole lines, none wider than COLUMNS) where the one before stood. Skipped while the
 * program is in the background or the terminal takes nothing; the LAST is printed all the same. */
void screen_draw(struct screen *screen, struct str frame, size_t columns, bool last);
/* The frame stays where it is; what is written from now on comes below. */
void screen_close(struct screen *screen);

#endif
