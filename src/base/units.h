/*
 * Durations, sizes, rates and percentages as people write them, and as we print them. Durations:
 * `250ms 2s 1m30s 1h` (units us ms s m h d, decimals allowed, larger units first); sizes:
 * `10KB 1MiB` (KB = 1000, KiB = 1024); rates: `20/s 300/m 5/h`; percentages: `5%`. A space before
 * the unit is allowed. The readers take the whole text and report why it is not valid.
 */
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"

enum units_error {
	UNIT_OK,
	UNIT_EMPTY,
	UNIT_BARE_NUMBER,
	UNIT_BAD_NUMBER,
	UNIT_UNKNOWN,
	UNIT_ORDER,
	UNIT_RANGE
};

/* Nanoseconds, from 0 to NS_LONGEST. A bare "0" is a duration; any other bare number is
 * UNIT_BARE_NUMBER. */
enum units_error units_duration(struct str text, ns_t *out);
/* Bytes; a bare number is bytes. */
enum units_error units_size(struct str text, int64_t *out);
/* Per second; a bare number is UNIT_BARE_NUMBER. */
enum units_error units_rate(struct str text, double *out);
/* 5% gives 0.05; a bare number is UNIT_BARE_NUMBER. */
enum units_error units_share(struct str text, double *out);

/* For a message: "a number without a unit; write 2s or 2ms". */
const char *units_error_text(enum units_error error);

/* For people, with three digits: "850 µs" "12 ms" "1.25 s" "1m30s"; ASCII writes "us". */
void units_put_time(struct buf *out, ns_t length, bool ascii);
/* In the syntax of the scenario language, exact: "1m30s" "250ms". */
void units_put_duration(struct buf *out, ns_t length);
/* "431 bytes" "12.3 kB" "1.25 MB". */
void units_put_bytes(struct buf *out, uint64_t bytes);
/* "6,214". */
void units_put_count(struct buf *out, uint64_t count);

#endif
