/* `expect:` of a step, and of all steps under `defaults`. */
#include "import/template_text.h"
#include "import/writer/scenario_writer.h"

static struct yaml_writer_node *expect_of(struct arena *a, struct yaml_writer_node *node)
{
	struct yaml_writer_node *expect = yaml_writer_find(node, STR("expect"));

	if (expect)
		return expect;
	expect = yaml_writer_put(a, node, STR("expect"), yaml_writer_map(a));
	expect->flow = true;
	return expect;
}

static void put_word(struct arena *a, struct yaml_writer_node *node, const char *key,
		     const char *word)
{
	yaml_writer_put(a, expect_of(a, node), str_of(key), yaml_writer_word(a, str_of(word)));
}

static void put_members(struct arena *a, const struct step_outcome *outcome,
			struct yaml_writer_node *node)
{
	struct yaml_writer_node *paths;

	if (!outcome->members.count)
		return;
	paths = yaml_writer_put(a, expect_of(a, node), STR("jsonpath"), yaml_writer_map(a));
	paths->flow = true;
	for (size_t i = 0; i < outcome->members.count; i++) {
		const struct outcome_member *m = &outcome->members.items[i];

		yaml_writer_put(a, paths, m->path,
				m->text ? yaml_writer_typed(a, m->value)
					: yaml_writer_word(a, m->value));
	}
}

void scenario_writer_outcome(struct conversion *conversion, const struct conversion_step *step,
			     struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	const struct step_outcome *outcome = &step->outcome;

	if (outcome->status)
		put_word(a, node, "status", arena_printf(a, "%d", outcome->status).ptr);
	if (outcome->redirect != OUTCOME_REDIRECT_DEFAULT)
		put_word(a, node, "redirected",
			 outcome->redirect == OUTCOME_REDIRECT_YES ? "yes" : "no");
	if (outcome->url.len) {
		buf_clear(&conversion->scratch);
		template_text_add_literal(&conversion->scratch, outcome->url);
		yaml_writer_put_text(a, expect_of(a, node), STR("url"),
				     arena_str(a, buf_str(&conversion->scratch)));
	}
	if (outcome->form_again)
		put_word(a, node, "form", "again");
	put_members(a, outcome, node);
	if (outcome->no_errors && !yaml_writer_find(node, STR("graphql")))
		put_word(a, node, "errors", "no");
}

void scenario_writer_default_outcome(struct conversion *conversion,
				     struct yaml_writer_node *defaults)
{
	struct arena *a = &conversion->job->arena;

	if (!conversion->expects_no_redirect)
		return;
	put_word(a, defaults, "redirected", "no");
	expect_of(a, defaults)->beside =
	    STR("a redirect fails the step, except where a step says otherwise");
}
