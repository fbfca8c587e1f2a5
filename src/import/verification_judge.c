/* The judge of a verification: the outcome of each step, and the differences of all performances.
 */
#include "import/verification_private.h"
#include "interface/response.h"

struct verification_difference *verification_add(struct judgement *j, const struct transaction *tx,
						 bool matters, const char *what,
						 struct str recorded, struct str received)
{
	struct arena *a = &j->job->arena;
	unsigned bit = 1u << j->performance;

	for (size_t i = 0; i < j->out->differences.count; i++) {
		struct verification_difference *d = &j->out->differences.items[i];

		if (d->tx == tx && str_eq(d->what, str_of(what)) && d->matters == matters) {
			d->performances |= bit;
			return d;
		}
	}
	VEC_PUSH(a, &j->out->differences,
		 ((struct verification_difference){.tx = tx,
						   .performances = bit,
						   .matters = matters,
						   .what = str_of(what),
						   .recorded = arena_str(a, recorded),
						   .received = arena_str(a, received)}));
	j->out->serious += matters;
	return &j->out->differences.items[j->out->differences.count - 1];
}

/* ---- pages */

static void read_page(struct judgement *j, struct verified_page *out, struct str body,
		      struct str content_type, struct str url)
{
	struct str type = str_trim(str_slice(content_type, 0, str_find_char(content_type, ';', 0)));
	struct html_page_source source = {.body = body, .content_type = content_type, .url = url};

	out->known = body.len && (str_ieq(type, STR("text/html")) ||
				  str_ieq(type, STR("application/xhtml+xml")) || !type.len);
	if (out->known)
		html_page_read(&out->page, &j->pages, &source,
			       HTML_PAGE_FORMS | HTML_PAGE_LINKS | HTML_PAGE_ERRORS);
}

static void read_recorded(struct judgement *j)
{
	struct buf scratch;

	buf_init(&scratch, 0);
	for (size_t n = 0; n < j->steps; n++) {
		const struct transaction *tx = verification_step_at(j->job, n)->response;
		if (tx->kind == TX_RECEIVED)
			continue;
		struct str type = tx->body.mime.len
				      ? tx->body.mime
				      : transaction_header(&tx->headers, STR("Content-Type"), 0);

		buf_clear(&scratch);
		read_page(j, &j->recorded[n],
			  arena_str(&j->pages, transaction_body_bytes(&tx->body, &scratch)), type,
			  tx->url);
		if (j->recorded[n].known)
			buf_printf(&j->headlines, "%.*s\n", STR_ARG(j->recorded[n].page.title));
	}
	buf_release(&scratch);
}

static void read_received(struct judgement *j, const struct import_performance *performance)
{
	for (size_t n = 0; n < j->steps; n++) {
		const struct import_response *r = &performance->responses[n];
		struct response response = {.headers = r->headers};

		j->received[n].known = false;
		if (r->performed && r->status && r->tx->kind != TX_RECEIVED)
			read_page(j, &j->received[n], r->body,
				  response_header(&response, STR("Content-Type"), 0), r->url);
	}
}

/* ---- outcomes */

static bool same_status(int is, int was)
{
	/* A response from the browser's cache is now sent completely. */
	return is / 100 == was / 100 || (was == 304 && is == 200) || !was;
}

/* "HTTP 303, then 200 at /notes/7" */
static void put_recorded(const struct conversion_step *step, struct buf *out)
{
	const struct transaction *tx = step->tx, *last = step->response;

	if (!tx->status) {
		buf_add(out, tx->kind == TX_RECEIVED ? STR("a message") : STR("no response"));
		return;
	}
	buf_printf(out, "HTTP %d", tx->status);
	if (last != tx)
		buf_printf(out, ", then %d at %.*s", last->status, STR_ARG(last->url));
	else if (last->redirect_url.len)
		buf_printf(out, " to %.*s", STR_ARG(last->redirect_url));
}

static void put_received(struct judgement *j, size_t n, const struct import_response *r,
			 struct buf *out)
{
	size_t mark;

	if (r->status && !str_starts(r->failure, STR("HTTP "))) {
		buf_printf(out, "HTTP %d", r->status);
		if (r->redirected)
			buf_printf(out, " at %.*s", STR_ARG(r->url));
		buf_add(out, STR(": "));
	}
	mark = out->len;
	buf_add(out, r->failure.len ? r->failure : STR("another status"));
	if (str_find(buf_str(out), STR("«"), mark) == NOT_FOUND)
		verification_put_words(j, n, r, out);
}

static void judge_step(struct judgement *j, size_t n, const struct import_response *r)
{
	const struct conversion_step *step = verification_step_at(j->job, n);
	struct buf recorded, received;

	if (!r->failed && same_status(r->status, step->response->status)) {
		/* Its messages are separate steps. */
		if (step->tx->kind == TX_SOCKET)
			return;
		verification_compare_content(j, n, r);
		verification_check_link(j, n, r);
		verification_check_typed(j, n);
		return;
	}
	buf_init(&recorded, 0);
	buf_init(&received, 0);
	put_recorded(step, &recorded);
	put_received(j, n, r, &received);
	verification_add(j, step->tx, true, "", buf_str(&recorded), buf_str(&received));
	buf_release(&recorded);
	buf_release(&received);
}

/* Whether a difference in one of the performances, given as bits, matters. */
static bool has_failed(const struct judgement *j, const struct transaction *tx,
		       unsigned performances)
{
	for (size_t i = 0; i < j->out->differences.count; i++) {
		const struct verification_difference *d = &j->out->differences.items[i];

		if (d->tx == tx && d->matters && d->performances & performances)
			return true;
	}
	return false;
}

/* Requests that are `fail` steps in the scenario, because the recording does not have their body.
 * What follows them may succeed with what the recorded visit left behind. */
static void add_missing(struct judgement *j)
{
	for (size_t i = 0; i < j->job->conversion->steps.count; i++) {
		const struct conversion_step *step = &j->job->conversion->steps.items[i];

		for (j->performance = 0;
		     step->disabled && j->performance < j->job->performance_count; j->performance++)
			verification_add(j, step->tx, true, "missing",
					 STR("a request whose body is missing in the recording"),
					 STR("nothing was sent; write this step by hand"));
	}
}

void verification_judge(struct import_job *job, struct verification *out)
{
	struct judgement j = {.job = job, .out = out, .steps = verification_step_count(job)};
	size_t *good = ARENA_ARRAY(&job->arena, j.steps + 1, size_t);

	*out = (struct verification){.serious = 0};
	arena_init(&j.pages, 0);
	buf_init(&j.headlines, 0);
	j.recorded = ARENA_ARRAY(&j.pages, j.steps + 1, struct verified_page);
	j.received = ARENA_ARRAY(&j.pages, j.steps + 1, struct verified_page);
	read_recorded(&j);
	for (; j.performance < job->performance_count; j.performance++) {
		const struct import_performance *performance = &job->performances[j.performance];

		read_received(&j, performance);
		for (size_t n = 0; n < j.steps; n++) {
			const struct import_response *r = &performance->responses[n];

			if (!r->performed)
				continue;
			judge_step(&j, n, r);
			if (!has_failed(&j, r->tx, 1u << j.performance))
				good[n]++;
		}
	}
	add_missing(&j);
	for (size_t n = 0; n < j.steps; n++) {
		out->good += good[n];
		if (good[n] == job->performance_count)
			out->good_steps++;
		else if (!has_failed(&j, verification_step(job, n), ~0u))
			out->unreached++;
	}
	buf_release(&j.headlines);
	arena_release(&j.pages);
}
