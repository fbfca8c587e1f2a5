/* Servers: the target, profiles for the others, and hosts of single operations. */
#include "base/ascii.h"
#include "base/url.h"
#include "import/naming.h"
#include "import/openapi/openapi.h"

static bool is_address(struct str text)
{
	struct url url;

	return url_split(text, &url) &&
	       (str_ieq(url.scheme, STR("http")) || str_ieq(url.scheme, STR("https")));
}

/* ---- variables of a server */

static struct str default_of(const struct node *server, struct str name)
{
	const struct node *variable = node_find(node_find(server, STR("variables")), name);
	struct str value = openapi_text_at(variable, "default");
	const struct node *list = node_find(variable, STR("enum"));

	if (!value.len && list && list->kind == NODE_LIST && list->count &&
	    list->items[0]->kind == NODE_SCALAR)
		value = list->items[0]->text;
	return value;
}

/* The URL of SERVER with its variables replaced: by their defaults, or as parameters. */
static struct str url_of(struct openapi *o, const struct node *server, bool parameters)
{
	struct str text = str_trim(openapi_text_at(server, "url"));
	struct str result;
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < text.len; i++) {
		size_t end = str_find_char(text, '}', i);
		struct str name = str_slice(text, i + 1, end);

		if (text.ptr[i] != '{' || end == NOT_FOUND) {
			buf_add_char(&out, text.ptr[i]);
			continue;
		}
		i = end;
		if (!parameters) {
			buf_add(&out, default_of(server, name));
			continue;
		}
		buf_printf(
		    &out, "${%.*s}",
		    STR_ARG(openapi_setting(o, arena_printf(o->arena, "server %.*s", STR_ARG(name)),
					    name)
				->name));
	}
	while (out.len > 1 && out.data[out.len - 1] == '/')
		out.len--;
	result = arena_str(o->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* ---- profiles */

static struct str profile_name(struct openapi *o, struct str text)
{
	char *bytes = arena_cstr(o->arena, str_cut(text, 40));
	size_t length = strlen(bytes);

	for (size_t i = 0; i < length; i++)
		bytes[i] =
		    ascii_is_alnum(bytes[i]) || bytes[i] == '-' ? ascii_to_lower(bytes[i]) : '_';
	while (length > 0 && bytes[length - 1] == '_')
		length--;
	return length ? str_n(bytes, length) : STR("server");
}

/* A profile that sets a parameter; another name is used if it exists. */
static void put_profile(struct openapi *o, struct str name, struct str parameter, struct str value)
{
	struct yaml_writer_node *profile = yaml_writer_map(o->arena), *set;
	struct str word = profile_name(o, name), free_name = word;

	if (!o->profiles)
		o->profiles = yaml_writer_map(o->arena);
	for (unsigned i = 2; yaml_writer_find(o->profiles, free_name); i++)
		free_name = arena_printf(o->arena, "%.*s_%u", STR_ARG(word), i);
	set = yaml_writer_put(o->arena, profile, STR("parameters"), yaml_writer_map(o->arena));
	set->flow = true;
	yaml_writer_put_text(o->arena, set, parameter, value);
	yaml_writer_put(o->arena, o->profiles, free_name, profile);
}

/* ---- variables */

/* The parameters of the variables, and profiles for the values of the only one with a choice. */
static void put_variables(struct openapi *o, const struct node *server)
{
	const struct node *all = node_find(server, STR("variables")), *choice = NULL;
	struct str choice_name = STR("");
	size_t choices = 0;

	for (size_t i = 0; all && all->kind == NODE_MAP && i < all->count; i++) {
		struct str name = all->pairs[i].key->text, value = default_of(server, name);
		struct openapi_setting *setting =
		    openapi_setting(o, arena_printf(o->arena, "server %.*s", STR_ARG(name)), name);
		struct str description = openapi_text_at(all->pairs[i].value, "description");
		const struct node *list = node_find(all->pairs[i].value, STR("enum"));

		if (value.len)
			yaml_writer_put_text(o->arena, setting->node, STR("default"), value);
		else
			yaml_writer_put(o->arena, setting->node, STR("required"),
					yaml_writer_word(o->arena, STR("yes")));
		if (description.len)
			yaml_writer_put_text(o->arena, setting->node, STR("description"),
					     openapi_plain(o, description));
		if (list && list->kind == NODE_LIST && list->count > 1) {
			choice = list;
			choice_name = setting->name;
			choices++;
		}
	}
	for (size_t i = 0; choices == 1 && i < choice->count && i < 20; i++)
		if (choice->items[i]->kind == NODE_SCALAR && choice->items[i]->text.len)
			put_profile(o, choice->items[i]->text, choice_name, choice->items[i]->text);
}

/* ---- the target */

static void note_missing(struct openapi *o, struct str path)
{
	o->no_target = str_starts(path, STR("/")) && path.len > 1
			   ? arena_printf(o->arena,
					  "the file does not name a server, only the path %.*s, "
					  "which must be part of the target",
					  STR_ARG(path))
			   : STR("the file does not name a server");
}

static void put_several(struct openapi *o, const struct node *const *servers, size_t count)
{
	struct openapi_setting *setting = openapi_setting(o, STR("server"), STR("target"));
	struct url url;

	yaml_writer_put_text(o->arena, setting->node, STR("default"), url_of(o, servers[0], false));
	yaml_writer_put_text(o->arena, o->root, STR("target"),
			     arena_printf(o->arena, "${%.*s}", STR_ARG(setting->name)));
	for (size_t i = 0; i < count && i < 20; i++) {
		struct str name = openapi_text_at(servers[i], "description");
		struct str text = url_of(o, servers[i], false);

		if (!name.len && url_split(text, &url))
			name = url.host;
		put_profile(o, name, setting->name, text);
	}
}

/* Swagger 2 has one server, in parts. */
static const struct node *server_2(struct openapi *o)
{
	struct str host = openapi_text_at(o->top, "host");
	struct str base = openapi_text_at(o->top, "basePath"), scheme = STR("https");
	const struct node *schemes = node_find(o->top, STR("schemes"));
	struct node_pair pair = {.key = openapi_text_node(o, STR("url"))};

	for (size_t i = 0; schemes && schemes->kind == NODE_LIST && i < schemes->count; i++)
		if (i == 0 || str_eq(schemes->items[i]->text, STR("https")))
			scheme = schemes->items[i]->text;
	pair.value = openapi_text_node(o, host.len ? arena_printf(o->arena, "%.*s://%.*s%.*s",
								  STR_ARG(scheme), STR_ARG(host),
								  STR_ARG(base))
						   : base);
	return openapi_map_node(o, &pair, 1);
}

void openapi_put_target(struct openapi *o)
{
	const struct node *list = node_find(o->top, STR("servers"));
	VEC(const struct node *) servers = {.count = 0};
	const struct node *first = NULL;

	if (o->version == OPENAPI_2) {
		first = server_2(o);
		list = openapi_list_node(o, &first, 1);
	}
	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
		struct str url = url_of(o, list->items[i], false);
		bool again = !is_address(url);

		for (size_t k = 0; k < servers.count && !again; k++)
			again = str_eq(url, url_of(o, servers.items[k], false));
		if (!again)
			VEC_PUSH(o->arena, &servers, list->items[i]);
	}
	if (!servers.count) {
		note_missing(o, list && list->kind == NODE_LIST && list->count
				    ? url_of(o, list->items[0], false)
				    : STR(""));
		return;
	}
	o->target = url_of(o, servers.items[0], false);
	if (servers.count > 1) {
		put_several(o, servers.items, servers.count);
		return;
	}
	put_variables(o, servers.items[0]);
	yaml_writer_put_text(o->arena, o->root, STR("target"), url_of(o, servers.items[0], true));
}

/* ---- other hosts */

void openapi_allow_host(struct openapi *o, struct str address)
{
	struct url url, target;
	struct str host;

	if (!url_split(address, &url) ||
	    (url_split(o->target, &target) && url_same_origin(&url, &target)))
		return;
	host = url.port == (str_ieq(url.scheme, STR("https")) ? 443 : 80)
		   ? url.host
		   : arena_printf(o->arena, "%.*s:%u", STR_ARG(url.host), url.port);
	for (size_t i = 0; i < o->hosts.count; i++)
		if (str_eq(o->hosts.items[i], host))
			return;
	VEC_PUSH(o->arena, &o->hosts, host);
}

struct str openapi_own_server(struct openapi *o, const struct openapi_operation *op)
{
	const struct node *list = node_find(op->node, STR("servers"));
	struct str url;

	if (!list)
		list = node_find(op->item, STR("servers"));
	if (!list || list->kind != NODE_LIST || !list->count)
		return STR("");
	url = url_of(o, list->items[0], false);
	if (str_eq(url, o->target))
		return STR("");
	if (!is_address(url)) {
		openapi_unsupported(o, list, arena_printf(o->arena, "server %.*s", STR_ARG(url)),
				    "only a complete URL is supported here; the target is used");
		return STR("");
	}
	openapi_allow_host(o, url);
	return url;
}
