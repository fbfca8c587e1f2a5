/*
 * One request of a curl command line: its options, with the meaning of curl(1), as transactions
 * (one per URL) with additional keys of their steps. One thread, the job's arena.
 */
#ifndef IMPORT_CURL_CURL_REQUEST_H
#define IMPORT_CURL_CURL_REQUEST_H

#include "import/job.h"
#include "import/curl/shell_words.h"

/* WORDS are those after curl, up to --next. What is not supported is reported as a note. */
void curl_request(struct import_job *job, uint32_t source, const struct shell_command *command,
		  const struct str *words, size_t count);

#endif
