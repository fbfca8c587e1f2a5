/*
 * The parts of the judge (import/verification.h). Private to import/verification*.c; one thread.
 */
#ifndef IMPORT_VERIFICATION_PRIVATE_H
#define IMPORT_VERIFICATION_PRIVATE_H

#include "html/html_page.h"
#include "import/conversion.h"
#include "import/verification.h"

/* A response as a page; not `known` if it is not HTML, or was not received. */
struct verified_page {
	bool known;
	struct html_page page;
};

struct sent_words;

/* The state of verification_judge. */
struct judgement {
	struct import_job *job;
	struct verification *out;
	struct arena pages;   /* of the texts of pages */
	struct buf headlines; /* the titles of all recorded pages, for words that all have */
	struct verified_page *recorded,
	    *received; /* for each step; received: in this performance */
	size_t steps;
	struct sent_words *sent; /* verification_sent.c; NULL: not read yet */
	unsigned performance;	 /* number of the current one, from 0 */
};

/* Adds a difference, or the current performance to an equal one; returns it. WHAT may be empty. */
struct verification_difference *verification_add(struct judgement *j, const struct transaction *tx,
						 bool matters, const char *what,
						 struct str recorded, struct str received);
/* Whether TX changes something: another method than GET, HEAD and OPTIONS. */
bool verification_is_write(const struct transaction *tx);
/* The step with the number N of the conversion; NULL if there are fewer. */
const struct conversion_step *verification_step_at(const struct import_job *job, size_t n);

/* verification_sent.c: whether C is a character of a word. */
bool verification_is_word_byte(char c);
/* verification_sent.c: whether a step up to N sends WORD, in any case, in a field or a body. */
bool verification_is_typed(struct judgement *j, size_t n, struct str word);
/* verification_content.c: compares the content of a response that was accepted. */
void verification_compare_content(struct judgement *j, size_t n,
				  const struct import_response *response);
/* verification_content.c: appends what the application says about a failure. */
void verification_put_words(struct judgement *j, size_t n, const struct import_response *response,
			    struct buf *out);
/* A value that a person can have typed. */
struct verification_value {
	struct str name, value;
};

struct verification_values {
	struct arena *arena;
	VEC(struct verification_value) items;
	size_t passwords;
};

/* verification_unique.c: the texts that the scenario sends as recorded in STEP, and that are not
 * from the page. */
void verification_collect(const struct conversion_step *step, struct verification_values *values);
/* verification_unique.c: adds the repair that TYPED of the request TX gets ${unique}. */
void verification_make_unique(struct import_job *job, const struct transaction *tx,
			      const struct verification_value *typed, const char *why);
/* verification_typed.c: whether step N sends only what its page has already. */
void verification_check_typed(struct judgement *j, size_t n);
/* verification_typed.c: the steps of what it found become the suspects of the job: they may use the
 * record of the recording. */
void verification_find_suspects(struct import_job *job, const struct verification *found);
/* verification_typed.c: adds repairs for what it found, unless a value that is sent explains it.
 * True if there are new ones. */
bool verification_find_unchanged(struct import_job *job, const struct verification *found);
/* verification_unique.c: adds repairs for typed values that the server accepts only once. */
void verification_find_unique(struct import_job *job, const struct verification *found);
/* verification_once.c: adds repairs that skip requests whose value only a first visit has. */
void verification_find_once(struct import_job *job);
/* verification_once.c: skips what the repairs skip, and nothing else for this reason. */
void verification_skip(struct import_job *job);
/* verification_links.c: whether the address that step N asks for is on a page, if it was on one in
 * the recording. */
void verification_check_link(struct judgement *j, size_t n, const struct import_response *response);

#endif
