/*
 * Texts that are not UTF-8: recognizes them, so that a message can name the encoding and the
 * remedy, and converts them with iconv. Pure functions, for any thread.
 */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include "base/buf.h"
#include "base/str.h"

/* Whether TEXT is UTF-16: it starts with a byte order mark, or every second byte is zero. */
bool charset_is_utf16(struct str text);
/* Whether TEXT is an Excel or OpenDocument spreadsheet, or another ZIP archive. */
bool charset_is_spreadsheet(struct str text);
/* The character of a frequent Windows-1252 BYTE above 127, in UTF-8; NULL for other bytes. */
const char *charset_windows_letter(unsigned char byte);
/* Whether texts in the encoding NAME ("windows-1252", "utf-16") can be converted. */
bool charset_is_known(const char *name);
/* Appends TEXT, in the known encoding NAME, to OUT as UTF-8. False if TEXT is not valid; OUT
 * then has what is before the error. */
bool charset_to_utf8(const char *name, struct str text, struct buf *out);

#endif
