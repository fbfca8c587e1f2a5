/*
 * One import: the files, the options of the command line, the importer's result, and the report.
 * Everything lives in the job's arena; mapped files stay open until job_release. One thread.
 */
#ifndef IMPORT_JOB_H
#define IMPORT_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/mapped_file.h"
#include "doc/yaml_writer.h"
#include "import/transaction.h"
#include "interface/import.h"

struct conversion;
struct import_performance;
struct kind_tables;

struct import_option {
	struct str name, value; /* value of an option of `reprise import`; "" for a switch */
};

/* A file written beside the scenario: a binary body, a replay list, a data file. */
struct import_file {
	struct str name; /* path relative to the scenario */
	struct str bytes;
	bool secret; /* mode 0600 */
	/* For a file too large for memory: appends its next piece to OUT; false at the end, and
	 * then starts again. NULL: `bytes` is the complete file. */
	bool (*more)(void *owner, struct buf *out);
	void *owner;
};

/* Counts of what was read, if there is no list: a million lines of a log. */
struct import_counts {
	const char *one, *many; /* "line", "lines" */
	size_t entries, kept;
	size_t skipped[SKIP_REASON_COUNT]; /* together with `kept`, all entries */
	struct str result;		   /* "310 requests of 12 sessions in 4m10s" */
};

/* A resource of the job that is not in its arena. */
struct import_owned {
	void (*release)(void *owner);
	void *owner;
};

enum import_repair_state {
	IMPORT_REPAIR_NEW,    /* to be proven */
	IMPORT_REPAIR_PROVEN, /* better responses, so it stays */
	IMPORT_REPAIR_REFUTED /* it is not tried again */
};

/* A recorded value that a verification found to be issued each time, or, `unique`, a typed one that
 * the server accepts only once. */
struct import_repair {
	struct str value;
	bool unique;
	struct str name;		   /* unique: of its field */
	const struct transaction *skipped; /* or a request that only a first visit can send */
	enum import_repair_state state;
	struct str text; /* what was done, for people */
};

/* A line of the report, under a heading ("look at", "secrets", "generated"); plain text. */
struct import_note {
	struct str heading, text;
};

struct import_job {
	struct arena arena;
	const struct import_kind *kind;
	const struct kind_tables *tables; /* for the extractors */
	const char *const *files;	  /* as named on the command line */
	size_t file_count;
	const struct import_option *import_options;
	size_t import_option_count;

	/* Filled by the importer. */
	struct tx_list list;
	struct yaml_writer_node *document; /* NULL: made from the list */
	struct str tool;		   /* "Chrome 148", or empty */
	struct str
	    tls_ca; /* a file of certificate authorities that the recorder trusted, or empty */
	bool tls_insecure; /* the recorder did not verify servers */
	bool as_written;   /* a person selected each request: none is skipped */
	bool no_times;	   /* the times are not a person's: no think times are derived from them */

	struct conversion *conversion; /* the result of the list (import/conversion.h), or NULL */

	/* For a verification (import/verification.h): what was received, else NULL; and what was
	 * concluded from it so far. */
	const struct import_performance *performances;
	size_t performance_count;
	bool together; /* the users of the performances overlapped */
	VEC(const struct transaction *)
	suspects; /* they may have changed a record of another visit */
	VEC(struct import_repair) repairs;
	size_t importer_note_count, importer_file_count; /* notes of the importer itself */
	size_t comments;				 /* of job_warn */

	struct import_counts counts; /* of a source without a list */
	bool no_target; /* the source does not contain the target: the document has none
			   (job_no_target) */
	bool is_replay; /* the document sends recorded requests: it has no scenario to try once */

	/* The report. */
	VEC(struct import_file) extra_files;
	VEC(struct import_note) notes;
	VEC(struct str) errors; /* why there is nothing to import */

	VEC(struct mapped_file) mapped;
	VEC(struct import_owned) owned;
};

void job_init(struct import_job *job, const struct import_kind *kind,
	      const struct kind_tables *tables);
void job_release(struct import_job *job);

/* Maps a file as long as the job lives; "-" reads standard input. False if it cannot be read, or
 * is UTF-16; the error was reported. */
bool job_map(struct import_job *job, const char *path, struct str *text);
/* The same for a file that may be compressed (gzip): complete, decompressed and not empty. */
bool job_read(struct import_job *job, const char *path, struct str *text);
/* TEXT of job_map has been read up to byte UNTIL and is not needed again soon. */
void job_discard(const struct import_job *job, struct str text, size_t until);
/* The first file's name without folder, .gz or .zip and extension; "visit" for standard input. */
struct str job_name(const struct import_job *job);
/* The last option of that name, ptr NULL if it was not given; names as on the command line
 * ("assets"). */
struct str job_option(const struct import_job *job, const char *name);
/* All values of an option that repeats, with commas between them; ptr NULL if it was not given. */
struct str job_option_list(struct import_job *job, const char *name);
bool job_option_is(const struct import_job *job, const char *name, const char *value);

/* Adds a line to the report under HEADING ("look at"). */
void job_note(struct import_job *job, const char *heading, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Adds LINE under "look at", and as a comment above ROOT, where at most 200 are allowed. */
void job_warn(struct import_job *job, struct yaml_writer_node *root, struct str line);
/* The source does not say which server to test, for the reason WHY (a sentence without a full
 * stop): ROOT gets no target, and a comment that asks for -t. */
void job_no_target(struct import_job *job, struct yaml_writer_node *root, struct str why);
/* Sets the reason why nothing can be imported, a sentence without a full stop; returns false. */
bool job_error(struct import_job *job, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Adds a file to be written beside the scenario; if the name exists, a number is added.
 * Returns its name. */
struct str job_add_file(struct import_job *job, struct str name, struct str bytes, bool secret);
/* The same for a file that is generated piece by piece while it is written. */
struct str job_add_streamed_file(struct import_job *job, struct str name,
				 bool (*more)(void *owner, struct buf *out), void *owner);
/* OWNER is released with the job. */
void job_own_resource(struct import_job *job, void (*release)(void *owner), void *owner);

#endif
