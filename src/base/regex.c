#include "base/regex.h"
#include "base/alloc.h"

#include <stdio.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/log.h"

#define MATCH_STEPS_MAX 100000
#define DEPTH_MAX	100000
#define HEAP_MAX_KIB	20000
#define JIT_STACK_FIRST (32 * 1024)
#define JIT_STACK_MAX	(512 * 1024)
#define MAX_GROUPS	100

struct regex {
	pcre2_code *code;
	uint32_t groups;
};

struct regex_scratch {
	pcre2_match_data *match;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	int found; /* pairs of offsets that are set; 0 when nothing matched */
};

struct regex *regex_new(struct str pattern, bool jit, struct regex_error *error)
{
	int number;
	PCRE2_SIZE offset;
	const char *text = pattern.ptr ? pattern.ptr : "";
	pcre2_code *code =
	    pcre2_compile((PCRE2_SPTR)text, pattern.len, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF,
			  &number, &offset, NULL);

	*error = (struct regex_error){0};
	if (!code) {
		error->offset = offset < pattern.len ? offset : pattern.len;
		pcre2_get_error_message(number, (PCRE2_UCHAR *)error->text, sizeof error->text);
		return NULL;
	}
	uint32_t groups = 0;
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
	if (groups >= MAX_GROUPS) {
		snprintf(error->text, sizeof error->text, "%u groups, at most %d are allowed",
			 groups, MAX_GROUPS - 1);
		pcre2_code_free(code);
		return NULL;
	}
	/* Without the JIT the same pattern is interpreted, with the same limits. */
	if (jit)
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	struct regex *r = malloc(sizeof *r);
	if (!r)
		die_out_of_memory();
	*r = (struct regex){code, groups};
	return r;
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	pcre2_code_free(r->code);
	free(r);
}

unsigned regex_groups(const struct regex *r)
{
	return r->groups;
}

int regex_group_number(const struct regex *r, struct str name)
{
	char text[64];

	if (name.len >= sizeof text)
		return -1;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	int number = pcre2_substring_number_from_name(r->code, (PCRE2_SPTR)text);
	return number > 0 ? number : -1;
}

struct regex_scratch *regex_scratch_new(void)
{
	struct regex_scratch *s = alloc_zeroed(1, sizeof *s);

	s->match = pcre2_match_data_create(MAX_GROUPS, NULL);
	s->context = pcre2_match_context_create(NULL);
	s->stack = pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MAX, NULL);
	if (!s->match || !s->context)
		die_out_of_memory();
	pcre2_set_match_limit(s->context, MATCH_STEPS_MAX);
	pcre2_set_depth_limit(s->context, DEPTH_MAX);
	pcre2_set_heap_limit(s->context, HEAP_MAX_KIB);
	/* NULL where there is no JIT: then nothing uses the stack. */
	if (s->stack)
		pcre2_jit_stack_assign(s->context, NULL, s->stack);
	return s;
}

void regex_scratch_free(struct regex_scratch *s)
{
	if (!s)
		return;
	if (s->stack)
		pcre2_jit_stack_free(s->stack);
	pcre2_match_context_free(s->context);
	pcre2_match_data_free(s->match);
	free(s);
}

static enum regex_outcome outcome_of(int result)
{
	switch (result) {
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
	case PCRE2_ERROR_JIT_STACKLIMIT:
	case PCRE2_ERROR_NOMEMORY:
		return REGEX_LIMIT;
	default:
		return REGEX_NO_MATCH;
	}
}

enum regex_outcome regex_find(const struct regex *r, struct regex_scratch *s, struct str subject,
			      size_t from)
{
	s->found = 0;
	if (from > subject.len)
		return REGEX_NO_MATCH;
	int result = pcre2_match(r->code, (PCRE2_SPTR)(subject.ptr ? subject.ptr : ""), subject.len,
				 from, 0, s->match, s->context);
	if (result <= 0)
		return outcome_of(result);
	s->found = result;
	return REGEX_MATCH;
}

struct str regex_group(const struct regex_scratch *s, struct str subject, unsigned n)
{
	if ((int)n >= s->found)
		return STR_NULL;
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(s->match);
	PCRE2_SIZE from = pairs[2 * n], to = pairs[2 * n + 1];

	if (from == PCRE2_UNSET || to == PCRE2_UNSET)
		return STR_NULL;
	/* \K in a look-ahead can put the start after the end. */
	return from <= to ? str_n(subject.ptr + from, to - from) : str_n(subject.ptr + to, 0);
}

size_t regex_next(const struct regex_scratch *s, struct str subject)
{
	if (s->found <= 0)
		return subject.len + 1;
	const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(s->match);
	size_t from = pairs[0], to = pairs[1];

	if (to > from)
		return to;
	size_t step = str_utf8_step(subject, to);
	return to + (step ? step : 1);
}

void regex_put_library_version(struct buf *out)
{
	char version[64] = "";

	if (pcre2_config(PCRE2_CONFIG_VERSION, NULL) < (int)sizeof version)
		pcre2_config(PCRE2_CONFIG_VERSION, version);
	version[strcspn(version, " ")] = '\0'; /* "10.42 2022-12-11" */
	buf_printf(out, ", PCRE2 %s", version);
}
