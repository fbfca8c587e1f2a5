/* The scenario as a document: what the steps, bindings and takings say, tidily. */
#include "import/draft.h"

/* ---- texts with variables in them */

void draft_expression(struct buf *out, struct str expression)
{
	size_t signs = 0;

	while (signs < out->len && out->data[out->len - 1 - signs] == '$')
		signs++;
	if (signs) { /* "$" and "${x}" would be "$${x}", which is no template */
		out->len -= signs;
		buf_add(out, STR("${\""));
		for (size_t i = 0; i < signs; i++)
			buf_add_char(out, '$');
		buf_add(out, STR("\"}"));
	}
	buf_printf(out, "${%.*s}", STR_ARG(expression));
}

/* Its ${ stays text, and so does a {{ that looks like another tool's template. */
static void escape(struct buf *out, struct str s)
{
	for (size_t at = 0; at < s.len; at++) {
		struct str rest = str_slice(s, at, s.len);

		if (str_starts(rest, STR("{{"))) {
			draft_expression(out, STR("\"{{\""));
			at++;
			continue;
		}
		if (s.ptr[at] == '{' && out->len && out->data[out->len - 1] == '$')
			buf_add_char(out, '$');
		buf_add_char(out, s.ptr[at]);
	}
}

static void put_marked(struct buf *out, struct str s, bool plain)
{
	for (size_t at = 0; at < s.len;) {
		size_t mark = str_find(s, STR(TX_VARIABLE), at), from, to;

		from = mark + sizeof(TX_VARIABLE) - 1;
		to = mark == (size_t)-1 ? mark : str_find(s, STR(TX_VARIABLE_END), from);
		escape(out, str_slice(s, at, to == (size_t)-1 ? s.len : mark));
		if (to == (size_t)-1)
			return;
		if (plain)
			buf_printf(out, "%s{%.*s}",
				   out->len && out->data[out->len - 1] == '$' ? " " : "",
				   STR_ARG(str_slice(s, from, to)));
		else
			draft_expression(out, str_slice(s, from, to));
		at = to + sizeof(TX_VARIABLE_END) - 1;
	}
}

void draft_literal(struct buf *out, struct str s)
{
	put_marked(out, s, false);
}

void draft_plain(struct buf *out, struct str s)
{
	put_marked(out, s, true);
}

static const struct binding *next_binding(const struct flow_step *step, enum tx_place place,
					  uint32_t index, size_t from)
{
	const struct binding *best = NULL;

	for (size_t i = 0; i < step->bindings.count; i++) {
		const struct binding *b = &step->bindings.items[i];

		if (b->place == place && b->index == index && b->from >= from &&
		    (!best || b->from < best->from))
			best = b;
	}
	return best;
}

struct str draft_text(struct flow *flow, const struct flow_step *step, enum tx_place place,
		      uint32_t index, struct str text, size_t offset, bool decode)
{
	const struct binding *b;
	struct buf out;
	struct str result;
	size_t at = offset, end = offset + text.len;

	buf_init(&out, 0);
	while (at < end || (at == end && !text.len)) {
		b = next_binding(step, place, index, at);
		size_t to = b && b->from < end ? b->from : end;
		struct str piece = str_slice(text, at - offset, to - offset);

		if (decode) {
			buf_clear(&flow->scratch);
			url_decode(&flow->scratch, piece, true);
			draft_literal(&out, buf_str(&flow->scratch));
		} else {
			draft_literal(&out, piece);
		}
		if (to == end)
			break;
		draft_expression(&out, b->expression);
		at = b->to;
	}
	result = arena_str(&flow->job->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

bool draft_is_bound(const struct flow_step *step, enum tx_place place, uint32_t index, size_t from,
		    size_t to)
{
	const struct binding *b = next_binding(step, place, index, from);

	return b && b->from < to;
}

/* ---- steps */

static void put_comments(struct flow *flow, const struct flow_step *step, struct yaml_out *node)
{
	for (size_t i = 0; i < step->comments.count; i++)
		yaml_out_comment(&flow->job->arena, node, step->comments.items[i]);
}

static void put_takings(struct arena *a, const struct flow_step *step, struct yaml_out *node)
{
	struct yaml_out *extract;

	if (!step->takings.count)
		return;
	extract = yaml_out_put(a, node, STR("extract"), yaml_out_map(a));
	for (size_t i = 0; i < step->takings.count; i++) {
		const struct taking *t = &step->takings.items[i];
		struct yaml_out *how = yaml_out_map(a);
		struct yaml_out *value;

		how->flow = true;
		if (t->left.len) {
			value = yaml_out_put(a, how, t->kind, yaml_out_map(a));
			value->flow = true;
			yaml_out_put_text(a, value, STR("left"), t->left);
			yaml_out_put_text(a, value, STR("right"), t->right);
		} else {
			yaml_out_put_text(a, how, t->kind, t->value);
		}
		if (t->attribute.len)
			yaml_out_put_text(a, how, STR("attribute"), t->attribute);
		if (t->from.len)
			yaml_out_put_text(a, how, STR("from"), t->from);
		if (t->nth > 1)
			yaml_out_put(a, how, STR("match"),
				     yaml_out_word(a, arena_printf(a, "%u", t->nth)));
		if (t->comment.len)
			how->beside = t->comment;
		yaml_out_put(a, extract, t->variable, how);
	}
}

static void put_expect(struct arena *a, const struct flow_step *step, struct yaml_out *node,
		       bool follows)
{
	int status = step->answer->status;
	struct yaml_out *expect;

	if (status < 400 && !(status >= 300 && !follows))
		return;
	expect = yaml_out_put(a, node, STR("expect"), yaml_out_map(a));
	expect->flow = true;
	yaml_out_put(a, expect, STR("status"), yaml_out_word(a, arena_printf(a, "%d", status)));
}

/* Its redirect leads nowhere the recording went. */
static bool follows(const struct flow_step *step)
{
	return step->answer->status < 300 || step->answer->status > 399 ||
	       !step->answer->redirect_url.len;
}

static struct yaml_out *request_node(struct flow *flow, struct flow_step *step)
{
	static const char *const verbs[] = {"get",    "post", "put",	 "patch",
					    "delete", "head", "options", NULL};
	struct arena *a = &flow->job->arena;
	struct yaml_out *node = yaml_out_map(a), *target;
	const char *verb = NULL;
	struct yaml_out *query = NULL;
	struct str url = draft_url(flow, step, &query);

	for (int i = 0; verbs[i]; i++)
		if (str_ieq(step->tx->method, str_of(verbs[i])))
			verb = verbs[i];
	if (verb) {
		yaml_out_put_text(a, node, str_of(verb), url);
	} else {
		target = yaml_out_put(a, node, STR("request"), yaml_out_map(a));
		target->flow = true;
		yaml_out_put_text(a, target, STR("method"), step->tx->method);
		yaml_out_put_text(a, target, STR("url"), url);
	}
	put_comments(flow, step, node);
	draft_headers(flow, step, node);
	if (query)
		yaml_out_put(a, node, STR("query"), query);
	draft_body(flow, step, node);
	if (!follows(step))
		yaml_out_put(a, node, STR("follow_redirects"), yaml_out_word(a, STR("no")));
	if (step->tx->more)
		yaml_out_merge(a, node, step->tx->more);
	put_takings(a, step, node);
	put_expect(a, step, node, follows(step));
	return node;
}

static void put_lost(struct flow *flow, const struct flow_step *step, struct yaml_out *at)
{
	struct arena *a = &flow->job->arena;

	yaml_out_comment(a, at,
			 arena_printf(a, "left out: %.*s %.*s (%.*s); write it by hand:",
				      STR_ARG(step->tx->method), STR_ARG(step->tx->url),
				      STR_ARG(step->tx->detail)));
}

/* The steps [from, to) of one group into LIST. */
static void put_steps(struct flow *flow, size_t from, size_t to, struct yaml_out *list)
{
	struct arena *a = &flow->job->arena;
	struct flow_step *lost = NULL;

	for (size_t i = from; i < to; i++) {
		struct flow_step *step = &flow->steps.items[i];
		struct yaml_out *node;

		if (step->disabled) {
			lost = step;
			continue;
		}
		node = request_node(flow, step);
		if (lost)
			put_lost(flow, lost, node);
		lost = NULL;
		yaml_out_add(a, list, node);
	}
	if (lost && list->members.count)
		put_lost(flow, lost, list->members.items[list->members.count - 1].value);
}

static void put_think(struct flow *flow, ns_t think, struct yaml_out *list)
{
	struct arena *a = &flow->job->arena;
	struct yaml_out *node;

	if (!think)
		return;
	node = yaml_out_add(a, list, yaml_out_map(a));
	yaml_out_put_text(a, node, STR("think"),
			  arena_printf(a, "%.10gs", (double)think / (double)NS_PER_S));
}

static struct str plain_text(struct flow *flow, struct str text)
{
	buf_clear(&flow->scratch);
	draft_plain(&flow->scratch, text);
	return arena_str(&flow->job->arena, buf_str(&flow->scratch));
}

static void put_groups(struct flow *flow, struct yaml_out *root)
{
	struct arena *a = &flow->job->arena;
	struct yaml_out *steps = yaml_out_put(a, root, STR("steps"), yaml_out_list(a));
	size_t at = 0;

	steps->blank = true;
	while (at < flow->steps.count) {
		uint32_t group = flow->steps.items[at].group;
		struct yaml_out *list = steps, *node = NULL;
		size_t end = at;
		size_t before = steps->members.count;

		while (end < flow->steps.count && flow->steps.items[end].group == group)
			end++;
		if (end - at > 1 || flow->groups.items[group].marked) {
			node = yaml_out_map(a);
			yaml_out_put_text(a, node, STR("group"),
					  plain_text(flow, flow->groups.items[group].name));
			list = yaml_out_list(a);
		}
		put_steps(flow, at, end, list);
		if (node && list->members.count) {
			yaml_out_put(a, node, STR("steps"), list);
			yaml_out_add(a, steps, node);
		}
		if (before && steps->members.count > before)
			steps->members.items[before].value->blank = true;
		put_think(flow, flow->steps.items[end - 1].think, steps);
		at = end;
	}
}

/* ---- what nothing uses */

static bool is_word_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* Whether a template of TEXT names NAME. */
static bool names_it(struct str text, struct str name)
{
	if (str_find(text, STR("${"), 0) == (size_t)-1)
		return false;
	for (size_t at = 0; (at = str_find(text, name, at)) != (size_t)-1; at++)
		if ((!at || !is_word_byte(text.ptr[at - 1])) &&
		    (at + name.len == text.len || !is_word_byte(text.ptr[at + name.len])))
			return true;
	return false;
}

static bool uses(const struct yaml_out *node, struct str name)
{
	bool found = names_it(node->text, name);

	for (size_t i = 0; !found && i < node->members.count; i++)
		found = names_it(node->members.items[i].key, name) ||
			uses(node->members.items[i].value, name);
	return found;
}

/* Parameters of what was left out. */
static void drop_parameters(struct yaml_out *root)
{
	struct yaml_out *all = yaml_out_find(root, STR("parameters"));

	for (size_t i = all ? all->members.count : 0; i-- > 0;) {
		struct str name = all->members.items[i].key;

		if (!uses(root, name))
			yaml_out_remove(all, name);
	}
	if (all && !all->members.count)
		yaml_out_remove(root, STR("parameters"));
}

/* ---- what goes around the steps */

static void put_parameters(struct flow *flow, struct yaml_out *root)
{
	struct arena *a = &flow->job->arena;
	struct yaml_out *all;

	if (!flow->parameters.count)
		return;
	all = yaml_out_put(a, root, STR("parameters"), yaml_out_map(a));
	all->blank = true;
	yaml_out_comment(a, all,
			 STR("Values that are in no file: -p NAME=VALUE, or the environment."));
	for (size_t i = 0; i < flow->parameters.count; i++) {
		const struct flow_parameter *p = &flow->parameters.items[i];
		struct yaml_out *node = yaml_out_put(a, all, p->name, yaml_out_map(a));

		node->flow = true;
		yaml_out_put(a, node, STR("required"), yaml_out_word(a, STR("true")));
		if (p->secret)
			yaml_out_put(a, node, STR("secret"), yaml_out_word(a, STR("true")));
		yaml_out_put_text(a, node, STR("description"), p->description);
	}
}

static void put_variables(struct flow *flow, struct yaml_out *root)
{
	struct arena *a = &flow->job->arena;
	struct yaml_out *all;

	if (!flow->variables.count)
		return;
	all = yaml_out_put(a, root, STR("variables"), yaml_out_map(a));
	all->blank = true;
	yaml_out_comment(a, all, STR("Made anew for each visit, as the browser did."));
	for (size_t i = 0; i < flow->variables.count; i++) {
		const struct flow_variable *v = &flow->variables.items[i];

		yaml_out_put_text(a, all, v->name,
				  arena_printf(a, "${%.*s}", STR_ARG(v->expression)))
		    ->beside = v->comment;
	}
}

static void put_hosts(struct flow *flow, struct yaml_out *root)
{
	struct arena *a = &flow->job->arena;
	struct yaml_out *list;

	if (!flow->hosts.count)
		return;
	list = yaml_out_put(a, root, STR("allowed_hosts"), yaml_out_list(a));
	list->flow = true;
	for (size_t i = 0; i < flow->hosts.count; i++)
		yaml_out_add(a, list, yaml_out_text(a, flow->hosts.items[i]));
}

/* The target, whose host may be a variable; or all of it. */
static struct str target_text(struct flow *flow)
{
	const struct tx_list *list = &flow->job->list;
	struct buf *out = &flow->scratch;
	struct url url;

	buf_clear(out);
	draft_literal(out, flow->target);
	for (size_t i = 0; url_split(flow->target, &url) && i < list->variables.count; i++) {
		const struct tx_variable *v = &list->variables.items[i];
		struct str mark = arena_printf(&flow->job->arena, "%s%.*s%s", TX_VARIABLE,
					       STR_ARG(v->name), TX_VARIABLE_END);

		if (v->origin && str_eq(url.host, mark) && !url.has_port) {
			buf_clear(out);
			draft_expression(out, v->name);
		}
	}
	return arena_str(&flow->job->arena, buf_str(out));
}

static void put_head(struct flow *flow, struct yaml_out *root)
{
	struct arena *a = &flow->job->arena;
	struct str file = flow->job->file_count ? str_of(flow->job->files[0]) : STR("a recording");
	size_t slash = file.len;

	while (slash > 0 && file.ptr[slash - 1] != '/')
		slash--;
	yaml_out_comment(a, root,
			 arena_printf(a, "Made by reprise import from %.*s%s%.*s%s.",
				      STR_ARG(str_slice(file, slash, file.len)),
				      flow->job->tool.len ? " (" : "", STR_ARG(flow->job->tool),
				      flow->job->tool.len ? ")" : ""));
	yaml_out_comment(
	    a, root,
	    STR("One user, once: reprise run --once FILE. Many: reprise run -u 50 -d 5m FILE."));
	yaml_out_put_text(a, root, STR("name"), flow->name);
	yaml_out_put_text(a, root, STR("target"), target_text(flow))->beside =
	    STR("-t, REPRISE_TARGET");
	put_hosts(flow, root);
}

struct yaml_out *flow_draft(struct flow *flow)
{
	struct yaml_out *root = yaml_out_map(&flow->job->arena);

	draft_collect_hosts(flow);
	put_head(flow, root);
	put_parameters(flow, root);
	put_variables(flow, root);
	draft_defaults(flow, root);
	put_groups(flow, root);
	drop_parameters(root);
	for (size_t i = 0; i < flow->suggestions.count; i++) {
		struct yaml_out *steps = yaml_out_find(root, STR("steps"));

		if (!i)
			yaml_out_comment(
			    &flow->job->arena, steps,
			    STR("Perhaps these vary too; nothing was changed for them:"));
		yaml_out_comment(&flow->job->arena, steps, flow->suggestions.items[i]);
	}
	return root;
}
