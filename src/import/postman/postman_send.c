/*
 * pm.sendRequest in a script: another request, before or after the request of the script. Its
 * arguments are read as data; an address or a body that JavaScript computes is not supported.
 */
#include "doc/yaml.h"
#include "import/postman/postman.h"

/* TEXT with each match of PATTERN replaced by BEFORE, group 1 and AFTER. */
static struct str replace(struct postman *p, const char *pattern, struct str text,
			  const char *before, const char *after)
{
	struct regex_error error;
	struct regex *regex = regex_new(str_of(pattern), false, &error);
	struct buf out;
	struct str result;
	size_t from = 0;

	buf_init(&out, 0);
	while (regex && regex_find(regex, p->scratch, text, from) == REGEX_MATCH) {
		struct str whole = regex_group(p->scratch, text, 0);
		struct str kept = regex_group(p->scratch, text, 1);
		size_t at = (size_t)(whole.ptr - text.ptr);

		if (!whole.len)
			break;
		buf_add(&out, str_slice(text, from, at));
		buf_printf(&out, "%s%.*s%s", before, STR_ARG(kept.ptr ? kept : STR("")), after);
		from = at + whole.len;
	}
	buf_add(&out, str_slice(text, from, text.len));
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&out);
	regex_free(regex);
	return result;
}

/* The arguments of the call as an item of a collection; NULL if they are not data. */
static const struct node *request_item(struct postman_script *s, struct str argument)
{
	struct diag_list diags;
	const struct node *item, *request;
	struct str text = replace(s->p,
				  "pm\\.(?:environment|collectionVariables|globals|variables)\\."
				  "get\\(\\s*[\"']([^\"']+)[\"']\\s*\\)",
				  argument, "\"{{", "}}\"");
	struct postman_value constant = postman_value_of(s, text);

	if (constant.kind == POSTMAN_VALUE_TEXT)
		text = arena_printf(s->p->arena, "{url: \"%.*s\"}", STR_ARG(constant.text));
	text = arena_printf(s->p->arena, "{\"request\": %.*s}", STR_ARG(str_trim(text)));
	diag_init(&diags, s->p->arena);
	item = yaml_read(s->p->arena, source_new(s->p->arena, STR("script"), text), &diags);
	if (!item || diags.errors || diags.diags.count)
		return NULL;
	request = node_find(item, STR("request"));
	return postman_text_at(request, "url").len || node_find(request, STR("url")) ? item : NULL;
}

/* The callback's statements; the response that it receives is named NAME there. */
static struct str callback_text(struct postman *p, struct str body, struct str name)
{
	struct str pattern =
	    arena_printf(p->arena, "\\b%.*s\\.(json\\(|text\\(|code\\b|headers\\b)", STR_ARG(name));
	struct str groups[2];

	if (postman_match(p,
			  "(?s)\\s*if\\s*\\(\\s*\\w+\\s*\\)\\s*\\{.*?\\}\\s*else\\s*\\{(.*)\\}\\s*",
			  body, groups, 2))
		body = groups[1];
	return replace(p, pattern.ptr, body, "pm.response.", "");
}

bool postman_send(struct postman_script *s, struct str statement)
{
	struct postman_auth none = {.node = NULL};
	struct postman_script_result inner = {.before = yaml_writer_list(s->p->arena),
					      .extract = yaml_writer_map(s->p->arena),
					      .expect = yaml_writer_map(s->p->arena),
					      .after = yaml_writer_list(s->p->arena)};
	struct postman_script callback = {
	    .p = s->p, .node = s->node, .is_test = true, .result = &inner};
	struct yaml_writer_node *step, *into;
	struct str groups[4];
	const struct node *item;

	if (!postman_match(
		s->p,
		"(?s)(?:await\\s+)?pm\\.sendRequest\\s*\\((.*?)(?:,\\s*(?:async\\s*)?(?:"
		"function\\s*"
		"\\w*)?\\s*\\(\\s*\\w*\\s*,?\\s*(\\w*)\\s*\\)\\s*(?:=>)?\\s*\\{(.*)\\}\\s*)?\\)",
		statement, groups, 4))
		return false;
	item = request_item(s, groups[1]);
	if (!item)
		return false;
	callback.text =
	    groups[3].ptr && groups[2].len ? callback_text(s->p, groups[3], groups[2]) : STR("");
	postman_read_script(&callback);
	step = postman_request(s->p, item, none, &inner);
	if (!step)
		return false;
	into = s->is_test ? s->result->after : s->result->before;
	yaml_writer_add(s->p->arena, into, step);
	for (size_t i = 0; i < inner.after->members.count; i++)
		yaml_writer_add(s->p->arena, into, inner.after->members.items[i].value);
	return true;
}
