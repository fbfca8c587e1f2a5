/* The body of a request: raw, form fields, a file, or parts. */
#include "base/ascii.h"
#include "doc/json_node.h"
#include "import/jmeter/jmeter.h"
#include "import/json_tree.h"
#include "import/naming.h"

/* ---- files */

static struct str file_text(const struct jmx *file, const char *name)
{
	return str_trim(jmx_text(file, name));
}

/* The file as a copy beside the scenario, or as a parameter that a run must set. */
static struct str upload(struct jmeter *j, const struct jmx *file)
{
	struct str path = file_text(file, "File.path"), constant = jmeter_constant(j, path), bytes;
	struct str name = file_text(file, "File.paramname");
	const char *why;

	if (constant.len && jmeter_file(j, constant, &bytes, &why))
		return job_add_file(
		    j->job,
		    arena_printf(j->arena, "upload-%.*s", STR_ARG(jmeter_base_name(constant))),
		    bytes, false);
	jmeter_note(j, file,
		    arena_printf(j->arena, "%.*s is not beside the plan: it is a parameter",
				 STR_ARG(str_cut(path, 60)))
			.ptr);
	return arena_printf(
	    j->arena, "${%.*s}",
	    STR_ARG(jmeter_parameter(
		j, arena_printf(j->arena, "%.*s_file", STR_ARG(name.len ? name : STR("body"))),
		STR_NULL, false)));
}

/* The files of the sampler, old ones too, which have one file as properties. */
static size_t file_count(const struct jmeter_request *r)
{
	size_t count = jmx_count(r->element, "HTTPsampler.Files");

	return count ? count : jmx_text(r->element, "HTTPSampler.FILE_NAME").len > 0;
}

static const struct jmx *file_at(const struct jmeter_request *r, size_t i)
{
	return jmx_item(r->element, "HTTPsampler.Files", i);
}

/* ---- raw bodies */

/* Appends BODY with the values of secret keys of JSON as parameters. */
static struct str without_secrets(struct jmeter *j, const struct jmx *at, struct str body)
{
	struct buf out;
	struct str result;
	size_t done = 0;

	buf_init(&out, 0);
	for (size_t i = 0; i < body.len;) {
		size_t begin = str_find_char(body, '"', i), end, value, last;
		struct str name;

		end = begin == NOT_FOUND ? begin : str_find_char(body, '"', begin + 1);
		if (end == NOT_FOUND)
			break;
		i = end + 1;
		name = str_slice(body, begin + 1, end);
		value = i;
		while (value < body.len && strchr(" \t\r\n", body.ptr[value]))
			value++;
		if (value >= body.len || body.ptr[value] != ':')
			continue;
		for (value++; value < body.len && strchr(" \t\r\n", body.ptr[value]); value++)
			;
		last = value < body.len && body.ptr[value] == '"'
			   ? str_find_char(body, '"', value + 1)
			   : NOT_FOUND;
		if (!naming_is_secret(name) || last == NOT_FOUND || last == value + 1)
			continue;
		buf_add(&out, jmeter_text(j, at, str_slice(body, done, value + 1)));
		buf_add(&out, jmeter_secret(j, at, name, str_slice(body, value + 1, last)));
		done = i = last;
	}
	if (!out.len) {
		buf_release(&out);
		return jmeter_text(j, at, body);
	}
	buf_add(&out, jmeter_text(j, at, str_slice(body, done, body.len)));
	result = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static void put_raw(struct jmeter *j, struct jmeter_request *r, const struct jmeter_arguments *all)
{
	struct buf out;
	struct str text;

	buf_init(&out, 0);
	for (size_t i = 0; i < all->items.count; i++)
		buf_add(&out, jmx_text(all->items.items[i], "Argument.value"));
	text = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	if (text.len)
		yaml_writer_put_text(j->arena, r->step, STR("body"),
				     without_secrets(j, r->element, text));
}

static bool has_names(const struct jmeter_arguments *all)
{
	for (size_t i = 0; i < all->items.count; i++)
		if (jmx_text(all->items.items[i], "Argument.name").len)
			return true;
	return false;
}

/* ---- forms and parts */

/* %XX and + decoded; ptr NULL if TEXT has references. */
static struct str decoded(struct jmeter *j, struct str text)
{
	char *bytes;
	size_t len = 0;

	if (str_find(text, STR("${"), 0) != NOT_FOUND)
		return STR_NULL;
	bytes = arena_cstr(j->arena, text);
	for (size_t i = 0; i < text.len; i++) {
		int high = i + 2 < text.len ? ascii_hex_value(text.ptr[i + 1]) : -1;
		int low = i + 2 < text.len ? ascii_hex_value(text.ptr[i + 2]) : -1;

		if (text.ptr[i] == '%' && high >= 0 && low >= 0) {
			bytes[len++] = (char)(high * 16 + low);
			i += 2;
		} else {
			bytes[len++] = text.ptr[i] == '+' ? ' ' : text.ptr[i];
		}
	}
	return str_n(bytes, len);
}

static struct str value_of(struct jmeter *j, const struct jmx *argument)
{
	const struct jmx *encode = jmx_property(argument, "HTTPArgument.always_encode");
	struct str name = jmx_text(argument, "Argument.name"),
		   value = jmx_text(argument, "Argument.value"), plain;

	if (encode && str_eq(encode->text, STR("false"))) {
		plain = decoded(j, value);
		value = plain.ptr ? plain : value;
	}
	return naming_is_secret(name) ? jmeter_secret(j, argument, name, value)
				      : jmeter_text(j, argument, value);
}

static void put_form(struct jmeter *j, struct jmeter_request *r, const struct jmeter_arguments *all)
{
	struct yaml_writer_node *form = yaml_writer_map(j->arena);

	for (size_t i = 0; i < all->items.count; i++) {
		const struct jmx *a = all->items.items[i];
		struct str name = jmeter_text(j, a, jmx_text(a, "Argument.name"));

		if (name.len)
			yaml_writer_append(j->arena, form, name,
					   yaml_writer_text(j->arena, value_of(j, a)));
	}
	if (form->members.count)
		yaml_writer_put(j->arena, r->step, STR("form"), form);
}

static void drop_type(struct yaml_writer_node *headers)
{
	for (size_t i = headers->members.count; i-- > 0;)
		if (str_ieq(headers->members.items[i].key, STR("Content-Type")))
			yaml_writer_remove(headers, headers->members.items[i].key);
}

static void put_parts(struct jmeter *j, struct jmeter_request *r,
		      const struct jmeter_arguments *all)
{
	struct yaml_writer_node *headers = yaml_writer_find(r->step, STR("headers"));
	struct yaml_writer_node *parts = yaml_writer_map(j->arena), *part;

	for (size_t i = 0; i < all->items.count; i++) {
		const struct jmx *a = all->items.items[i];
		struct str name = jmeter_text(j, a, jmx_text(a, "Argument.name"));

		if (!name.len)
			continue;
		part = yaml_writer_map(j->arena);
		part->flow = true;
		yaml_writer_put_text(j->arena, part, STR("value"), value_of(j, a));
		yaml_writer_append(j->arena, parts, name, part);
	}
	for (size_t i = 0; i < jmx_count(r->element, "HTTPsampler.Files"); i++) {
		const struct jmx *file = file_at(r, i);
		struct str name = jmeter_text(j, file, file_text(file, "File.paramname"));
		struct str type = jmeter_text(j, file, file_text(file, "File.mimetype"));

		if (!file_text(file, "File.path").len)
			continue;
		part = yaml_writer_map(j->arena);
		part->flow = true;
		yaml_writer_put_text(j->arena, part, STR("file"), upload(j, file));
		if (type.len)
			yaml_writer_put_text(j->arena, part, STR("type"), type);
		if (str_find(file_text(file, "File.path"), STR("${"), 0) == NOT_FOUND)
			yaml_writer_put_text(j->arena, part, STR("filename"),
					     jmeter_base_name(file_text(file, "File.path")));
		yaml_writer_append(j->arena, parts, name.len ? name : STR("file"), part);
	}
	if (!parts->members.count)
		return;
	yaml_writer_put(j->arena, r->step, STR("multipart"), parts);
	if (headers) /* the one with the boundary is sent */
		drop_type(headers);
	if (headers && !headers->members.count)
		yaml_writer_remove(r->step, STR("headers"));
}

static void put_file(struct jmeter *j, struct jmeter_request *r)
{
	const struct jmx *file = file_at(r, 0);
	struct str type = jmeter_text(j, file, file_text(file, "File.mimetype"));
	struct yaml_writer_node *headers;

	yaml_writer_put_text(j->arena, r->step, STR("body_file"), upload(j, file));
	if (!type.len)
		return;
	headers = jmeter_map(j, r->step, STR("headers"));
	drop_type(headers);
	yaml_writer_put_text(j->arena, headers, STR("Content-Type"), type);
}

/* ---- GraphQL */

struct variables_owner {
	struct jmeter *j;
	const struct jmx *at; /* the sampler */
};

static struct str variable_text(void *owner, const struct node *node, struct str key)
{
	const struct variables_owner *o = owner;

	return naming_is_secret(key) ? jmeter_secret(o->j, o->at, key, node->text)
				     : jmeter_text(o->j, o->at, node->text);
}

static struct yaml_writer_node *variables_tree(struct jmeter *j, const struct jmx *at,
					       const struct node *variables)
{
	struct variables_owner owner = {j, at};

	return json_tree(j->arena, variables, STR(""),
			 &(struct json_tree_texts){
			     .owner = &owner, .convert = variable_text, .takes_type = true});
}

/* Converts the sampler to a `graphql` step; false: its body is sent unchanged. */
static bool put_graphql(struct jmeter *j, struct jmeter_request *r)
{
	struct str query = jmx_text(r->element, "GraphQLHTTPSampler.query");
	struct str text = str_trim(jmx_text(r->element, "GraphQLHTTPSampler.variables"));
	struct str operation = jmx_text(r->element, "GraphQLHTTPSampler.operationName");
	const struct node *variables = NULL;
	const char *why;
	size_t at;

	if (!str_eq(r->element->gui, STR("GraphQLHTTPSamplerGui")) || !query.len ||
	    str_find(query, STR("${"), 0) != NOT_FOUND || !str_eq(r->method, STR("POST")) ||
	    str_find(operation, STR("${"), 0) != NOT_FOUND)
		return false;
	if (text.len) {
		variables = json_node_read(j->arena, source_new(j->arena, STR("variables"), text),
					   &at, &why);
		if (!variables || variables->kind != NODE_MAP)
			return false;
	}
	r->step->members.items[0].key = STR("graphql");
	yaml_writer_put_text(j->arena, r->step, STR("query"), query);
	if (operation.len)
		yaml_writer_put_text(j->arena, r->step, STR("operation"), operation);
	if (variables && variables->count)
		yaml_writer_put(j->arena, r->step, STR("variables"),
				variables_tree(j, r->element, variables));
	return true;
}

/* ---- all of it */

void jmeter_put_body(struct jmeter *j, struct jmeter_request *r)
{
	struct jmeter_arguments all = jmeter_arguments(j, r);
	size_t files = file_count(r);
	bool raw = jmx_is_true(r->element, "HTTPSampler.postBodyRaw") ||
		   (all.items.count && !has_names(&all));
	bool query = str_eq(r->method, STR("GET")) || str_eq(r->method, STR("DELETE")) ||
		     str_eq(r->method, STR("OPTIONS")) || str_eq(r->method, STR("HEAD"));
	bool one_file = jmx_count(r->element, "HTTPsampler.Files") == 1 &&
			!file_text(file_at(r, 0), "File.paramname").len &&
			file_text(file_at(r, 0), "File.path").len;

	if (put_graphql(j, r))
		return;
	if (files && !jmx_count(r->element, "HTTPsampler.Files"))
		jmeter_unsupported(j, r->element, "its file has the form of JMeter 2.3");
	if (query && !jmx_is_true(r->element, "HTTPSampler.postBodyRaw")) {
		if (files)
			jmeter_note(j, r->element, "its files are not sent with this method");
	} else if (one_file && !all.items.count) {
		put_file(j, r);
	} else if (jmx_is_true(r->element, "HTTPSampler.DO_MULTIPART_POST") ||
		   (files && !raw && !one_file)) {
		put_parts(j, r, &all);
	} else if (raw) {
		put_raw(j, r, &all);
	} else {
		put_form(j, r, &all);
	}
}
