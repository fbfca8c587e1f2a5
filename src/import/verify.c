#include "import/verify.h"

#include <ctype.h>

#include "import/flow.h"
#include "import/import.h"
#include "kind/answer.h"

static const struct flow_step *step_at(const struct import_job *job, size_t n)
{
	for (size_t i = 0; i < job->flow->steps.count; i++)
		if (!job->flow->steps.items[i].disabled && n-- == 0)
			return &job->flow->steps.items[i];
	return NULL;
}

size_t verify_steps(const struct import_job *job)
{
	size_t count = 0;

	for (size_t i = 0; i < job->flow->steps.count; i++)
		count += !job->flow->steps.items[i].disabled;
	return count;
}

/* ---- what is compared */

static struct str media_of(struct str headers)
{
	struct answer answer = {.headers = headers};
	struct str type = answer_header(&answer, STR("Content-Type"), 0);

	return str_trim(str_slice(type, 0, str_find_char(type, ';', 0)));
}

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (isdigit((unsigned char)s.ptr[i]))
			return true;
	return false;
}

/* The same page: segments are equal, or both hold an id. */
static bool same_place(struct str a, struct str b)
{
	struct url x, y;
	size_t i = 0, k = 0;

	if (!url_split(a, &x) || !url_split(b, &y))
		return true;
	while (i < x.path.len && k < y.path.len) {
		size_t end = str_find_char(x.path, '/', i + 1);
		size_t to = str_find_char(y.path, '/', k + 1);
		struct str s = str_slice(x.path, i, end), t = str_slice(y.path, k, to);

		if (!str_eq(s, t) && !(has_digit(s) && has_digit(t)))
			return false;
		i = end == (size_t)-1 ? x.path.len : end;
		k = to == (size_t)-1 ? y.path.len : to;
	}
	return (i >= x.path.len || x.path.len == 1) && (k >= y.path.len || y.path.len == 1);
}

static struct str title_of(struct str body)
{
	size_t at = str_find(body, STR("<title"), 0), end;

	if (at == (size_t)-1)
		return STR("");
	at = str_find_char(body, '>', at);
	end = at == (size_t)-1 ? at : str_find(body, STR("</"), at);
	return end == (size_t)-1 ? STR("") : str_trim(str_slice(body, at + 1, end));
}

/* The first key of the recorded object that the answer's does not have; ptr NULL: none. */
static struct str missing_key(struct arena *a, struct str recorded, struct str got)
{
	struct json_tape was, is;
	struct str missing = STR_NULL;
	struct buf text;

	json_init(&was);
	json_init(&is);
	buf_init(&text, 0);
	if (json_read(&was, recorded) && json_type(was.items) == JSON_OBJECT) {
		bool object = json_read(&is, got) && json_type(is.items) == JSON_OBJECT;

		for (uint32_t i = 1; i < was.items->next && !missing.ptr;
		     i = was.items[i + 1].next) {
			buf_clear(&text);
			struct str key = json_text(&was, &was.items[i], &text);
			if (!object || !json_member(&is, is.items, key))
				missing = arena_str(a, key);
		}
	}
	buf_release(&text);
	json_release(&was);
	json_release(&is);
	return missing;
}

static void differ(const struct flow_step *step, struct buf *out, const char *what, struct str is,
		   struct str was)
{
	size_t mark = str_find_char(step->tx->url, '?', 0);

	buf_printf(out, "  differs    %.*s %.*s: %s %.*s where %.*s was recorded\n",
		   STR_ARG(step->tx->method), STR_ARG(str_slice(step->tx->url, 0, mark)), what,
		   STR_ARG(is.len ? is : STR("nothing")), STR_ARG(was.len ? was : STR("nothing")));
}

static bool same_status(int is, int was)
{
	/* What the browser had in its cache comes whole now. */
	return is / 100 == was / 100 || (was == 304 && is == 200) || !was;
}

static void compare_content(const struct import_job *job, const struct flow_step *step,
			    const struct import_answer *answer, struct buf *out)
{
	const struct transaction *was = step->answer;
	struct arena *a = (struct arena *)&job->arena;
	struct str type = tx_media_type(&was->body, &was->headers), is = media_of(answer->headers);
	struct str body, missing;
	struct buf scratch;

	if (was->status == 304 || !type.len)
		return;
	if (!str_ieq(type, is))
		differ(step, out, "type", is, type);
	buf_init(&scratch, 0);
	body = tx_body_bytes(&was->body, &scratch);
	if (!str_eq(title_of(body), title_of(answer->body)) && title_of(body).len)
		differ(step, out, "title", title_of(answer->body), title_of(body));
	missing = missing_key(a, body, answer->body);
	if (missing.ptr)
		differ(step, out, "no key", missing, missing);
	buf_release(&scratch);
}

bool verify_step(const struct import_job *job, size_t n, const struct import_answer *answer,
		 struct buf *out)
{
	const struct flow_step *step = step_at(job, n);
	struct arena *a = (struct arena *)&job->arena;

	if (!step)
		return true;
	if (!same_status(answer->status, step->answer->status)) {
		differ(step, out, "status", arena_printf(a, "%d", answer->status),
		       arena_printf(a, "%d", step->answer->status));
		return false;
	}
	if (!same_place(answer->url, step->answer->url)) {
		differ(step, out, "it ended at", answer->url, step->answer->url);
		return false;
	}
	compare_content(job, step, answer, out);
	return true;
}

/* ---- once more */

static size_t count_takings(const struct flow *flow)
{
	size_t count = 0;

	for (size_t i = 0; i < flow->steps.count; i++)
		count += flow->steps.items[i].takings.count;
	return count;
}

/* As the importer left it: what is merged or told is worked out anew. */
static void undo(struct import_job *job)
{
	for (size_t i = 0; i < job->list.items.count; i++) {
		struct transaction *tx = job->list.items.items[i];

		if (tx->fate == TX_MERGED) {
			tx->fate = TX_KEPT;
			tx->into = NULL;
		}
	}
	job->notes.count = job->notes_read;
	job->beside.count = job->beside_read;
	job->document = NULL;
}

bool verify_again(struct import_job *job, const struct import_answer *answers, size_t count)
{
	size_t before = count_takings(job->flow);

	job->replayed = answers;
	job->replayed_count = count;
	undo(job);
	return import_make(job) && count_takings(job->flow) > before;
}

const char *verify_parameter(const struct import_job *job, size_t n)
{
	const struct flow_parameter *p;

	if (!job->flow || n >= job->flow->parameters.count)
		return NULL;
	p = &job->flow->parameters.items[n];
	return arena_printf((struct arena *)&job->arena, "%.*s=%.*s", STR_ARG(p->name),
			    STR_ARG(p->value))
	    .ptr;
}
