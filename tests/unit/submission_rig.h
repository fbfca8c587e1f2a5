/*
 * For tests of submissions: a page that is read, a submission of its first form, and the request.
 */
#ifndef TESTS_SUBMISSION_RIG_H
#define TESTS_SUBMISSION_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "html/html_submission.h"

#define URL_TEXT "http://shop.test/a/b?c=d"
#define URL	 STR(URL_TEXT)
#define UTF8	 "text/html; charset=utf-8"
#define TEXT(t)                                                                                    \
	{                                                                                          \
		.kind = HTML_GIVEN_TEXT, .text = STR(t)                                            \
	}

struct rig {
	struct arena arena;
	struct html_page page;
	struct html_submission submission;
	struct buf url, type, body, out;
	enum html_method method;
};

static inline void begin(struct rig *rig, struct str body, struct str type)
{
	struct html_page_source source = {body, type, URL};

	arena_init(&rig->arena, 0);
	buf_init(&rig->url, 0);
	buf_init(&rig->type, 0);
	buf_init(&rig->body, 0);
	buf_init(&rig->out, 0);
	html_page_read(&rig->page, &rig->arena, &source, HTML_PAGE_FORMS | HTML_PAGE_ROWS);
	if (rig->page.form_count)
		html_submission_init(&rig->submission, &rig->arena, &rig->page, 0);
}

static inline void end(struct rig *rig)
{
	buf_release(&rig->url);
	buf_release(&rig->type);
	buf_release(&rig->body);
	buf_release(&rig->out);
	arena_release(&rig->arena);
}

static inline enum html_build_outcome build(struct rig *rig)
{
	struct html_request request = {
	    .url = &rig->url, .content_type = &rig->type, .body = &rig->body};
	enum html_build_outcome outcome =
	    html_submission_build(&rig->submission, STR("BOUNDARY"), &request);

	rig->method = request.method;
	return outcome;
}

#endif
