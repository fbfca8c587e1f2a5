/* Typed values that must be different in each visit: a step that writes was refused, and the
 * message is about one of its values, or the first iteration was accepted and a later one was not.
 */
#include "base/ascii.h"
#include "import/naming.h"
#include "import/verification_private.h"

#define SHORTEST 3u
#define LONGEST	 200u
#define ONCE	 "the server accepts a value once"

/* ---- what the application says */

/* Words of messages about something that exists already, in languages of many applications. */
static bool is_about_existing(struct str message)
{
	static const char *const words[] = {"already",	 "exist",     "taken",	   "unique",
					    "duplicate", "in use",    "available", "another",
					    "bereits",	 "verwendet", "vergeben",  "existe",
					    "utilis",	 "ya est",    "duplic",	   NULL};

	for (int i = 0; words[i]; i++)
		if (str_icontains(message, str_of(words[i])))
			return true;
	return false;
}

/* Whether MESSAGE has the last word of a field's name: "title" of note[page_title]. */
static bool mentions(struct str message, struct str name)
{
	size_t end = name.len, from;

	while (end > 0 && !ascii_is_letter(name.ptr[end - 1]))
		end--;
	for (from = end; from > 0 && ascii_is_letter(name.ptr[from - 1]);)
		from--;
	return end - from >= 3 && str_icontains(message, str_slice(name, from, end));
}

static bool is_identity(struct str name)
{
	static const char *const words[] = {"slug",  "user", "login", "nick",	"mail", "name",
					    "title", "code", "sku",   "number", NULL};

	for (int i = 0; words[i]; i++)
		if (str_icontains(name, str_of(words[i])))
			return true;
	return false;
}

/* ---- what the step sends */

static void add(struct verification_values *values, struct str name, struct str value)
{
	bool letter = false;

	if (naming_is_secret(name)) {
		values->passwords++;
		return;
	}
	for (size_t i = 0; i < value.len; i++)
		letter =
		    letter || ascii_is_letter(value.ptr[i]) || (unsigned char)value.ptr[i] >= 0x80;
	if (letter && value.len >= SHORTEST)
		VEC_PUSH(values->arena, &values->items, ((struct verification_value){name, value}));
}

static void add_json(struct verification_values *values, const struct transaction *tx)
{
	struct json_tape tape;
	struct buf text;

	json_init(&tape);
	buf_init(&text, 0);
	for (uint32_t i = 0; json_read(&tape, tx->request_body.raw) && i + 1 < tape.count; i++) {
		if (json_type(&tape.items[i]) != JSON_KEY ||
		    json_type(&tape.items[i + 1]) != JSON_STRING)
			continue;
		buf_clear(&text);
		struct str name = arena_str(values->arena, json_text(&tape, &tape.items[i], &text));
		buf_clear(&text);
		add(values, name,
		    arena_str(values->arena, json_text(&tape, &tape.items[i + 1], &text)));
	}
	buf_release(&text);
	json_release(&tape);
}

static bool is_bound(const struct conversion_step *step, uint32_t part)
{
	for (size_t i = 0; i < step->bindings.count; i++)
		if (step->bindings.items[i].location == LOCATION_PART &&
		    step->bindings.items[i].index == part)
			return true;
	return false;
}

void verification_collect(const struct conversion_step *step, struct verification_values *values)
{
	const struct transaction *tx = step->tx;

	for (uint32_t i = 0; i < tx->part_count; i++) {
		const struct tx_part *part = &tx->parts[i];

		if (!part->file.ptr && (naming_is_secret(part->name) || !is_bound(step, i)) &&
		    !conversion_is_from_page(step, LOCATION_PART, i, 0, part->value.len))
			add(values, part->name, part->value);
	}
	if (!tx->part_count)
		add_json(values, tx);
}

/* ---- the decision */

static bool is_known(const struct import_job *job, struct str value)
{
	for (size_t i = 0; i < job->repairs.count; i++)
		if (job->repairs.items[i].unique && str_eq(job->repairs.items[i].value, value))
			return true;
	return false;
}

void verification_make_unique(struct import_job *job, const struct transaction *tx,
			      const struct verification_value *typed, const char *why)
{
	struct import_repair repair = {.value = typed->value, .unique = true, .name = typed->name};

	if (is_known(job, typed->value))
		return;
	repair.text = arena_printf(&job->arena, "%.*s %.*s: %.*s gets ${unique}, because %s",
				   STR_ARG(tx->method),
				   STR_ARG(str_slice(tx->url, 0, str_find_char(tx->url, '?', 0))),
				   STR_ARG(typed->name), why);
	VEC_PUSH(&job->arena, &job->repairs, repair);
}

/* Whether TX was accepted in the first performance, and refused later. */
static bool is_refused_later(const struct import_job *job, const struct transaction *tx)
{
	const struct import_response *first = verification_response(&job->performances[0], tx);

	return first && first->performed && !first->failed;
}

/* A refusal of what was sent, not of the user and not an error of the server. */
static bool is_refusal(const struct import_job *job, const struct transaction *tx)
{
	for (size_t p = 0; p < job->performance_count; p++) {
		const struct import_response *r = verification_response(&job->performances[p], tx);

		if (r && r->performed && r->failed)
			return r->status / 100 == 2 || r->status == 400 || r->status == 409 ||
			       r->status == 422;
	}
	return false;
}

/* One line that is short enough for a name. */
static bool is_name(struct str value)
{
	return value.len <= LONGEST && str_find_char(value, '\n', 0) == NOT_FOUND;
}

static void examine(struct import_job *job, const struct conversion_step *step, struct str message)
{
	struct verification_values values = {.arena = &job->arena};
	/* Users that overlap are refused for other reasons too. */
	bool later = !job->together && is_refused_later(job, step->tx),
	     about = is_about_existing(message);
	bool any = false;

	verification_collect(step, &values);
	/* A log-in, unless the message is about an account that exists. */
	if ((!later && !about) || (values.passwords == 1 && !about))
		return;
	for (size_t i = 0; i < values.items.count; i++) {
		const struct verification_value *typed = &values.items.items[i];

		if (!is_name(typed->value) ||
		    (!str_icontains(message, typed->value) && !mentions(message, typed->name)))
			continue;
		verification_make_unique(job, step->tx, typed, ONCE);
		any = true;
	}
	for (size_t i = 0; !any && i < values.items.count; i++)
		if (is_name(values.items.items[i].value) &&
		    is_identity(values.items.items[i].name)) {
			verification_make_unique(job, step->tx, &values.items.items[i], ONCE);
			any = !about; /* with such a message all of them may be meant */
		}
}

void verification_find_unique(struct import_job *job, const struct verification *found)
{
	for (size_t i = 0; i < found->differences.count; i++) {
		const struct verification_difference *d = &found->differences.items[i];

		if (d->what.len || !d->matters || str_eq(d->tx->method, STR("GET")) ||
		    !is_refusal(job, d->tx))
			continue;
		for (size_t n = 0; n < verification_step_count(job); n++)
			if (verification_step(job, n) == d->tx)
				examine(job, verification_step_at(job, n), d->received);
	}
}
