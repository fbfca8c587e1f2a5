/*
 * The outer shape of a large JSON document without reading it: where values begin and end. It
 * trusts nothing inside a value (doc/json.h checks each one that is used), needs no memory and goes
 * over strings at the speed of memchr; so one broken entry of a recording, or a file that ends too
 * early, costs that entry only. Views into the text; any thread.
 */
#ifndef IMPORT_HAR_HAR_SCAN_H
#define IMPORT_HAR_HAR_SCAN_H

#include "base/str.h"

struct har_scan {
	struct str text;
	size_t at;
};

/* Enters the object or array at (blanks before) the place; false when none begins there. */
bool har_scan_enter(struct har_scan *scan, char bracket);
/* The next member of the object entered: KEY without quotes, VALUE its extent. False at its end. */
bool har_scan_member(struct har_scan *scan, struct str *key, struct str *value, bool *whole);
/* The next element of the array entered; *WHOLE false when the text ends inside of it. False at the
 * array's end. */
bool har_scan_element(struct har_scan *scan, struct str *value, bool *whole);
/* A scan of VALUE, which lies in the scan's text. */
struct har_scan har_scan_inside(struct str value);

#endif
