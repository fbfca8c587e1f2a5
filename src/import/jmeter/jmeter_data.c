/* CSV data sets and the files that functions read, as `data`. */
#include "base/ascii.h"
#include "base/csv.h"
#include "import/jmeter/jmeter.h"
#include "import/naming.h"

#define BYTES_MAX ((size_t)64 << 20)

/* ---- files */

struct str jmeter_base_name(struct str path)
{
	size_t at = path.len;

	while (at > 0 && path.ptr[at - 1] != '/' && path.ptr[at - 1] != '\\')
		at--;
	return str_slice(path, at, path.len);
}

static bool map(struct jmeter *j, struct str path, struct str *bytes)
{
	struct mapped_file mapped;

	path = arena_printf(j->arena, "%.*s%.*s", STR_ARG(j->folder), STR_ARG(path));
	if (!mapped_file_open(&mapped, path.ptr))
		return false;
	VEC_PUSH(j->arena, &j->job->mapped, mapped);
	*bytes = mapped.text;
	return true;
}

bool jmeter_file(struct jmeter *j, struct str path, struct str *bytes, const char **why)
{
	struct str name = jmeter_base_name(path);
	bool outside = str_starts(path, STR("/")) || str_find(path, STR(".."), 0) != NOT_FOUND;

	*why = "the file does not exist";
	if (!name.len || str_eq(name, STR("..")))
		return false;
	/* A plan often has the path of another machine: the file is then beside the plan. */
	if ((outside || !map(j, path, bytes)) && !map(j, name, bytes))
		return false;
	*why = "its file is larger than 64 MB";
	return bytes->len <= BYTES_MAX;
}

/* ---- columns */

static struct str column_name(struct jmeter *j, const struct jmeter_set *set, struct str name)
{
	/* Words of expressions. */
	static const char *const words[] = {"and",  "or",    "not",  "contains", "matches",
					    "true", "false", "null", "in",	 NULL};
	struct str word =
	    arena_printf(j->arena, "%s%.*s", name.len && !ascii_is_digit(name.ptr[0]) ? "" : "c_",
			 STR_ARG(name));
	char *bytes = arena_cstr(j->arena, word);

	for (size_t i = 0; i < word.len; i++)
		if (!ascii_is_name(bytes[i]))
			bytes[i] = '_';
	word = str_n(bytes, word.len);
	for (size_t i = 0; i < set->columns.count; i++)
		if (str_eq(set->columns.items[i], word)) {
			word = arena_printf(j->arena, "%.*s_", STR_ARG(word));
			i = (size_t)-1;
		}
	for (size_t i = 0; words[i]; i++)
		if (str_eq(word, str_of(words[i])))
			return arena_printf(j->arena, "%.*s_", STR_ARG(word));
	return word;
}

static void add_column(struct jmeter *j, struct jmeter_set *set, struct str name)
{
	struct jmeter_name *n = jmeter_define(j, JMETER_COLUMN, name, set->group);
	struct str word = column_name(j, set, name);

	set->secret = set->secret || naming_is_secret(name);
	VEC_PUSH(j->arena, &set->columns, word);
	n->set = j->sets.count;
	n->expression = arena_printf(j->arena, "%.*s.%.*s", STR_ARG(set->name), STR_ARG(word));
}

/* Adds a column for each part of LINE between DELIMITER. */
static void add_columns(struct jmeter *j, struct jmeter_set *set, struct str line, char delimiter)
{
	while (str_ends(line, STR("\r")) || str_ends(line, STR("\n")))
		line.len--;
	for (size_t at = 0; at <= line.len && set->columns.count < CSV_COLUMNS;) {
		size_t end = str_find_char(line, delimiter, at);
		struct str name = str_trim(str_slice(line, at, end == NOT_FOUND ? line.len : end));

		if (name.len > 1 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
			name = str_slice(name, 1, name.len - 1);
		add_column(j, set, name);
		if (end == NOT_FOUND)
			break;
		at = end + 1;
	}
}

/* Where the first line ends, after its line end. */
static size_t first_line(struct str text)
{
	size_t end = str_find_char(text, '\n', 0);

	return end == NOT_FOUND ? text.len : end + 1;
}

/* The file with the names of the columns in its first row; false if it is not a table. */
static bool make_table(struct jmeter *j, struct jmeter_set *set, struct str rows, char delimiter,
		       const char **why)
{
	struct csv_error error = {0};
	struct csv csv;
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < set->columns.count; i++) {
		if (i)
			buf_add_char(&out, delimiter);
		buf_add(&out, set->columns.items[i]);
	}
	buf_add_char(&out, '\n');
	buf_add(&out, rows);
	set->bytes = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	*why = "it has no rows";
	if (csv_read(&csv, j->arena, set->bytes, delimiter, &error)) {
		bool any = csv.row_count > 0;

		csv_release(&csv);
		if (any)
			return true;
	} else {
		*why = arena_printf(j->arena, "row %zu: %s", error.line ? error.line - 1 : 0,
				    error.text)
			   .ptr;
	}
	set->bytes = STR_NULL;
	return false;
}

/* ---- CSV Data Set */

static char delimiter_of(struct jmeter *j, const struct jmx *e)
{
	struct str text = jmeter_constant(j, jmx_text(e, "delimiter"));

	if (str_eq(text, STR("\\t")))
		return '\t';
	return text.len == 1 && strchr(",;|\t", text.ptr[0]) ? text.ptr[0] : ',';
}

static void put_end(struct jmeter *j, const struct jmx *e, struct jmeter_set *set)
{
	bool again = !str_eq(jmx_text(e, "recycle"), STR("false"));

	if (again)
		return;
	if (!jmx_is_true(e, "stopThread"))
		jmeter_note(j, e, "after the last row users stop; JMeter continues with <EOF>");
	yaml_writer_put_text(j->arena, set->node, STR("at_end"), STR("stop_user"));
}

static void put_mode(struct jmeter *j, const struct jmeter_node *node, struct jmeter_set *set)
{
	const struct jmx *e = node->element;
	struct str encoding = jmeter_constant(j, jmx_text(e, "fileEncoding"));

	if (encoding.len && !str_ieq(encoding, STR("UTF-8")))
		yaml_writer_put_text(j->arena, set->node, STR("encoding"), encoding);
	put_end(j, e, set);
	if (str_eq(jmx_text(e, "shareMode"), STR("shareMode.thread")))
		jmeter_note(j, e, "all users share its rows");
	if (node->parent && !jmeter_is_group(node->parent->element) &&
	    !jmeter_is(node->parent->element, "TestPlan") &&
	    jmeter_is(node->parent->element, "LoopController"))
		jmeter_note(j, e, "it has one row for an iteration, not for each round of a loop");
}

static bool is_shared(const struct jmx *e)
{
	struct str mode = jmx_text(e, "shareMode");

	return !mode.len || str_eq(mode, STR("shareMode.all"));
}

/* Whether another element reads the same columns of the same file: JMeter shares its rows. The
 * columns are then defined for GROUP too. */
static bool share_set(struct jmeter *j, const struct jmx *e, struct str path,
		      const struct jmeter_node *group)
{
	static const char *const keys[] = {"variableNames", "delimiter", "ignoreFirstLine",
					   "fileEncoding"};

	for (size_t i = 0; i < j->sets.count; i++) {
		const struct jmeter_set *set = &j->sets.items[i];
		bool same = path.len && set->element && str_eq(set->path, path) &&
			    is_shared(set->element) && is_shared(e);

		for (size_t k = 0; same && k < sizeof keys / sizeof *keys; k++)
			same = str_eq(jmx_text(set->element, keys[k]), jmx_text(e, keys[k]));
		if (!same)
			continue;
		for (size_t k = 0, count = j->names.count; k < count; k++) {
			struct jmeter_name *n = j->names.items[k], *own;

			if (n->kind != JMETER_COLUMN || n->set != i || n->group != set->group)
				continue;
			own = jmeter_define(j, JMETER_COLUMN, n->name, group);
			own->set = i;
			own->expression = n->expression;
		}
		return true;
	}
	return false;
}

void jmeter_scan_data(struct jmeter *j, const struct jmeter_node *node,
		      const struct jmeter_node *group)
{
	const struct jmx *e = node->element;
	struct str names = jmeter_constant(j, jmx_text(e, "variableNames")), bytes = STR_NULL;
	struct str path = jmeter_constant(j, jmx_text(e, "filename"));
	struct jmeter_set set = {.group = group, .node = yaml_writer_map(j->arena), .path = path};
	const char *why = "its file name is not known before the run";
	struct str stem = jmeter_base_name(path);
	char delimiter = delimiter_of(j, e);
	size_t begin = 0;

	if (share_set(j, e, path, group))
		return;
	stem = str_slice(stem, 0, str_find_char(stem, '.', 0));
	set.name = jmeter_identifier(j, stem.len ? stem : STR("rows"));
	if (path.len && jmeter_file(j, path, &bytes, &why) &&
	    str_starts(bytes, STR("\xef\xbb\xbf")))
		bytes = str_slice(bytes, 3, bytes.len);
	if (names.len) {
		add_columns(j, &set, names,
			    str_find_char(names, ',', 0) == NOT_FOUND ? delimiter : ',');
		begin = jmx_is_true(e, "ignoreFirstLine") ? first_line(bytes) : 0;
	} else {
		begin = first_line(bytes);
		add_columns(j, &set, str_slice(bytes, 0, begin), delimiter);
	}
	if (!bytes.ptr || !make_table(j, &set, str_slice(bytes, begin, bytes.len), delimiter, &why))
		jmeter_unsupported(
		    j, e, arena_printf(j->arena, "%s; one empty row is used instead", why).ptr);
	if (delimiter != ',')
		yaml_writer_put_text(j->arena, set.node, STR("delimiter"),
				     arena_str(j->arena, str_n(&delimiter, 1)));
	put_mode(j, node, &set);
	set.element = e;
	VEC_PUSH(j->arena, &j->sets, set);
}

/* ---- files of functions */

/* Each line of TEXT as a cell in quotes. */
static struct str quote_lines(struct jmeter *j, struct str text)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, '\n', at);
		struct str line = str_slice(text, at, end == NOT_FOUND ? text.len : end);

		if (str_ends(line, STR("\r")))
			line.len--;
		buf_add_char(&out, '"');
		for (size_t i = 0; i < line.len; i++) {
			if (line.ptr[i] == '"')
				buf_add_char(&out, '"');
			buf_add_char(&out, line.ptr[i]);
		}
		buf_add(&out, STR("\"\n"));
		if (end == NOT_FOUND)
			break;
		at = end + 1;
	}
	result = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static struct jmeter_set *called_set(struct jmeter *j, const struct jmx *at, struct str path,
				     bool lines)
{
	struct jmeter_set set = {
	    .node = yaml_writer_map(j->arena), .path = path, .called = true, .lines = lines};
	struct str bytes, stem = jmeter_base_name(path);
	const char *why;
	size_t columns = 1;

	for (size_t i = 0; i < j->sets.count; i++)
		if (j->sets.items[i].called && j->sets.items[i].lines == lines &&
		    str_eq(j->sets.items[i].path, path))
			return &j->sets.items[i];
	if (!jmeter_file(j, path, &bytes, &why)) {
		jmeter_note(j, at, arena_printf(j->arena, "%.*s: %s", STR_ARG(path), why).ptr);
		return NULL;
	}
	stem = str_slice(stem, 0, str_find_char(stem, '.', 0));
	set.name = jmeter_identifier(j, stem.len ? stem : STR("rows"));
	for (size_t i = 0; !lines && i < first_line(bytes); i++)
		columns += bytes.ptr[i] == ',';
	for (size_t i = 0; i < columns && i < CSV_COLUMNS; i++)
		VEC_PUSH(j->arena, &set.columns,
			 lines ? STR("line") : arena_printf(j->arena, "column_%zu", i + 1));
	if (!make_table(j, &set, lines ? quote_lines(j, bytes) : bytes, ',', &why))
		return NULL;
	VEC_PUSH(j->arena, &j->sets, set);
	return &j->sets.items[j->sets.count - 1];
}

struct str jmeter_file_column(struct jmeter *j, const struct jmx *at, struct str path,
			      size_t column, bool lines)
{
	struct jmeter_set *set = called_set(j, at, path, lines);

	if (!set || column >= set->columns.count || j->around)
		return STR_NULL;
	set->used = true;
	return arena_printf(j->arena, "%.*s.%.*s", STR_ARG(set->name),
			    STR_ARG(set->columns.items[column]));
}

/* ---- the document */

static void put_rows(struct jmeter *j, struct jmeter_set *set, struct yaml_writer_node *node)
{
	struct yaml_writer_node *rows =
	    yaml_writer_put(j->arena, node, STR("rows"), yaml_writer_list(j->arena));
	struct yaml_writer_node *row = yaml_writer_add(j->arena, rows, yaml_writer_map(j->arena));

	row->flow = true;
	for (size_t i = 0; i < set->columns.count; i++)
		yaml_writer_put(j->arena, row, set->columns.items[i],
				yaml_writer_typed(j->arena, STR("")));
}

static void put_set(struct jmeter *j, struct jmeter_set *set, struct yaml_writer_node *all)
{
	struct yaml_writer_node *node = yaml_writer_map(j->arena), *secret;
	struct str stem = jmeter_base_name(set->path);

	stem = str_slice(stem, 0, str_find_char(stem, '.', 0));
	if (set->bytes.ptr)
		yaml_writer_put_text(
		    j->arena, node, STR("file"),
		    job_add_file(j->job,
				 arena_printf(j->arena, "%.*s-named.csv",
					      STR_ARG(stem.len ? stem : STR("rows"))),
				 set->bytes, set->secret));
	else
		put_rows(j, set, node);
	yaml_writer_merge(j->arena, node, set->node);
	if (set->secret) {
		secret = yaml_writer_put(j->arena, node, STR("secret"), yaml_writer_list(j->arena));
		secret->flow = true;
		for (size_t i = 0; i < set->columns.count; i++)
			if (naming_is_secret(set->columns.items[i]))
				yaml_writer_add(j->arena, secret,
						yaml_writer_text(j->arena, set->columns.items[i]));
	}
	yaml_writer_put(j->arena, all, set->name, node);
}

void jmeter_put_data(struct jmeter *j)
{
	struct yaml_writer_node *all = yaml_writer_map(j->arena);

	for (size_t i = 0; i < j->sets.count; i++)
		if (j->sets.items[i].used)
			put_set(j, &j->sets.items[i], all);
		else
			job_note(j->job, "look at",
				 "%.*s: no request uses its values, so it is not written",
				 STR_ARG(j->sets.items[i].path));
	if (all->members.count)
		yaml_writer_put(j->arena, j->root, STR("data"), all);
}
