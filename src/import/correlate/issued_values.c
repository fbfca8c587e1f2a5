/*
 * Values of copied requests, such as curl commands, that a server seems to have issued for one
 * visit: without responses their source cannot be found, so they are reported.
 */
#include "doc/yaml_writer.h"
#include "import/correlate/request_values.h"
#include "import/correlate/score.h"
#include "import/correlate/value_index.h"
#include "import/correlate/value_shape.h"

#define SHAPE_RANDOM 4 /* value_shape: letters and digits without a meaning */

static bool is_copied(const struct correlation *c, const struct transaction *tx)
{
	return !tx->status && (tx->request_only || c->conversion->job->as_written);
}

static bool is_issued(struct str name, int shape)
{
	if (score_is_constant_name(name))
		return false;
	return (score_is_token_name(name) && shape > 0) ||
	       (score_is_id_name(name) && shape >= SHAPE_RANDOM);
}

static void note(struct correlation *c, struct conversion_step *step, const char *what,
		 struct str name)
{
	struct arena *a = &c->conversion->job->arena;
	struct str text = arena_printf(
	    a, "%s\"%.*s\" looks like a value that the server issued for the copied visit", what,
	    STR_ARG(name));

	job_note(c->conversion->job, "look at",
		 "entry %u: %.*s; extract it from the response of an earlier step, or remove it",
		 step->tx->number, STR_ARG(text));
	VEC_PUSH(a, &step->comments, text);
}

static void note_values(struct correlation *c)
{
	for (size_t i = 0; i < value_index_count(c->value_index); i++) {
		const struct tracked_value *tracked = value_index_at(c->value_index, i);
		const struct request_value *sent;
		struct conversion_step *step;

		if (!tracked->request_values.count)
			continue;
		sent = &c->request_values.items[tracked->request_values.items[0]];
		step = &c->conversion->steps.items[sent->step];
		if (!is_copied(c, step->tx) || sent->is_part || sent->in_path ||
		    str_ieq(sent->name, STR("Authorization")) ||
		    request_values_is_bound(step, sent) || !is_issued(sent->name, tracked->shape))
			continue;
		note(c, step, "", sent->name);
	}
}

/* Cookies are keys of the step. */
static void note_cookies(struct correlation *c, struct conversion_step *step)
{
	const struct yaml_writer_node *cookies =
	    step->tx->more ? yaml_writer_find(step->tx->more, STR("cookies")) : NULL;

	for (size_t i = 0; cookies && i < cookies->members.count; i++) {
		struct str name = cookies->members.items[i].key;

		if (is_issued(name, value_shape(cookies->members.items[i].value->text)))
			note(c, step, "the cookie ", name);
	}
}

void correlation_note_issued(struct correlation *c)
{
	note_values(c);
	for (size_t i = 0; i < c->conversion->steps.count; i++)
		if (is_copied(c, c->conversion->steps.items[i].tx))
			note_cookies(c, &c->conversion->steps.items[i]);
}
