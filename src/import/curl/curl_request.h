/*
 * One request of a curl command line: its options as curl(1) means them, as transactions (one for
 * each URL) with what goes beyond them as further keys of their steps. One thread, the job's arena.
 */
#ifndef IMPORT_CURL_CURL_REQUEST_H
#define IMPORT_CURL_CURL_REQUEST_H

#include "import/job.h"
#include "import/curl/shell_words.h"

/* WORDS are those behind curl, up to --next. What has no counterpart is told as a note. */
void curl_request(struct import_job *job, uint32_t source, const struct shell_command *command,
		  const struct str *words, size_t count);

#endif
