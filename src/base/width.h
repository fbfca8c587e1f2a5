/*
 * Number of columns that text needs on a terminal, whatever the locale: 0 for marks that join the
 * previous letter, 2 for East Asian wide letters and emoji, else 1. From Unicode 14.
 */
#ifndef BASE_WIDTH_H
#define BASE_WIDTH_H

#include <stdint.h>

#include "base/str.h"

/* The code point of BYTES bytes (1 to 4, well-formed) at S. */
uint32_t width_code_point(const char *s, size_t bytes);
/* 0, 1 or 2. */
unsigned width_of(uint32_t code_point);
/* For the whole view; a byte that is not UTF-8 counts as one. Escape sequences are not
 * recognized. */
size_t width_text(struct str s);

#endif
