/* Whether a step still changes something: if the page has the typed values already, because an
 * earlier visit sent them, an application may accept the form and save nothing. */
#include "base/ascii.h"
#include "import/verification_private.h"

/* Texts as forms send them and pages have them: without regard to line ends. */
static bool same_text(struct str a, struct str b)
{
	size_t i = 0, k = 0;

	a = str_trim(a);
	b = str_trim(b);
	while (i < a.len && k < b.len) {
		i += a.ptr[i] == '\r';
		k += b.ptr[k] == '\r';
		if (i < a.len && k < b.len && a.ptr[i++] != b.ptr[k++])
			return false;
	}
	return i == a.len && k == b.len;
}

static const struct html_control *find_text(const struct verified_page *page, struct str name)
{
	for (uint32_t i = 0; page->known && i < page->page.control_count; i++) {
		const struct html_control *control = &page->page.controls[i];

		if ((control->type == HTML_CONTROL_TEXT ||
		     control->type == HTML_CONTROL_TEXTAREA) &&
		    str_eq(control->name, name))
			return control;
	}
	return NULL;
}

enum change {
	CHANGE_NONE,   /* the recorded page had the value too, or none has such a control */
	CHANGE_AGAIN,  /* only the page of this performance has the value */
	CHANGE_ANOTHER /* the value changes the page */
};

/* How TYPED changes the last page before step N that has its control, that of step *PAGE. */
static enum change change_of(const struct judgement *j, size_t n,
			     const struct verification_value *typed, size_t *page)
{
	for (size_t i = n; i-- > 0;) {
		const struct html_control *was = find_text(&j->recorded[i], typed->name);
		const struct html_control *is = find_text(&j->received[i], typed->name);

		if (!was)
			continue;
		*page = i;
		if (!is || same_text(was->value, typed->value))
			return CHANGE_NONE;
		return same_text(is->value, typed->value) ? CHANGE_AGAIN : CHANGE_ANOTHER;
	}
	return CHANGE_NONE;
}

void verification_check_typed(struct judgement *j, size_t n)
{
	const struct conversion_step *step = verification_step_at(j->job, n);
	const struct verification_value *first = NULL;
	struct verification_values values = {.arena = &j->pages};
	size_t page = 0, first_page = 0;

	if (!str_eq(step->tx->method, STR("POST")))
		return;
	for (size_t i = 0; i < step->bindings.count; i++)
		if (str_eq(step->bindings.items[i].expression, STR("unique")))
			return;
	verification_collect(step, &values);
	for (size_t i = 0; i < values.items.count; i++) {
		enum change change = change_of(j, n, &values.items.items[i], &page);

		if (change == CHANGE_ANOTHER)
			return;
		if (change != CHANGE_AGAIN || first)
			continue;
		first = &values.items.items[i];
		first_page = page;
	}
	if (first)
		verification_add(j, step->tx, false, "typed again",
				 arena_printf(&j->pages, "changes %.*s", STR_ARG(first->name)),
				 arena_printf(&j->pages, "the page has \"%.*s\" already",
					      STR_ARG(str_slice(first->value, 0, 60))))
		    ->page = verification_step(j->job, first_page);
}

static bool is_typed_again(const struct verification_difference *d)
{
	return str_eq(d->what, STR("typed again"));
}

void verification_find_suspects(struct import_job *job, const struct verification *found)
{
	job->suspects.count = 0;
	for (size_t i = 0; i < found->differences.count; i++) {
		const struct verification_difference *d = &found->differences.items[i];

		if (!is_typed_again(d))
			continue;
		VEC_PUSH(&job->arena, &job->suspects, d->tx);
		VEC_PUSH(&job->arena, &job->suspects, d->page);
	}
}

/* Whether the record is another one: a value that leads to it is now found to be issued. */
static bool is_explained(const struct import_job *job, const struct verification_difference *d)
{
	const struct conversion *conversion = job->conversion;

	for (size_t i = 0; i < conversion->stale.count; i++)
		if (conversion->stale.items[i].tx == d->tx ||
		    conversion->stale.items[i].tx == d->page)
			return true;
	return false;
}

bool verification_find_unchanged(struct import_job *job, const struct verification *found)
{
	size_t before = job->repairs.count;

	for (size_t i = 0; i < found->differences.count; i++) {
		const struct verification_difference *d = &found->differences.items[i];
		struct verification_values values = {.arena = &job->arena};

		if (!is_typed_again(d) || is_explained(job, d))
			continue;
		for (size_t n = 0; n < verification_step_count(job); n++)
			if (verification_step(job, n) == d->tx)
				verification_collect(verification_step_at(job, n), &values);
		for (size_t k = 0; k < values.items.count; k++)
			if (str_ends(d->recorded, values.items.items[k].name)) {
				verification_make_unique(job, d->tx, &values.items.items[k],
							 "the page has it already");
				break;
			}
	}
	return job->repairs.count > before;
}
