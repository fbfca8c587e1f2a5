/*
 * The outer structure of a large JSON document without parsing it: where values start and end.
 * It does not check the contents of a value (doc/json.h checks each one that is used), needs no
 * memory and skips strings at the speed of memchr; so one broken entry of a recording, or a file
 * that ends too early, loses only that entry. Views into the text; any thread.
 */
#ifndef IMPORT_HAR_HAR_SCAN_H
#define IMPORT_HAR_HAR_SCAN_H

#include "base/str.h"

struct har_scan {
	struct str text;
	size_t at;
};

/* Enters the object or array at the current position, after spaces; false if none starts there. */
bool har_scan_enter(struct har_scan *scan, char bracket);
/* The next member of the current object: KEY without quotes, VALUE its extent. False at its end. */
bool har_scan_member(struct har_scan *scan, struct str *key, struct str *value, bool *whole);
/* The next element of the current array; *WHOLE is false if the text ends inside it. False at
 * the array's end. */
bool har_scan_element(struct har_scan *scan, struct str *value, bool *whole);
/* A scan of VALUE, which must be inside the scan's text. */
struct har_scan har_scan_inside(struct str value);

#endif
