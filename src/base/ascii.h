/*
 * Character classes and case of ASCII, independent of the locale. Bytes of 128 and more, as char or
 * as unsigned char, are in no class and have no case.
 */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>
#include <string.h>

static inline bool ascii_is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static inline bool ascii_is_upper(int c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool ascii_is_lower(int c)
{
	return c >= 'a' && c <= 'z';
}

static inline bool ascii_is_letter(int c)
{
	return ascii_is_lower(c) || ascii_is_upper(c);
}

static inline bool ascii_is_alnum(int c)
{
	return ascii_is_letter(c) || ascii_is_digit(c);
}

/* The characters that a name can start with: a letter or `_`. */
static inline bool ascii_is_name_start(int c)
{
	return ascii_is_letter(c) || c == '_';
}

/* The further characters of a name: a letter, a digit or `_`. */
static inline bool ascii_is_name(int c)
{
	return ascii_is_name_start(c) || ascii_is_digit(c);
}

static inline bool ascii_is_blank(int c)
{
	return c == ' ' || c == '\t';
}

/* White space of JSON, XML and HTTP. */
static inline bool ascii_is_space(int c)
{
	return ascii_is_blank(c) || c == '\n' || c == '\r';
}

/* White space of HTML and CSS. */
static inline bool ascii_is_html_space(int c)
{
	return ascii_is_space(c) || c == '\f';
}

/* A printable character except a space, a letter and a digit. */
static inline bool ascii_is_punct(int c)
{
	return c > ' ' && c < 127 && !ascii_is_alnum(c);
}

/* A character of a token of RFC 9110, such as a method or a header name. */
static inline bool ascii_is_token(int c)
{
	return c > ' ' && c < 127 && (ascii_is_alnum(c) || !strchr("()<>@,;:\\\"/[]?={}", c));
}

/* The value of a hexadecimal digit, or -1. */
static inline int ascii_hex_value(int c)
{
	return ascii_is_digit(c)      ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

static inline bool ascii_is_hex(int c)
{
	return ascii_hex_value(c) >= 0;
}

static inline char ascii_to_lower(int c)
{
	return (char)(ascii_is_upper(c) ? c + ('a' - 'A') : c);
}

static inline char ascii_to_upper(int c)
{
	return (char)(ascii_is_lower(c) ? c - ('a' - 'A') : c);
}

#endif
