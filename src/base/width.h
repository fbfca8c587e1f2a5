/*
 * How many columns text takes on a terminal, whatever the locale: none for marks that join the
 * letter before, two for East Asian wide letters and emoji, else one. From Unicode 14.
 */
#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#include <stdint.h>

#include "base/str.h"

/* The code point of BYTES bytes (1 to 4, well-formed) at S. */
uint32_t width_code_point(const char *s, size_t bytes);
/* 0, 1 or 2. */
unsigned width_of(uint32_t code_point);
/* Of the whole view; a byte that is not UTF-8 counts one. Escape sequences are not known here. */
size_t width_text(struct str s);

#endif
