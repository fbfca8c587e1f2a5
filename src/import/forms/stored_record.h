/*
 * The record that the JSON response to a request shows: an object whose members are the fields that
 * were stored. Says which members are files, and which ones the server made: ids, times, addresses.
 * Texts are in the job's arena; one thread.
 */
#ifndef IMPORT_FORMS_STORED_RECORD_H
#define IMPORT_FORMS_STORED_RECORD_H

#include "doc/json.h"
#include "import/conversion.h"

struct stored_record {
	struct conversion *conversion;
	uint32_t step; /* index of the step that received it */
	struct json_tape tape;
	const struct json_item *object; /* the record; NULL: the response shows none */
};

/* Reads the response to the step with this index. Released by stored_record_release. */
void stored_record_read(struct stored_record *r, struct conversion *conversion, uint32_t step);
void stored_record_release(struct stored_record *r);
/* The key of the member after KEY, or of the first one (KEY is NULL); its value follows it. NULL at
 * the end. */
const struct json_item *stored_record_next(const struct stored_record *r,
					   const struct json_item *key);
/* The value of the member with this name, or NULL. */
const struct json_item *stored_record_member(const struct stored_record *r, struct str name);
/* The text of a key or a value; of others than strings, the JSON. */
struct str stored_record_text(struct stored_record *r, const struct json_item *item);
/* Neither an object nor an array. */
bool stored_record_is_scalar(const struct json_item *item);
/* Whether the value of KEY is the name or the address of a file, or describes one, and KEY can be
 * the name of the field that it was sent in: not "url". */
bool stored_record_is_file(struct stored_record *r, const struct json_item *key);
/* Whether this step or a later one has the text, which is not a word, as a part of its path. */
bool stored_record_is_address(const struct stored_record *r, struct str text);
/* Whether a client sends such a member, as far as its name and its value show. */
bool stored_record_is_of_client(struct stored_record *r, struct str name,
				const struct json_item *item);

#endif
