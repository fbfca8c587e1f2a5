/* The scenario as a document: written from the steps, bindings and extractors. */
#include "import/writer/scenario_writer.h"

#include "base/ascii.h"
#include "import/import.h"
#include "import/template_text.h"

/* ---- texts with variables in them */

/* The first binding at or after FROM, but not AFTER (may be NULL), which is written already. */
static const struct binding *next_binding(const struct conversion_step *step,
					  enum value_location location, uint32_t index, size_t from,
					  const struct binding *after)
{
	const struct binding *best = NULL;

	for (size_t i = 0; i < step->bindings.count; i++) {
		const struct binding *b = &step->bindings.items[i];

		if (b != after && b->location == location && b->index == index && b->from >= from &&
		    (!best || b->from < best->from))
			best = b;
	}
	return best;
}

/* A space in the address itself must be encoded. */
static void add_before(struct buf *out, const struct binding *b, bool decode)
{
	for (size_t i = 0; i < b->before.len; i++)
		if (b->location == LOCATION_URL && !decode && b->before.ptr[i] == ' ')
			buf_add(out, STR("%20"));
		else
			buf_add_char(out, b->before.ptr[i]);
}

struct str scenario_writer_text(struct conversion *conversion, const struct conversion_step *step,
				enum value_location location, uint32_t index, struct str text,
				size_t offset, bool decode)
{
	const struct binding *b = NULL;
	struct buf out;
	struct str result;
	size_t at = offset, end = offset + text.len;
	bool here = true;

	buf_init(&out, 0);
	while (here) {
		b = next_binding(step, location, index, at, b);
		here = b && (b->from < end || (b->from == end && b->to == end));
		struct str piece = str_slice(text, at - offset, (here ? b->from : end) - offset);

		if (decode) {
			buf_clear(&conversion->scratch);
			url_decode(&conversion->scratch, piece, true);
			template_text_add_literal(&out, buf_str(&conversion->scratch));
		} else {
			template_text_add_literal(&out, piece);
		}
		if (!here)
			break;
		add_before(&out, b, decode);
		template_text_add_expression(&out, b->expression);
		at = b->to;
	}
	result = arena_str(&conversion->job->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

bool scenario_writer_is_bound(const struct conversion_step *step, enum value_location location,
			      uint32_t index, size_t from, size_t to)
{
	const struct binding *b = next_binding(step, location, index, from, NULL);

	return b && b->from < to;
}

/* ---- steps */

static void put_comments(struct conversion *conversion, const struct conversion_step *step,
			 struct yaml_writer_node *node)
{
	for (size_t i = 0; i < step->comments.count; i++)
		yaml_writer_comment(&conversion->job->arena, node, step->comments.items[i]);
}

static void put_extract(struct arena *a, const struct conversion_step *step,
			struct yaml_writer_node *node)
{
	struct yaml_writer_node *extract;

	if (!step->extractor_specs.count)
		return;
	extract = yaml_writer_put(a, node, STR("extract"), yaml_writer_map(a));
	for (size_t i = 0; i < step->extractor_specs.count; i++) {
		const struct extractor_spec *t = &step->extractor_specs.items[i];
		struct yaml_writer_node *how = yaml_writer_map(a);
		struct yaml_writer_node *value;

		how->flow = true;
		if (t->left.len) {
			value = yaml_writer_put(a, how, t->kind, yaml_writer_map(a));
			value->flow = true;
			yaml_writer_put_text(a, value, STR("left"), t->left);
			yaml_writer_put_text(a, value, STR("right"), t->right);
		} else {
			yaml_writer_put_text(a, how, t->kind, t->value);
		}
		if (t->attribute.len)
			yaml_writer_put_text(a, how, STR("attribute"), t->attribute);
		if (t->from.len)
			yaml_writer_put_text(a, how, STR("from"), t->from);
		if (t->nth > 1)
			yaml_writer_put(a, how, STR("match"),
					yaml_writer_word(a, arena_printf(a, "%u", t->nth)));
		if (t->comment.len)
			how->beside = t->comment;
		yaml_writer_put(a, extract, t->variable, how);
	}
}

/* Its redirect leads to a place that the recording does not have. */
static bool follows(const struct conversion_step *step)
{
	return step->response->status < 300 || step->response->status > 399 ||
	       !step->response->redirect_url.len;
}

/* The key of the request and its URL; what follows is of QUERY, which may be NULL. */
static void put_request(struct conversion *conversion, struct conversion_step *step,
			struct yaml_writer_node *node, struct yaml_writer_node **query)
{
	static const char *const verbs[] = {"get",    "post", "put",	 "patch",
					    "delete", "head", "options", NULL};
	struct arena *a = &conversion->job->arena;
	struct str url = scenario_writer_url(conversion, step, query);
	struct yaml_writer_node *target;
	const char *verb = NULL;

	for (int i = 0; verbs[i]; i++)
		if (str_ieq(step->tx->method, str_of(verbs[i])))
			verb = verbs[i];
	if (verb) {
		yaml_writer_put_text(a, node, str_of(verb), url);
	} else {
		target = yaml_writer_put(a, node, STR("request"), yaml_writer_map(a));
		target->flow = true;
		yaml_writer_put_text(a, target, STR("method"), step->tx->method);
		yaml_writer_put_text(a, target, STR("url"), url);
	}
}

static struct yaml_writer_node *request_node(struct conversion *conversion,
					     struct conversion_step *step)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *node = yaml_writer_map(a), *query = NULL;
	struct yaml_writer_node *body = yaml_writer_map(a);

	bool graphql = !step->page_use && scenario_writer_graphql(conversion, step, body);

	if (step->page_use)
		scenario_writer_page_use(conversion, step, node);
	else if (graphql)
		yaml_writer_put_text(a, node, STR("graphql"),
				     scenario_writer_url(conversion, step, NULL));
	else
		put_request(conversion, step, node, &query);
	if (step->name.len)
		yaml_writer_put_text(a, node, STR("name"), step->name);
	put_comments(conversion, step, node);
	if (!step->page_use && !graphql)
		scenario_writer_body(conversion, step, body);
	scenario_writer_headers(conversion, step, body, node);
	if (query)
		yaml_writer_put(a, node, STR("query"), query);
	yaml_writer_merge(a, node, body);
	scenario_writer_events(conversion, step, node);
	if (!follows(step))
		yaml_writer_put(a, node, STR("follow_redirects"), yaml_writer_word(a, STR("no")));
	if (step->tx->more)
		yaml_writer_merge(a, node, step->tx->more);
	put_extract(a, step, node);
	scenario_writer_outcome(conversion, step, node);
	return node;
}

/* A request whose body is missing: the rest of the visit depends on it, so the
 * scenario fails here until the request is written. */
static struct yaml_writer_node *missing_node(struct conversion *conversion,
					     const struct conversion_step *step)
{
	struct arena *a = &conversion->job->arena;
	const struct transaction *tx = step->tx;
	struct yaml_writer_node *node = yaml_writer_map(a);
	struct str text = arena_printf(
	    a, "%.*s %.*s is not in the scenario: %.*s", STR_ARG(tx->method),
	    STR_ARG(str_slice(tx->url, 0, str_find_char(tx->url, '?', 0))), STR_ARG(tx->detail));

	buf_clear(&conversion->scratch);
	template_text_add_literal(&conversion->scratch, text);
	yaml_writer_put_text(a, node, STR("fail"), arena_str(a, buf_str(&conversion->scratch)));
	yaml_writer_comment(
	    a, node,
	    arena_printf(a, "skipped: %.*s %.*s (%.*s); write it by hand:", STR_ARG(tx->method),
			 STR_ARG(tx->url), STR_ARG(tx->detail)));
	return node;
}

/* A message that is sent, together with the one that it waits for, which is the next step if that
 * is joined. */
static struct yaml_writer_node *socket_node(struct conversion *conversion, size_t index)
{
	struct conversion_step *step = &conversion->steps.items[index], *wait = NULL;
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *node;

	if (index + 1 < conversion->steps.count && step[1].joined)
		wait = step + 1;
	node = scenario_writer_socket(conversion, step, wait);
	put_comments(conversion, step, node);
	put_extract(a, step, node);
	if (wait) {
		put_comments(conversion, wait, node);
		put_extract(a, wait, node);
	}
	return node;
}

static struct yaml_writer_node *step_node(struct conversion *conversion, size_t index)
{
	struct conversion_step *step = &conversion->steps.items[index];

	if (step->disabled)
		return missing_node(conversion, step);
	return step->tx->kind == TX_REQUEST ? request_node(conversion, step)
					    : socket_node(conversion, index);
}

static void put_think(struct conversion *conversion, ns_t think, struct yaml_writer_node *list)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *node;

	if (!think)
		return;
	node = yaml_writer_add(a, list, yaml_writer_map(a));
	yaml_writer_put_text(a, node, STR("think"),
			     arena_printf(a, "%.10gs", (double)think / (double)NS_PER_S));
}

/* Appends the steps [from, to) of one group to LIST. */
static void put_steps(struct conversion *conversion, size_t from, size_t to,
		      struct yaml_writer_node *list)
{
	struct arena *a = &conversion->job->arena;

	for (size_t i = from; i < to; i++) {
		if (conversion->steps.items[i].joined)
			continue;
		yaml_writer_add(a, list, step_node(conversion, i));
		while (i + 1 < to && conversion->steps.items[i + 1].joined)
			i++;
		if (i + 1 < to)
			put_think(conversion, conversion->steps.items[i].think, list);
	}
}

static struct str plain_text(struct conversion *conversion, struct str text)
{
	buf_clear(&conversion->scratch);
	template_text_add_plain(&conversion->scratch, text);
	return arena_str(&conversion->job->arena, buf_str(&conversion->scratch));
}

static void put_groups(struct conversion *conversion, struct yaml_writer_node *root)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *steps =
	    yaml_writer_put(a, root, STR("steps"), yaml_writer_list(a));
	size_t at = 0;

	steps->blank = true;
	while (at < conversion->steps.count) {
		uint32_t group = conversion->steps.items[at].group;
		struct yaml_writer_node *list = steps, *node = NULL;
		size_t end = at;
		size_t before = steps->members.count, own = 0;

		while (end < conversion->steps.count && conversion->steps.items[end].group == group)
			own += !conversion->steps.items[end++].joined;
		if (own > 1 || conversion->groups.items[group].marked) {
			node = yaml_writer_map(a);
			yaml_writer_put_text(
			    a, node, STR("group"),
			    plain_text(conversion, conversion->groups.items[group].name));
			list = yaml_writer_list(a);
		}
		put_steps(conversion, at, end, list);
		if (node && list->members.count) {
			yaml_writer_put(a, node, STR("steps"), list);
			yaml_writer_add(a, steps, node);
		}
		if (before && steps->members.count > before)
			steps->members.items[before].value->blank = true;
		put_think(conversion, conversion->steps.items[end - 1].think, steps);
		at = end;
	}
}

/* ---- removal of unused variables */

/* Whether a template in TEXT uses NAME. */
static bool mentions(struct str text, struct str name)
{
	if (str_find(text, STR("${"), 0) == NOT_FOUND)
		return false;
	for (size_t at = 0; (at = str_find(text, name, at)) != NOT_FOUND; at++)
		if ((!at || !ascii_is_name(text.ptr[at - 1])) &&
		    (at + name.len == text.len || !ascii_is_name(text.ptr[at + name.len])))
			return true;
	return false;
}

static bool uses(const struct yaml_writer_node *node, struct str name)
{
	bool found = mentions(node->text, name);

	for (size_t i = 0; !found && i < node->members.count; i++)
		found = mentions(node->members.items[i].key, name) ||
			uses(node->members.items[i].value, name);
	return found;
}

/* Parameters of skipped requests. */
static void drop_parameters(struct yaml_writer_node *root)
{
	struct yaml_writer_node *all = yaml_writer_find(root, STR("parameters"));

	for (size_t i = all ? all->members.count : 0; i-- > 0;) {
		struct str name = all->members.items[i].key;

		if (!uses(root, name))
			yaml_writer_remove(all, name);
	}
	if (all && !all->members.count)
		yaml_writer_remove(root, STR("parameters"));
}

/* ---- everything around the steps */

static void put_parameters(struct conversion *conversion, struct yaml_writer_node *root)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *all;

	if (!conversion->parameters.count)
		return;
	all = yaml_writer_put(a, root, STR("parameters"), yaml_writer_map(a));
	all->blank = true;
	yaml_writer_comment(
	    a, all, STR("Values that are not in a file: -p NAME=VALUE, or the environment."));
	for (size_t i = 0; i < conversion->parameters.count; i++) {
		const struct conversion_parameter *p = &conversion->parameters.items[i];
		struct yaml_writer_node *node =
		    yaml_writer_put(a, all, p->name, yaml_writer_map(a));

		node->flow = true;
		yaml_writer_put(a, node, STR("required"), yaml_writer_word(a, STR("yes")));
		if (p->secret)
			yaml_writer_put(a, node, STR("secret"), yaml_writer_word(a, STR("yes")));
		yaml_writer_put_text(a, node, STR("description"), p->description);
	}
}

static void put_variables(struct conversion *conversion, struct yaml_writer_node *root)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *all;

	if (!conversion->variables.count)
		return;
	all = yaml_writer_put(a, root, STR("variables"), yaml_writer_map(a));
	all->blank = true;
	yaml_writer_comment(a, all, STR("Generated for each visit, as the browser did."));
	for (size_t i = 0; i < conversion->variables.count; i++) {
		const struct conversion_variable *v = &conversion->variables.items[i];

		yaml_writer_put_text(a, all, v->name,
				     arena_printf(a, "${%.*s}", STR_ARG(v->expression)))
		    ->beside = v->comment;
	}
}

static void put_hosts(struct conversion *conversion, struct yaml_writer_node *root)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *list;

	if (!conversion->hosts.count)
		return;
	list = yaml_writer_put(a, root, STR("allowed_hosts"), yaml_writer_list(a));
	list->flow = true;
	for (size_t i = 0; i < conversion->hosts.count; i++)
		yaml_writer_add(a, list, yaml_writer_text(a, conversion->hosts.items[i]));
}

/* The target, whose host can be a variable; or all of it. */
static struct str target_text(struct conversion *conversion)
{
	const struct tx_list *list = &conversion->job->list;
	struct buf *out = &conversion->scratch;
	struct url url;

	buf_clear(out);
	template_text_add_literal(out, conversion->target);
	for (size_t i = 0; url_split(conversion->target, &url) && i < list->variables.count; i++) {
		const struct tx_variable *v = &list->variables.items[i];
		struct str mark = arena_printf(&conversion->job->arena, "%s%.*s%s", TX_VARIABLE,
					       STR_ARG(v->name), TX_VARIABLE_END);

		if (v->origin && str_eq(url.host, mark) && !url.has_port) {
			buf_clear(out);
			template_text_add_expression(out, v->name);
		}
	}
	return arena_str(&conversion->job->arena, buf_str(out));
}

static void put_head(struct conversion *conversion, struct yaml_writer_node *root)
{
	struct arena *a = &conversion->job->arena;
	struct str file =
	    conversion->job->file_count ? str_of(conversion->job->files[0]) : STR("a recording");
	size_t slash = file.len;

	while (slash > 0 && file.ptr[slash - 1] != '/')
		slash--;
	yaml_writer_comment(a, root,
			    arena_printf(a, "Created by reprise import from %.*s%s%.*s%s.",
					 STR_ARG(str_slice(file, slash, file.len)),
					 conversion->job->tool.len ? " (" : "",
					 STR_ARG(conversion->job->tool),
					 conversion->job->tool.len ? ")" : ""));
	yaml_writer_put_text(a, root, STR("name"), conversion->name);
	yaml_writer_put_text(a, root, STR("target"), target_text(conversion))->beside =
	    STR("-t, REPRISE_TARGET");
	put_hosts(conversion, root);
}

/* How to run it, with the parameters that it requires. */
static void put_commands(struct conversion *conversion, struct yaml_writer_node *root)
{
	struct arena *a = &conversion->job->arena;
	struct str options = import_required_options(a, root, "...");

	if (!options.len) {
		yaml_writer_comment(a, root,
				    STR("One user, once: reprise run --once FILE. Many: reprise "
					"run -u 50 -d 5m FILE."));
		return;
	}
	yaml_writer_comment(
	    a, root,
	    arena_printf(a, "One user, once: reprise run --once%.*s FILE", STR_ARG(options)));
	yaml_writer_comment(
	    a, root, arena_printf(a, "Many: reprise run -u 50 -d 5m%.*s FILE", STR_ARG(options)));
}

struct yaml_writer_node *scenario_writer_document(struct conversion *conversion)
{
	struct yaml_writer_node *root = yaml_writer_map(&conversion->job->arena);

	scenario_writer_collect_hosts(conversion);
	put_head(conversion, root);
	put_parameters(conversion, root);
	put_variables(conversion, root);
	scenario_writer_defaults(conversion, root);
	put_groups(conversion, root);
	drop_parameters(root);
	put_commands(conversion, root);
	return root;
}
