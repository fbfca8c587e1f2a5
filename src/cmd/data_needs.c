#include "cmd/data_needs.h"

#include "base/escape.h"
#include "base/units.h"
#include "doc/node.h"
#include "interface/reader.h"
#include "run/load_shape.h"
#include "scenario/load.h"

#define UNKNOWN UINT64_MAX

/* Number of users of LOAD; each arrival is a user. */
static uint64_t users_of(struct arena *a, const struct load *load)
{
	struct load_shape profile;
	uint64_t entries;

	if (load->capacity.wanted || load->replay.file.len)
		return UNKNOWN;
	load_shape_init(&profile, a, load);
	entries = load_shape_entries(&profile);
	return entries == LOAD_SHAPE_ENDLESS ? UNKNOWN : entries;
}

static uint64_t iterations_of(const struct load *load, uint64_t users)
{
	if (load->total_iterations)
		return (uint64_t)load->total_iterations;
	if (load->open)
		return users;
	return load->iterations && users != UNKNOWN ? users * (uint64_t)load->iterations : UNKNOWN;
}

static uint64_t add_saturated(uint64_t sum, uint64_t more)
{
	return sum == UNKNOWN || more == UNKNOWN ? UNKNOWN : sum + more;
}

/* Number of rows of SET that all loads of the file use. */
static uint64_t rows_needed(const struct model *m, const struct data_set *set)
{
	bool per_user = set->per == PER_USER;
	uint64_t sum = 0;
	struct arena a;

	arena_init(&a, 0);
	if (load_common_used(m)) {
		sum = users_of(&a, &m->load);
		sum = per_user ? sum : iterations_of(&m->load, sum);
	}
	for (size_t i = 0; i < m->scenario_count; i++) {
		const struct scenario *s = &m->scenarios[i];
		uint64_t users = s->has_load ? users_of(&a, &s->load) : 0;

		if (s->has_load)
			sum = add_saturated(sum, per_user ? users : iterations_of(&s->load, users));
	}
	arena_release(&a);
	return sum;
}

/* ---- show */

/* The file name as in the scenario; the name of the set if its rows are in the scenario. */
static struct str name_of(const struct data_set *set)
{
	const struct node *node = keys_value(&set->keys, "file");

	return node ? node->text : set->name;
}

void data_needs_put(const struct loaded_file *l, struct buf *out)
{
	for (size_t i = 0; i < l->model->data_count; i++) {
		const struct data_set *set = &l->model->data[i];
		uint64_t needed = rows_needed(l->model, set);

		buf_add(out, i ? STR("            ") : STR("  data      "));
		escape_terminal(out, name_of(set));
		buf_add(out, STR(": "));
		units_put_count(out, set->rows.count);
		buf_add(out, set->rows.count == 1 ? STR(" row, ") : STR(" rows, "));
		if (needed == UNKNOWN) {
			buf_add(out, set->per == PER_USER ? STR("one for each user")
							  : STR("one for each iteration"));
		} else {
			units_put_count(out, needed);
			buf_add(out, STR(" needed"));
		}
		if (set->pick == PICK_RANDOM)
			buf_add(out, STR(", chosen at random"));
		buf_add_char(out, '\n');
	}
}

/* The keyword for the value CHOICE of KEY. */
static struct str word_of(const char *key, int choice)
{
	return str_of(field_find(data_set_fields, str_of(key))->choices[choice]);
}

void data_needs_put_json(const struct loaded_file *l, struct json_writer *j)
{
	json_writer_open_array(j, "data");
	for (size_t i = 0; i < l->model->data_count; i++) {
		const struct data_set *set = &l->model->data[i];
		uint64_t needed = rows_needed(l->model, set);

		json_writer_open(j, NULL);
		json_writer_text(j, "name", set->name);
		if (set->file.len)
			json_writer_text(j, "file", name_of(set));
		else
			json_writer_null(j, "file");
		json_writer_uint(j, "rows", set->rows.count);
		if (needed == UNKNOWN)
			json_writer_null(j, "needed");
		else
			json_writer_uint(j, "needed", needed);
		json_writer_text(j, "per", word_of("per", set->per));
		json_writer_text(j, "pick", word_of("pick", set->pick));
		json_writer_text(j, "at_end", word_of("at_end", set->at_end));
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

/* ---- a warning */

static const char *end_behaviour(int at_end)
{
	switch (at_end) {
	case END_STOP_USER:
		return "users without a row stop";
	case END_STOP_RUN:
		return "the run stops when all rows are used";
	case END_FAIL:
		return "users without a row fail";
	default:
		return "several users use the same row; add rows, if each user needs its own";
	}
}

void data_needs_warn(struct loaded_file *l)
{
	struct buf rows, users;

	buf_init(&rows, 0);
	buf_init(&users, 0);
	for (size_t i = 0; i < l->model->data_count; i++) {
		const struct data_set *set = &l->model->data[i];
		uint64_t needed = rows_needed(l->model, set);

		if (set->per != PER_USER || set->pick == PICK_RANDOM || needed == UNKNOWN ||
		    needed <= set->rows.count)
			continue;
		buf_clear(&rows);
		buf_clear(&users);
		units_put_count(&rows, set->rows.count);
		units_put_count(&users, needed);
		diag_warning(&l->diags, set->name_span, DIAG_W356,
			     "%.*s has %s row%s for %s users: %s", STR_ARG(name_of(set)), rows.data,
			     set->rows.count == 1 ? "" : "s", users.data,
			     end_behaviour(set->at_end));
	}
	buf_release(&rows);
	buf_release(&users);
}
