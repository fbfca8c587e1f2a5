#include "import/forms/forms.h"

#include "base/ascii.h"
#include "base/url.h"
#include "import/forms/form_match.h"
#include "import/forms/link_match.h"
#include "import/forms/lost_body.h"
#include "import/forms/lost_upload.h"
#include "import/forms/page_history.h"
#include "import/forms/script_token.h"
#include "import/forms/unique_texts.h"

#define REPORTED_MAX 10
#define NAME_MAX     40u

struct forms {
	struct conversion *conversion;
	struct page_history history;
	struct typed_texts texts;
	struct buf receipt; /* of the current step's submission; empty: none */
	size_t submissions, recognized, reported, links;
};

/* ---- the pairs of a request */

static void pairs_of_body(struct arena *a, const struct transaction *tx, struct page_use *use)
{
	use->pairs = ARENA_ARRAY(a, tx->part_count + 1, struct page_pair);
	for (size_t i = 0; i < tx->part_count; i++)
		use->pairs[use->pair_count++] = (struct page_pair){.name = tx->parts[i].name,
								   .value = tx->parts[i].value,
								   .part = &tx->parts[i],
								   .location = LOCATION_PART,
								   .index = (uint32_t)i,
								   .to = tx->parts[i].value.len};
}

static struct str decoded(struct conversion *conversion, struct str text)
{
	buf_clear(&conversion->scratch);
	url_decode(&conversion->scratch, text, true);
	return arena_str(&conversion->job->arena, buf_str(&conversion->scratch));
}

/* False if the query is not that of a form. */
static bool pairs_of_query(struct conversion *conversion, struct str url, struct page_use *use)
{
	size_t at = str_find_char(url, '?', 0);
	VEC(struct page_pair) pairs = {0};

	for (at = at == NOT_FOUND ? url.len : at + 1; at < url.len;) {
		size_t end = str_find_char(url, '&', at), sign;
		struct page_pair pair = {.location = LOCATION_URL};

		end = end == NOT_FOUND ? url.len : end;
		sign = str_find_char(str_slice(url, 0, end), '=', at);
		if (sign == NOT_FOUND)
			return false;
		pair.name = decoded(conversion, str_slice(url, at, sign));
		pair.value = decoded(conversion, str_slice(url, sign + 1, end));
		pair.from = sign + 1;
		pair.to = end;
		VEC_PUSH(&conversion->job->arena, &pairs, pair);
		at = end + 1;
	}
	use->pairs = pairs.items;
	use->pair_count = pairs.count;
	return pairs.count > 0;
}

/* Names that cannot be keys of a scenario. */
static bool can_be_written(const struct page_use *use)
{
	for (size_t i = 0; i < use->pair_count; i++) {
		struct str name = use->pairs[i].name;

		if (!name.len || str_find(name, STR("${"), 0) != NOT_FOUND ||
		    !str_is_utf8(name, NULL) || !str_is_utf8(use->pairs[i].value, NULL))
			return use->pairs[i].part && use->pairs[i].part->file.ptr && name.len;
	}
	return true;
}

/* `submit` sends line feeds as browsers do; in the scenario they are written as such. */
static void write_lines(struct conversion *conversion, struct page_use *use, struct transaction *tx)
{
	struct buf *out = &conversion->scratch;

	for (size_t i = 0; i < use->pair_count; i++) {
		struct page_pair *pair = &use->pairs[i];

		if (!pair->part || pair->part->file.ptr ||
		    str_find_char(pair->value, '\r', 0) == NOT_FOUND)
			continue;
		buf_clear(out);
		for (size_t k = 0; k < pair->value.len; k++)
			if (pair->value.ptr[k] != '\r')
				buf_add_char(out, pair->value.ptr[k]);
			else if (k + 1 == pair->value.len || pair->value.ptr[k + 1] != '\n')
				buf_add_char(out, '\n');
		pair->value = arena_str(&conversion->job->arena, buf_str(out));
		pair->to = pair->value.len;
		tx->parts[pair->index].value = pair->value;
		tx->parts[pair->index].raw = STR_NULL;
	}
}

/* ---- the page of a step */

static bool has_digit(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_digit(text.ptr[i]))
			return true;
	return false;
}

static bool name_is_free(const struct conversion *conversion, struct str name)
{
	for (size_t i = 0; i < conversion->steps.count; i++)
		if (str_eq(conversion->steps.items[i].name, name))
			return false;
	return true;
}

/* The name by which `page:` refers to the step of PAGE. */
static struct str page_name(struct conversion *conversion, const struct history_page *page)
{
	struct conversion_step *step = &conversion->steps.items[page->step];
	struct str title = page->page.title;

	if (step->name.len)
		return step->name;
	if (!title.len || title.len > NAME_MAX || has_digit(title) ||
	    str_find_char(title, '$', 0) != NOT_FOUND || !name_is_free(conversion, title))
		title = STR("");
	for (unsigned n = 1; !title.len; n++) {
		title = arena_printf(&conversion->job->arena, "page %u", n);
		if (!name_is_free(conversion, title))
			title = STR("");
	}
	step->name = title;
	return title;
}

/* ---- submissions */

/* The address was typed, or a program requested it: curl sends no Referer. */
static bool is_typed_address(const struct transaction *tx)
{
	struct str agent = transaction_header(&tx->request_headers, STR("User-Agent"), 0);

	if (agent.len && !str_starts(agent, STR("Mozilla/")) &&
	    !transaction_header(&tx->request_headers, STR("Referer"), 0).len)
		return true;
	return str_eq(transaction_header(&tx->request_headers, STR("Sec-Fetch-Site"), 0),
		      STR("none"));
}

static bool is_document(const struct transaction *tx)
{
	struct str mode = transaction_header(&tx->request_headers, STR("Sec-Fetch-Mode"), 0);

	if (page_history_is_script(tx))
		return false;
	if (tx->resource_type.len)
		return str_ieq(tx->resource_type, STR("document"));
	return !mode.len || str_ieq(mode, STR("navigate"));
}

static bool is_frame(const struct transaction *tx)
{
	struct str where = transaction_header(&tx->request_headers, STR("Sec-Fetch-Dest"), 0);

	return str_ieq(where, STR("iframe")) || str_ieq(where, STR("frame"));
}

/* Whether the request can be a submission; fills the pairs of USE. */
static bool read_pairs(struct forms *f, const struct conversion_step *step, struct page_use *use)
{
	const struct transaction *tx = step->tx;

	if (str_eq(tx->method, STR("POST"))) {
		if (!tx->part_count && (tx->request_body.raw.len || step->json))
			return false;
		pairs_of_body(&f->conversion->job->arena, tx, use);
		return can_be_written(use);
	}
	return str_eq(tx->method, STR("GET")) && is_document(tx) && !is_typed_address(tx) &&
	       pairs_of_query(f->conversion, tx->url, use) && can_be_written(use);
}

/* Requests of scripts and clients of an API have no form as a rule. */
static bool is_worth_reporting(const struct forms *f, const struct transaction *tx,
			       enum form_match reached)
{
	return reached > FORM_MATCH_NO_ADDRESS || job_option(f->conversion->job, "explain").ptr ||
	       (reached == FORM_MATCH_NO_ADDRESS && is_document(tx));
}

/* Why it is not a `submit` step. */
static void report_unrecognized(struct forms *f, const struct transaction *tx,
				enum form_match reached, struct str field)
{
	static const char *const why[] = {
	    [FORM_MATCH_NO_PAGE] = "the recording has no page before it",
	    [FORM_MATCH_NO_ADDRESS] = "no form of the pages before it has this address",
	    [FORM_MATCH_NAMES] = "it has fewer than half of the form's fields",
	    [FORM_MATCH_UNEQUAL] = "the form of the page sends other values",
	    [FORM_MATCH_SEVERAL] = "several forms of the page fit",
	    [FORM_MATCH_FOUND] = "",
	};
	size_t query = str_find_char(tx->url, '?', 0);

	if (f->reported++ >= REPORTED_MAX)
		return;
	job_note(f->conversion->job, "forms", "entry %u, %.*s %.*s is sent as recorded: %s%s%.*s",
		 tx->number, STR_ARG(tx->method), STR_ARG(str_slice(tx->url, 0, query)),
		 why[reached], field.len ? "; it differs at " : "", STR_ARG(field));
}

static void recognize_submission(struct forms *f, uint32_t index)
{
	struct conversion_step *step = &f->conversion->steps.items[index];
	struct arena *a = &f->conversion->job->arena;
	struct str referer = transaction_header(&step->tx->request_headers, STR("Referer"), 0);
	enum form_match reached = FORM_MATCH_NO_PAGE;
	const struct history_page *page;
	struct page_use use = {0};
	struct str field = STR("");

	if (!read_pairs(f, step, &use))
		return;
	for (size_t n = 0; (page = page_history_candidate(&f->history, referer, n)); n++) {
		if (str_eq(step->tx->method, STR("GET")) &&
		    link_match_has(&page->page, step->tx->url))
			return;
		struct form_values values = {.use = use};
		enum form_match match = form_match_find(a, &page->page, step->tx, &values);

		if (match > reached) {
			reached = match;
			field = match == FORM_MATCH_UNEQUAL ? values.unequal : STR("");
		}
		if (match != FORM_MATCH_FOUND)
			continue;
		step->page_use = ARENA_NEW(a, struct page_use);
		*step->page_use = values.use;
		script_token_drop(f->conversion, page->step, step->page_use);
		if (page != &f->history.last)
			step->page_use->page = page_name(f->conversion, page);
		if (str_eq(step->tx->method, STR("POST")))
			form_values_put_receipt(a, &page->page, &values, &f->receipt);
		write_lines(f->conversion, step->page_use, step->tx);
		break;
	}
	if (!str_eq(step->tx->method, STR("POST")))
		return;
	f->submissions++;
	f->recognized += step->page_use != NULL;
	if (!step->page_use && use.pair_count && is_worth_reporting(f, step->tx, reached))
		report_unrecognized(f, step->tx, reached, field);
}

/* ---- lost bodies */

/* A request whose body is missing is rebuilt if its form, or what a script sent, is known. The
 * first time its step is disabled, so the steps are made again, with its redirect as a part of it.
 */
static void recognize_lost(struct forms *f, uint32_t index)
{
	struct conversion_step *step = &f->conversion->steps.items[index];
	struct str referer = transaction_header(&step->tx->request_headers, STR("Referer"), 0);
	const struct history_page *page;
	uint32_t form;

	for (size_t n = 0; (page = page_history_candidate(&f->history, referer, n)); n++)
		if (lost_body_find_form(&page->page, step->tx, &form))
			break;
	if (!page && !lost_upload_rebuild(&f->history, index))
		return;
	if (step->disabled) {
		step->tx->disposition = TX_KEPT;
		conversion_merge_redirects(f->conversion);
		f->conversion->needs_rerun = true;
		return;
	}
	if (!page)
		return;
	f->submissions++;
	f->recognized++;
	lost_body_rebuild(&f->history, index, &page->page, form);
	if (page != &f->history.last)
		step->page_use->page = page_name(f->conversion, page);
}

/* ---- links */

/* Whether the page that the step receives has the address of the page before it in a form, so that
 * the request must say where it came from. */
static bool echoes_referer(struct forms *f, uint32_t step, struct str referer)
{
	struct html_page page;
	struct str path;
	size_t at = str_find(referer, STR("://"), 0);

	at = at == NOT_FOUND ? at : str_find_char(referer, '/', at + 3);
	if (at == NOT_FOUND || !page_history_read(&f->history, step, &page))
		return false;
	path = str_slice(referer, at, referer.len);
	for (uint32_t i = 0; i < page.control_count; i++)
		if (page.controls[i].type == HTML_CONTROL_HIDDEN &&
		    (str_eq(page.controls[i].value, referer) ||
		     str_eq(page.controls[i].value, path)))
			return true;
	return false;
}

static void recognize_link(struct forms *f, uint32_t index)
{
	struct conversion_step *step = &f->conversion->steps.items[index];
	const struct transaction *tx = step->tx;
	struct str referer = transaction_header(&tx->request_headers, STR("Referer"), 0);
	enum link_match match = LINK_MATCH_NONE;
	const struct history_page *page;
	struct page_use use = {0};

	if (step->page_use || !str_eq(tx->method, STR("GET")) || !is_document(tx) ||
	    is_typed_address(tx) || is_frame(tx) ||
	    (!link_match_changes(f->conversion, tx->url) && !echoes_referer(f, index, referer)))
		return;
	for (size_t n = 0;
	     match != LINK_MATCH_FOUND && (page = page_history_candidate(&f->history, referer, n));
	     n++) {
		enum link_match one = link_match_find(&page->page, tx->url, &f->texts, &use);

		match = one > match ? one : match;
	}
	if (match == LINK_MATCH_SEVERAL)
		job_note(f->conversion->job, "forms",
			 "entry %u, %.*s is sent as recorded: several links of the page fit",
			 tx->number,
			 STR_ARG(str_slice(tx->url, 0, str_find_char(tx->url, '?', 0))));
	if (match != LINK_MATCH_FOUND)
		return;
	if (page != &f->history.last)
		use.page = page_name(f->conversion, page);
	step->page_use = ARENA_NEW(&f->conversion->job->arena, struct page_use);
	*step->page_use = use;
	f->links++;
}

/* ---- all steps */

/* Whether the response to the submission is the form again: a settings page, a preview. */
static bool comes_back(const struct forms *f, uint32_t index)
{
	const struct conversion_step *step = &f->conversion->steps.items[index];
	uint32_t form;

	return f->receipt.len && f->history.has_last && f->history.last.step == index &&
	       step->response == step->tx && step->tx->status / 100 == 2 &&
	       str_eq(step->tx->method, STR("POST")) &&
	       html_submission_again(&f->conversion->job->arena, buf_str(&f->receipt),
				     &f->history.last.page, &form) == HTML_AGAIN_KEPT;
}

static void report(struct forms *f)
{
	if (f->links)
		job_note(f->conversion->job, "forms", "%zu link%s followed: %s address%s", f->links,
			 f->links == 1 ? " is" : "s are",
			 f->links == 1 ? "the page has its" : "the pages have their",
			 f->links == 1 ? "" : "es");
	if (f->recognized)
		job_note(f->conversion->job, "forms",
			 "%zu of %zu form submission%s use%s the form of the page; the "
			 "file has only what differs",
			 f->recognized, f->submissions, f->submissions == 1 ? "" : "s",
			 f->recognized == 1 ? "s" : "");
}

void forms_recognize(struct conversion *conversion)
{
	struct forms f = {.conversion = conversion, .texts = {.conversion = conversion}};

	buf_init(&f.receipt, 0);
	page_history_init(&f.history, conversion);
	for (uint32_t i = 0; i < conversion->steps.count; i++) {
		if (conversion->steps.items[i].tx->kind != TX_REQUEST)
			continue;
		buf_clear(&f.receipt);
		if (lost_body_is_form(conversion->steps.items[i].tx)) {
			recognize_lost(&f, i);
			typed_texts_add(&f.texts, i);
		} else if (!conversion->steps.items[i].disabled &&
			   !conversion->steps.items[i].body_parameter.len) {
			recognize_submission(&f, i);
			recognize_link(&f, i);
			typed_texts_add(&f.texts, i);
		}
		page_history_add(&f.history, i);
		conversion->steps.items[i].outcome.form_again = comes_back(&f, i);
	}
	unique_texts_apply(&f.texts);
	report(&f);
	buf_release(&f.receipt);
}
