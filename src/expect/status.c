/* status: checks the status: 200, [200, 302], 2xx. */
#include "doc/node.h"
#include "interface/expect.h"
#include "interface/reader.h"

#define STATUS_MAX 32

struct status {
	unsigned count;
	struct {
		int low, high;
		struct span span;
	} ranges[STATUS_MAX];
	struct str written; /* "200 or 302" */
};

/* The status that WORD names, such as OK or Not Found; or 0. */
static int status_of(struct str word)
{
	static const struct {
		const char *word;
		int status;
	} words[] = {{"ok", 200},	   {"success", 200},	  {"created", 201},
		     {"no content", 204},  {"redirect", 302},	  {"found", 302},
		     {"bad request", 400}, {"unauthorized", 401}, {"forbidden", 403},
		     {"not found", 404}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_ieq(word, str_of(words[i].word)))
			return words[i].status;
	return 0;
}

static bool read_one(struct reader *r, const struct node *node, struct status *status)
{
	struct str s = node->text;
	int64_t number = 0;
	bool group =
	    s.len == 3 && s.ptr[0] >= '1' && s.ptr[0] <= '5' && s.ptr[1] == 'x' && s.ptr[2] == 'x';
	bool fine = node->kind == NODE_SCALAR && status->count < STATUS_MAX &&
		    (group || (s.len == 3 && str_to_int(s, &number) && number >= 100));

	int named = node->kind == NODE_SCALAR ? status_of(s) : 0;

	if (named) {
		const char number_text[] = {(char)('0' + named / 100),
					    (char)('0' + named / 10 % 10),
					    (char)('0' + named % 10)};

		reader_fix_value(r,
				 reader_error(r, node->span, DIAG_E346,
					      "'%.*s' is not a valid status; write %d", STR_ARG(s),
					      named),
				 node, str_n(number_text, 3));
		return false;
	}
	if (!fine) {
		struct diag *diag =
		    reader_error(r, node->span, DIAG_E346,
				 "%s%.*s%s is not a valid status; use 200, [200, 302] or 2xx",
				 node->kind == NODE_SCALAR ? "'" : "",
				 node->kind == NODE_SCALAR ? (int)s.len : 6,
				 node->kind == NODE_SCALAR ? s.ptr : "a list",
				 node->kind == NODE_SCALAR ? "'" : "");
		if (s.len == 3 && s.ptr[0] >= '1' && s.ptr[0] <= '5' && s.ptr[1] == 'X' &&
		    s.ptr[2] == 'X') {
			const char group_text[] = {s.ptr[0], 'x', 'x'};

			reader_fix_value(r, diag, node, str_n(group_text, 3));
		}
		return false;
	}
	status->ranges[status->count].low = group ? (s.ptr[0] - '0') * 100 : (int)number;
	status->ranges[status->count].high = group ? (s.ptr[0] - '0') * 100 + 99 : (int)number;
	status->ranges[status->count++].span = node->span;
	return true;
}

static void read_status(struct reader *r, const struct node *node, void *out)
{
	struct status *status = out;

	if (node->kind == NODE_LIST && node->count)
		for (size_t i = 0; i < node->count; i++)
			read_one(r, node->items[i], status);
	else if (node->kind == NODE_SCALAR)
		read_one(r, node, status);
	else
		reader_wrong_shape(r, node, "a status: 200, [200, 302] or 2xx");
}

#define ONE_STATUS                                                                                 \
	"{\"anyOf\": [{\"type\": \"integer\", \"minimum\": 100, \"maximum\": 999}, "               \
	"{\"type\": \"string\", \"pattern\": \"^([1-9][0-9][0-9]|[1-5]xx)$\"}]}"

static const struct field_special status_special = {
    .widget = "status",
    .name = "a status such as 200 or 2xx, or a list of them",
    .read = read_status,
    .schema = "{\"anyOf\": [" ONE_STATUS ", {\"type\": \"array\", \"minItems\": 1, "
	      "\"items\": " ONE_STATUS "}]}",
};

static const struct field status_field = {
    .key = "status",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct status),
    .special = &status_special,
    .prose = "Status of the response: one, several, or a class such as 2xx.",
    .example = "200",
};

static struct str written(struct arena *a, const struct status *status)
{
	struct str all = STR("");

	for (unsigned i = 0; i < status->count; i++) {
		int low = status->ranges[i].low;
		const char *between = i == 0 ? "" : i + 1 == status->count ? " or " : ", ";

		if (low == status->ranges[i].high)
			all = arena_printf(a, "%.*s%s%d", STR_ARG(all), between, low);
		else
			all = arena_printf(a, "%.*s%s%dxx", STR_ARG(all), between, low / 100);
	}
	return all;
}

/* Offers `follow_redirects: no` in the column of the key `expect` above the span of DIAG. */
static void offer_no_redirects(struct diag_list *list, struct diag *diag)
{
	struct str text = diag->span.source ? diag->span.source->text : STR("");
	size_t at = text.len ? diag->span.begin : 0, begin;
	bool dash = false, alone = true;

	while (at && !str_starts(str_slice(text, at, text.len), STR("expect:")))
		at--;
	for (begin = at; begin && text.ptr[begin - 1] != '\n'; begin--) {
		alone &= text.ptr[begin - 1] == ' ' || text.ptr[begin - 1] == '-';
		dash |= text.ptr[begin - 1] == '-';
	}
	struct str line =
	    arena_printf(list->arena, "%*sfollow_redirects: no", alone ? (int)(at - begin) : 0, "");

	if (alone && !dash)
		diag_add_line(list, diag, (uint32_t)begin, line);
	else
		diag_add(list, diag, "%.*s", STR_ARG(line));
}

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	struct status *plan = ARENA_NEW(p->arena, struct status);

	*plan = *(const struct status *)expect->data;
	plan->written = written(p->arena, plan);
	for (unsigned i = 0; p->follows && i < plan->count; i++) {
		int low = plan->ranges[i].low;

		/* 304 is not a redirect. */
		if (low < 300 || low > 399 || low == 304)
			continue;
		struct diag *diag = diag_error(
		    p->diags, plan->ranges[i].span, DIAG_E344,
		    "redirects are followed, so %d%s is never the status of the last "
		    "response; add `follow_redirects: no` to this request, in the column of "
		    "`expect`",
		    plan->ranges[i].low == plan->ranges[i].high ? low : low / 100,
		    plan->ranges[i].low == plan->ranges[i].high ? "" : "xx");
		offer_no_redirects(p->diags, diag);
	}
	return plan;
}

static enum expect_outcome check(const void *data, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	const struct status *plan = data;

	(void)rendered;
	(void)scratch;
	for (unsigned i = 0; i < plan->count; i++)
		if (response->status >= plan->ranges[i].low &&
		    response->status <= plan->ranges[i].high)
			return EXPECT_PASSED;
	return EXPECT_FAILED;
}

static void explain(const void *data, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	const struct status *plan = data;

	(void)rendered;
	buf_printf(out, "HTTP %d, expected %.*s", response->status, STR_ARG(plan->written));
}

const struct expect_kind status_expect = {
    .name = "status",
    .sentence = "Status of the last response; without it, 4xx and 5xx fail the request.",
    .field = &status_field,
    .bytes = sizeof(struct status),
    .prepare = prepare,
    .check = check,
    .explain = explain,
};
