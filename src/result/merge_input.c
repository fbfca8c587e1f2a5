#include "result/merge_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/buf.h"
#include "base/log.h"
#include "result/result_folder.h"

/* ---- opening */

/* "2/4". */
static bool parse_position(struct str text, unsigned *index, unsigned *of)
{
	char space[32];
	int end = 0;

	if (text.len >= sizeof space)
		return false;
	memcpy(space, text.ptr, text.len);
	space[text.len] = '\0';
	return sscanf(space, "%9u/%9u%n", index, of, &end) == 2 && space[end] == '\0' && *index &&
	       *index <= *of;
}

/* Sets what the head of the opened SHARD says. */
static void begin_shard(struct merge_shard *shard)
{
	if (!parse_position(saved_result_label(&shard->saved, STR("shard")), &shard->index,
			    &shard->of))
		shard->index = shard->of = 0;
	summary_init(&shard->second, &shard->saved.reader.table);
}

bool merge_input_open(struct merge_input *shards, const char *const *folders, size_t count)
{
	bool fine = true;

	*shards = (struct merge_input){.count = count, .passed = -1};
	arena_init(&shards->arena, 0);
	shards->items = ARENA_ARRAY(&shards->arena, count, struct merge_shard *);
	for (size_t i = 0; i < count; i++) {
		struct merge_shard *shard = ARENA_ARRAY(&shards->arena, 1, struct merge_shard);

		shards->items[i] = shard;
		shard->opened = saved_result_open(&shard->saved, folders[i]);
		fine &= shard->opened;
		if (shard->opened)
			begin_shard(shard);
	}
	return fine;
}

bool merge_input_open_growing(struct merge_shard *shard, const char *folder, struct buf *why)
{
	*shard = (struct merge_shard){.follows = true};
	shard->opened = saved_result_open_growing(&shard->saved, folder, why);
	if (shard->opened)
		begin_shard(shard);
	return shard->opened;
}

void merge_input_close_shard(struct merge_shard *shard)
{
	if (!shard->opened)
		return;
	summary_release(&shard->second);
	saved_result_close(&shard->saved);
	shard->opened = false;
}

void merge_input_close(struct merge_input *shards)
{
	for (size_t i = 0; i < shards->count; i++)
		merge_input_close_shard(shards->items[i]);
	arena_release(&shards->arena);
}

bool merge_input_excludes(const struct merge_input *shards, const char *out)
{
	struct stat there, own;

	if (stat(out, &there) != 0)
		return true;
	for (size_t i = 0; i < shards->count; i++) {
		struct str folder = shards->items[i]->saved.folder;

		if (stat(folder.ptr, &own) != 0 || own.st_dev != there.st_dev ||
		    own.st_ino != there.st_ino)
			continue;
		log_error("--out %s is the folder of shard %u/%u, which would be lost; use "
			  "another folder",
			  out, shards->items[i]->index, shards->items[i]->of);
		return false;
	}
	return true;
}

/* ---- agreeing */

static bool positions_match(struct merge_input *shards, const struct merge_shard **by_index)
{
	unsigned of = shards->items[0]->of;

	for (size_t i = 0; i < shards->count; i++) {
		struct merge_shard *shard = shards->items[i];

		if (!shard->of) {
			log_error("%.*s is not the result of a shard",
				  STR_ARG(shard->saved.folder));
			return false;
		}
		if (shard->of != of) {
			log_error("%.*s is one of %u shards, %.*s is one of %u",
				  STR_ARG(shards->items[0]->saved.folder), of,
				  STR_ARG(shard->saved.folder), shard->of);
			return false;
		}
		if (shard->index <= shards->count && by_index[shard->index]) {
			log_error("%.*s and %.*s are both shard %u/%u",
				  STR_ARG(by_index[shard->index]->saved.folder),
				  STR_ARG(shard->saved.folder), shard->index, of);
			return false;
		}
		if (shard->index <= shards->count)
			by_index[shard->index] = shard;
	}
	return true;
}

static bool is_present(const struct merge_input *shards, unsigned index)
{
	for (size_t i = 0; i < shards->count; i++)
		if (shards->items[i]->index == index)
			return true;
	return false;
}

#define MISSING_SHOWN 8u

/* Sets the list of missing shards, as text. */
static void find_missing(struct merge_input *shards)
{
	unsigned of = shards->items[0]->of;
	size_t missing = of - shards->count, listed = 0;
	struct buf text;

	buf_init(&text, 0);
	for (unsigned index = 1; index <= of && listed < missing && listed < MISSING_SHOWN;
	     index++) {
		if (is_present(shards, index))
			continue;
		buf_printf(&text, "%s%u/%u", listed++ ? ", " : "", index, of);
	}
	if (listed < missing)
		buf_printf(&text, " and %zu more", missing - listed);
	shards->missing = arena_str(&shards->arena, buf_str(&text));
	buf_release(&text);
}

static bool none_is_missing(struct merge_input *shards, bool partial)
{
	if (shards->count >= shards->items[0]->of)
		return true;
	find_missing(shards);
	shards->partial = true;
	if (partial)
		return true;
	log_error("%s missing: %.*s; --partial merges the others",
		  shards->items[0]->of - shards->count == 1 ? "a shard is" : "shards are",
		  STR_ARG(shards->missing));
	return false;
}

/* A shard without an end was killed or is still running. */
static bool all_are_complete(const struct merge_input *shards, bool partial)
{
	bool complete = true;

	for (size_t i = 0; i < shards->count && !partial; i++) {
		const struct merge_shard *shard = shards->items[i];

		if (archive_is_complete(shard->saved.file.text))
			continue;
		log_error("shard %u/%u in %.*s has no end: it was killed or is still running; "
			  "use --partial to merge what it has",
			  shard->index, shard->of, STR_ARG(shard->saved.folder));
		complete = false;
	}
	return complete;
}

static bool scenarios_match(struct merge_input *shards, bool partial)
{
	const struct saved_result *first = &shards->items[0]->saved;
	bool same_seed = true;

	for (size_t i = 1; i < shards->count; i++) {
		const struct saved_result *saved = &shards->items[i]->saved;

		same_seed &= saved->reader.facts.seed == first->reader.facts.seed;
		if (str_eq(saved->reader.facts.scenario, first->reader.facts.scenario))
			continue;
		shards->partial = true;
		if (partial)
			continue;
		log_error(
		    "%.*s and %.*s performed different scenarios, loads or targets; --partial "
		    "merges them by the names of their steps",
		    STR_ARG(first->folder), STR_ARG(saved->folder));
		return false;
	}
	if (!same_seed)
		log_warning("the shards have different seeds; use the same --seed for all of them");
	return true;
}

/* ---- the merged run */

/* Groups are added before what is in them, as in the shards. */
static struct series_def mapped(const struct series_def *def, const unsigned *map)
{
	struct series_def own = *def;

	own.group = def->group ? 1 + map[def->group - 1] : 0;
	return own;
}

static void match_series(struct merge_input *shards)
{
	series_table_init(&shards->table, &shards->arena);
	for (size_t i = 0; i < shards->count; i++) {
		struct merge_shard *shard = shards->items[i];
		const struct series_table *own = &shard->saved.reader.table;

		shard->map = ARENA_ARRAY(&shards->arena, own->defs.count + 1, unsigned);
		for (size_t k = 0; k < own->defs.count; k++) {
			struct series_def def = mapped(&own->defs.items[k], shard->map);

			shard->map[k] = series_table_add(&shards->table, &def);
		}
	}
}

/* LOAD without ", shard 1 of 4" at its end. */
static struct str load_of_all(struct str load)
{
	size_t at = str_find(load, STR(", shard "), 0);

	return at == NOT_FOUND ? load : str_slice(load, 0, at);
}

/* The run id of all shards if they have the same one. Otherwise it is the start of the first shard
 * and a digest of the shards' run ids, so that it is the same for the same shards. */
static struct str run_id_of(struct merge_input *shards)
{
	const struct str first = saved_result_label(&shards->items[0]->saved, STR("run_id"));
	unsigned char digest[DIGEST_MAX];
	struct str chosen = first;
	struct buf text, id;
	bool same = true;
	char stamp[32];

	buf_init(&text, 0);
	buf_init(&id, 0);
	for (size_t i = 0; i < shards->count; i++) {
		struct str own = saved_result_label(&shards->items[i]->saved, STR("run_id"));

		same &= str_eq(own, first);
		buf_printf(&text, "%u/%u %.*s\n", shards->items[i]->index, shards->items[i]->of,
			   STR_ARG(own));
	}
	buf_add(&id, str_of(clock_format_utc(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ-",
					     shards->facts.started)));
	if (digest_hash(DIGEST_SHA256, buf_str(&text), digest) >= 4)
		buf_add_hex(&id, str_n((const char *)digest, 4));
	if (!same)
		chosen = arena_str(&shards->arena, buf_str(&id));
	buf_release(&text);
	buf_release(&id);
	return chosen;
}

/* Each shard has only its part of the planned users and iterations. */
static void add_plans(struct merge_input *shards)
{
	struct run_facts *facts = &shards->facts;

	facts->users = 0;
	facts->iterations = 0;
	for (size_t i = 0; i < shards->count; i++) {
		const struct run_facts *own = &shards->items[i]->saved.reader.facts;

		facts->users += own->users;
		facts->iterations += own->iterations;
	}
}

static void build_facts(struct merge_input *shards)
{
	struct run_facts *facts = &shards->facts;
	const struct saved_result *first = &shards->items[0]->saved;

	*facts = first->reader.facts;
	facts->failure_samples = NULL; /* the files of the shards are copied */
	facts->load = load_of_all(facts->load);
	for (size_t i = 1; i < shards->count; i++) {
		const struct run_facts *own = &shards->items[i]->saved.reader.facts;

		if (own->started < facts->started)
			facts->started = own->started;
	}
	for (size_t i = 0; i < shards->count; i++) {
		ns_t later = shards->items[i]->saved.reader.facts.started - facts->started;

		shards->items[i]->offset = (later + NS_PER_S / 2) / NS_PER_S * NS_PER_S;
	}
	add_plans(shards);
	shards->labels[0] = (struct label){STR("run_id"), run_id_of(shards)};
	shards->labels[1] = (struct label){STR("shard"), STR("1/1")};
	facts->labels = shards->labels;
	facts->label_count = 2;
	facts->table = &shards->table;
	facts->unjudged = false;
}

static int compare_position(const void *a, const void *b)
{
	const struct merge_shard *const *x = a, *const *y = b;

	return ((*x)->index > (*y)->index) - ((*x)->index < (*y)->index);
}

bool merge_input_check(struct merge_input *shards, bool partial)
{
	const struct merge_shard **by_index =
	    ARENA_ARRAY(&shards->arena, shards->count + 1, const struct merge_shard *);

	if (!positions_match(shards, by_index) || !none_is_missing(shards, partial) ||
	    !all_are_complete(shards, partial))
		return false;
	qsort(shards->items, shards->count, sizeof(struct merge_shard *), compare_position);
	if (!scenarios_match(shards, partial))
		return false;
	match_series(shards);
	build_facts(shards);
	return true;
}

/* ---- shards that still run */

void merge_input_attach(struct merge_input *shards, struct merge_shard *const *items, size_t count)
{
	*shards = (struct merge_input){.count = count, .passed = -1};
	arena_init(&shards->arena, 0);
	shards->items = ARENA_ARRAY(&shards->arena, count, struct merge_shard *);
	memcpy(shards->items, items, count * sizeof(*items));
	qsort(shards->items, count, sizeof(*items), compare_position);
	match_series(shards);
	build_facts(shards);
}

void merge_input_detach(struct merge_input *shards)
{
	arena_release(&shards->arena);
}
