/*
 * Recognizes texts that are not UTF-8, so that a message can name the encoding and the remedy. Pure
 * functions, for any thread.
 */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include "base/str.h"

/* Whether TEXT is UTF-16: it starts with a byte order mark, or every second byte is zero. */
bool charset_is_utf16(struct str text);
/* Whether TEXT is an Excel or OpenDocument spreadsheet, or another ZIP archive. */
bool charset_is_spreadsheet(struct str text);
/* The character of a frequent Windows-1252 BYTE above 127, in UTF-8; NULL for other bytes. */
const char *charset_windows_letter(unsigned char byte);

#endif
