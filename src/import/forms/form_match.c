#include "import/forms/form_match.h"

#include "base/ascii.h"

#define ADDRESS_MAX 16384
#define ADDED_MAX   10u
#define TEXT_MAX    60u /* bytes of a button's text; a longer one is not readable in a scenario */

struct candidates {
	struct arena *arena;
	const struct html_page *page;
	const struct transaction *tx;
	enum form_match reached;
	struct str unequal;
	/* The best candidate. */
	bool found;
	uint32_t form, submitter;
	unsigned button_rank;
	struct form_values best;
};

static void reach(struct candidates *s, enum form_match reached)
{
	if (reached > s->reached)
		s->reached = reached;
}

static bool is_submit(const struct html_control *control)
{
	return control->type == HTML_CONTROL_SUBMIT || control->type == HTML_CONTROL_IMAGE;
}

/* ---- address, method, encoding */

static struct str without_query(struct str address)
{
	return str_slice(address, 0, str_find_char(address, '?', 0));
}

static bool has_address(const struct candidates *s, const struct html_submission *submission)
{
	char bytes[ADDRESS_MAX];
	struct buf address = {.data = bytes, .cap = ADDRESS_MAX, .max = ADDRESS_MAX - 1};
	enum html_method method = html_submission_method(submission);
	bool get = str_eq(s->tx->method, STR("GET"));

	if (method == HTML_DIALOG || get != (method == HTML_GET) ||
	    (!get && !str_eq(s->tx->method, STR("POST"))) ||
	    !html_submission_put_address(submission, &address))
		return false;
	return get ? str_eq(without_query(buf_str(&address)), without_query(s->tx->url))
		   : str_eq(buf_str(&address), s->tx->url);
}

static bool has_encoding(const struct candidates *s, const struct html_submission *submission)
{
	if (html_submission_method(submission) == HTML_GET)
		return true;
	return html_submission_enctype(submission) ==
	       (s->tx->multipart ? HTML_MULTIPART : HTML_URLENCODED);
}

/* ---- candidates */

static bool is_better(const struct candidates *s, const struct form_values *values, unsigned rank)
{
	if (!s->found || values->differences != s->best.differences)
		return !s->found || values->differences < s->best.differences;
	if (rank != s->button_rank)
		return rank < s->button_rank;
	return values->changed_hidden < s->best.changed_hidden;
}

/* A form has a few pairs of a script, not mostly these. */
static bool is_mostly_added(const struct page_use *use)
{
	size_t added = 0;

	for (size_t i = 0; i < use->added.count; i++)
		added += use->added.items[i].item_count;
	return added > ADDED_MAX && 2 * added > use->pair_count;
}

/* RANK: 0 for the button that the Enter key presses, 1 for another one, 2 for none. */
static void try_button(struct candidates *s, uint32_t form, uint32_t submitter, unsigned rank,
		       const struct page_use *use)
{
	struct form_values values = {.use = *use};
	struct html_submission submission;

	html_submission_init(&submission, s->arena, s->page, form);
	submission.submitter = submitter;
	if (!has_address(s, &submission))
		return;
	if (!form_values_derive(s->arena, s->page, form, submitter, &values) ||
	    is_mostly_added(&values.use) ||
	    (str_eq(s->tx->method, STR("GET")) && values.use.added.count)) {
		if (values.unequal.len)
			s->unequal = values.unequal;
		reach(s, FORM_MATCH_UNEQUAL);
		return;
	}
	values.use.enctype = has_encoding(s, &submission) ? STR("")
			     : s->tx->multipart		  ? STR("multipart/form-data")
						: STR("application/x-www-form-urlencoded");
	if (!is_better(s, &values, rank))
		return;
	s->found = true;
	s->form = form;
	s->submitter = submitter;
	s->button_rank = rank;
	s->best = values;
}

/* Number of different names that the form sends, and how many of them are in the request. */
static void count_names(struct arena *a, const struct html_page *page, uint32_t form,
			const struct page_use *use, size_t *names, size_t *sent)
{
	struct html_submission s;
	struct html_entries entries;

	html_submission_init(&s, a, page, form);
	s.submitter = HTML_PAGE_NONE;
	entries = html_submission_entries(&s);
	*names = *sent = 0;
	for (size_t i = 0; i < entries.count; i++) {
		bool again = false, there = false;

		for (size_t k = 0; k < i && !again; k++)
			again = str_eq(entries.items[k].name, entries.items[i].name);
		for (size_t k = 0; k < use->pair_count && !there; k++)
			there = str_eq(use->pairs[k].name, entries.items[i].name);
		*names += !again;
		*sent += !again && there;
	}
}

/* Whether a request could be a submission of the form, whatever button is pressed. */
static bool can_be(struct candidates *s, uint32_t form, const struct page_use *use)
{
	struct html_submission submission;
	bool address = false;
	size_t names, sent;

	html_submission_init(&submission, s->arena, s->page, form);
	submission.submitter = HTML_PAGE_NONE;
	address = has_address(s, &submission);
	for (uint32_t i = submission.first; i < submission.last && !address; i++) {
		const struct html_control *control = &s->page->controls[i];

		if (control->form != form || !is_submit(control) || !control->has_action)
			continue;
		submission.submitter = i;
		address = has_address(s, &submission);
	}
	if (!address)
		return false;
	count_names(s->arena, s->page, form, use, &names, &sent);
	reach(s, FORM_MATCH_NAMES);
	return names ? 2 * sent >= names && (sent || !use->pair_count)
		     : use->pair_count <= 2; /* only a button, maybe an image */
}

static void try_form(struct candidates *s, uint32_t form, const struct page_use *use)
{
	struct html_submission submission;

	if (!can_be(s, form, use))
		return;
	html_submission_init(&submission, s->arena, s->page, form);
	if (submission.submitter != HTML_PAGE_NONE)
		try_button(s, form, submission.submitter, 0, use);
	for (uint32_t i = submission.first; i < submission.last; i++) {
		const struct html_control *control = &s->page->controls[i];

		if (control->form == form && is_submit(control) && !control->disabled &&
		    i != submission.submitter)
			try_button(s, form, i, 1, use);
	}
	try_button(s, form, HTML_PAGE_NONE, 2, use);
}

/* ---- what distinguishes the form */

static bool has_digit(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (ascii_is_digit(text.ptr[i]))
			return true;
	return false;
}

/* A text that a person would write, and that is the same in the next visit. */
static bool is_readable(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ')
			return false;
	return text.len && text.len <= TEXT_MAX && !has_digit(text) && !str_eq(text, STR("none")) &&
	       str_find(text, STR("${"), 0) == NOT_FOUND;
}

/* The text or name that presses the button SUBMITTER of the form; ptr NULL: there is none. */
static struct str button_word(const struct candidates *s, const struct html_page *page,
			      uint32_t form, uint32_t submitter)
{
	struct str words[2];

	if (submitter == HTML_PAGE_NONE)
		return STR_NULL;
	words[0] = page->controls[submitter].label;
	words[1] = page->controls[submitter].name;
	for (int i = 0; i < 2; i++) {
		struct html_submission pressed;

		html_submission_init(&pressed, s->arena, page, form);
		if ((i || is_readable(words[0])) && words[i].len &&
		    html_submission_press(&pressed, words[i]) && pressed.submitter == submitter)
			return words[i];
	}
	return STR_NULL;
}

static bool is_default_button(const struct candidates *s)
{
	struct html_submission submission;

	html_submission_init(&submission, s->arena, s->page, s->form);
	return submission.submitter == s->submitter && submission.disabled_button == HTML_PAGE_NONE;
}

/* Whether the query finds a form that sends the same: the chosen one, or another that has the same
 * fields. */
static bool finds_form(struct candidates *s, const struct page_use *use)
{
	struct html_form_query query = {.button = use->button.len ? use->button : STR_NULL,
					.form = use->form.len ? use->form : STR_NULL};
	struct str *fields = ARENA_ARRAY(s->arena, use->values.count + 1, struct str);
	struct html_submission submission;
	struct form_values values = {.use = {.pairs = use->pairs,
					     .pair_count = use->pair_count,
					     .button = use->button,
					     .form = use->form,
					     .no_button = use->no_button,
					     .enctype = use->enctype}};
	struct html_form_choice choice;
	uint32_t form;

	for (size_t i = 0; i < use->values.count; i++)
		fields[i] = use->values.items[i].name;
	query.fields = fields;
	query.field_count = use->values.count;
	if (html_submission_find(s->page, s->arena, &query, &choice) != HTML_FORM_FOUND)
		return false;
	form = choice.form;
	if (form == s->form)
		return true;
	html_submission_init(&submission, s->arena, s->page, form);
	if (use->no_button)
		submission.submitter = HTML_PAGE_NONE;
	else if (use->button.len && !html_submission_press(&submission, use->button))
		return false;
	if (!form_values_derive(s->arena, s->page, form, submission.submitter, &values))
		return false;
	s->form = form;
	s->submitter = submission.submitter;
	s->best = values;
	return true;
}

/* A selector of the form element that does not look generated. */
static struct str selector(const struct candidates *s, unsigned n)
{
	const struct html_form *form = &s->page->forms[s->form];
	size_t space = str_find_char(form->classes, ' ', 0);

	if (n == 0 && form->id.len && !has_digit(form->id) && str_is_token(form->id))
		return arena_printf(s->arena, "#%.*s", STR_ARG(form->id));
	if (n == 1 && form->name.len && !has_digit(form->name) && str_is_token(form->name))
		return arena_printf(s->arena, "[name=%.*s]", STR_ARG(form->name));
	if (n == 2 && form->classes.len && !has_digit(str_slice(form->classes, 0, space)) &&
	    str_is_token(str_slice(form->classes, 0, space)))
		return arena_printf(s->arena, ".%.*s", STR_ARG(str_slice(form->classes, 0, space)));
	if (n == 3 && form->action.len && !has_digit(form->action) &&
	    str_find_char(form->action, '"', 0) == NOT_FOUND)
		return arena_printf(s->arena, "[action=\"%.*s\"]", STR_ARG(form->action));
	return STR_NULL;
}

/* Fills what chooses the form and the button. */
static bool describe(struct candidates *s)
{
	struct page_use *use = &s->best.use;
	struct str word = button_word(s, s->page, s->form, s->submitter);
	bool is_default = is_default_button(s);

	use->no_button = s->submitter == HTML_PAGE_NONE && !is_default;
	if (!is_default && !use->no_button && !word.len)
		return false;
	if (!is_default || !use->values.count)
		use->button = word;
	if (finds_form(s, use))
		return true;
	use = &s->best.use;
	if (!use->no_button && word.len) {
		use->button = word;
		if (finds_form(s, use))
			return true;
	}
	if (is_default && use->values.count)
		use->button = STR("");
	for (unsigned n = 0; n < 4; n++) {
		use->form = selector(s, n);
		if (use->form.len && !html_submission_check_selector(use->form) &&
		    finds_form(s, use))
			return true;
	}
	return false;
}

enum form_match form_match_find(struct arena *a, const struct html_page *page,
				const struct transaction *tx, struct form_values *values)
{
	struct candidates s = {
	    .arena = a, .page = page, .tx = tx, .reached = FORM_MATCH_NO_ADDRESS};

	for (uint32_t i = 0; i < page->form_count; i++)
		try_form(&s, i, &values->use);
	values->unequal = s.unequal;
	if (!s.found)
		return s.reached;
	if (!describe(&s))
		return FORM_MATCH_SEVERAL;
	*values = s.best;
	return FORM_MATCH_FOUND;
}
