#include "cmd/shard.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

#define SHARDS_MAX 100000u

#define SLURM_INDEX "SLURM_ARRAY_TASK_ID"

const struct shard_variable shard_variables[] = {
    {"JOB_COMPLETION_INDEX", NULL, 0, "shard index, from 0"},
    {"NOMAD_ALLOC_INDEX", NULL, 0, "shard index, from 0"},
    {"AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", 0, "shard index, from 0"},
    {"CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT", 0, "shard index, from 0"},
    {SLURM_INDEX, NULL, 0, "shard index"},
    {"CI_NODE_INDEX", "CI_NODE_TOTAL", 1, "shard index, from 1"},
    {NULL, NULL, 0, NULL},
};

const char *shard_variable(const char *const *environment, const char *name)
{
	size_t len = strlen(name);

	for (; *environment; environment++)
		if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=')
			return *environment + len + 1;
	return NULL;
}

/* Parses a whole number of up to nine digits; nothing else may follow. */
static bool number(const char *text, unsigned long *out)
{
	size_t len = strspn(text, "0123456789");

	if (len == 0 || len > 9 || text[len])
		return false;
	*out = strtoul(text, NULL, 10);
	return true;
}

static bool wrong_index(struct buf *error, const char *name, const char *text, const char *expected)
{
	buf_printf(error, "%s is '%s'; use %s", name, text, expected);
	return false;
}

static bool set_position(struct shard_position *out, unsigned long index, unsigned long count,
			 const char *from, struct buf *error)
{
	if (index < 1 || index > count || count > SHARDS_MAX) {
		buf_printf(error, "%s selects shard %lu of %lu, which does not exist", from, index,
			   count);
		return false;
	}
	*out = (struct shard_position){(unsigned)index, (unsigned)count, count > 1 ? from : NULL};
	return true;
}

/* "3/8". */
static bool from_option(struct shard_position *out, const char *text, struct buf *error)
{
	const char *slash = strchr(text, '/');
	char first[16];
	unsigned long index, count;
	size_t len = slash ? (size_t)(slash - text) : 0;

	if (!slash || len >= sizeof(first))
		return wrong_index(error, "--shard", text, "I/N such as 3/8, counted from 1");
	memcpy(first, text, len);
	first[len] = '\0';
	if (!number(first, &index) || !number(slash + 1, &count))
		return wrong_index(error, "--shard", text, "I/N such as 3/8, counted from 1");
	return set_position(out, index, count, "--shard", error);
}

/* TEXT is the value of the variable FROM. SHARDS, the option, takes precedence over the number of
 * shards that the orchestrator gives. */
static bool from_index(struct shard_position *out, const struct shard_variable *from,
		       const char *text, const char *shards, const char *const *environment,
		       struct buf *error)
{
	const char *total = from->count ? shard_variable(environment, from->count) : NULL;
	unsigned long index, count;

	if (!number(text, &index))
		return wrong_index(error, from->name, text,
				   from->first ? "an index, counted from 1"
					       : "an index, counted from 0");
	if (!shards && !total) {
		buf_printf(error,
			   "%s is %lu, but the number of shards is missing; set %s%sREPRISE_SHARDS "
			   "(1: this process is the whole load)",
			   from->name, index, from->count ? from->count : "",
			   from->count ? " or " : "");
		return false;
	}
	if (!number(shards ? shards : total, &count))
		return wrong_index(error, shards ? "--shards" : from->count,
				   shards ? shards : total, "a number of shards such as 8");
	if (count == 1)
		index = from->first; /* each copy runs the whole load */
	if (index < from->first)
		return wrong_index(error, from->name, text, "an index, counted from 1");
	return set_position(out, index - from->first + 1, count, from->name, error);
}

/* Slurm sets the minimum index, the number of tasks and the step between indexes. */
static bool from_slurm(struct shard_position *out, const char *text, const char *const *environment,
		       struct buf *error)
{
	const char *min = shard_variable(environment, "SLURM_ARRAY_TASK_MIN");
	const char *count = shard_variable(environment, "SLURM_ARRAY_TASK_COUNT");
	const char *step = shard_variable(environment, "SLURM_ARRAY_TASK_STEP");
	unsigned long index, least, many, by = 1;

	if (!number(text, &index))
		return wrong_index(error, SLURM_INDEX, text, "a whole number");
	if (!min || !number(min, &least) || !count || !number(count, &many) ||
	    (step && (!number(step, &by) || !by))) {
		buf_add(error, STR(SLURM_INDEX
				   " needs a valid SLURM_ARRAY_TASK_MIN and "
				   "SLURM_ARRAY_TASK_COUNT; or set the part with --shard I/N"));
		return false;
	}
	if (index < least || (index - least) % by != 0 || (index - least) / by >= many) {
		buf_printf(error,
			   "SLURM_ARRAY_TASK_ID %lu is not one of %lu tasks from %lu in steps of "
			   "%lu; use an array without gaps, such as --array=1-%lu",
			   index, many, least, by, many);
		return false;
	}
	return set_position(out, (index - least) / by + 1, many, SLURM_INDEX, error);
}

/* --shards without an index. */
static bool without_index(const char *shards, struct buf *error)
{
	unsigned long count;

	if (!number(shards, &count))
		return wrong_index(error, "--shards", shards, "a number of shards such as 8");
	if (count == 1)
		return true;
	buf_printf(error,
		   "--shards %lu needs an index; use --shard I/N, or an orchestrator that sets ",
		   count);
	for (const struct shard_variable *v = shard_variables; v->name; v++)
		buf_printf(error, "%s%s",
			   v == shard_variables ? ""
			   : v[1].name		? ", "
						: " or ",
			   v->name);
	return false;
}

bool shard_find(struct shard_position *out, const char *shard, const char *shards,
		const char *const *environment, struct buf *error)
{
	*out = (struct shard_position){1, 1, NULL};
	if (shard)
		return from_option(out, shard, error);
	for (const struct shard_variable *v = shard_variables; v->name; v++) {
		const char *text = shard_variable(environment, v->name);

		if (!text)
			continue;
		return strcmp(v->name, SLURM_INDEX) == 0
			   ? from_slurm(out, text, environment, error)
			   : from_index(out, v, text, shards, environment, error);
	}
	return !shards || without_index(shards, error);
}

/* ---- times */

static bool digits(struct str text, size_t at, size_t count, int *out)
{
	*out = 0;
	if (at + count > text.len)
		return false;
	for (size_t i = at; i < at + count; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		*out = *out * 10 + (text.ptr[i] - '0');
	}
	return true;
}

/* Parses ".25" at *AT and moves *AT after it. */
static ns_t fraction(struct str text, size_t *at)
{
	ns_t part = 0, unit = NS_PER_S / 10;

	if (*at >= text.len || text.ptr[*at] != '.')
		return 0;
	for (++*at; *at < text.len && ascii_is_digit(text.ptr[*at]); ++*at) {
		part += unit * (text.ptr[*at] - '0');
		unit /= 10;
	}
	return part;
}

/* Days since 1970 of a Gregorian date (Hinnant, days_from_civil). */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool offset_of(struct str text, size_t at, int64_t *seconds)
{
	int hours, minutes;

	*seconds = 0;
	if (at + 1 == text.len && (text.ptr[at] == 'Z' || text.ptr[at] == 'z'))
		return true;
	if (at + 6 != text.len || (text.ptr[at] != '+' && text.ptr[at] != '-') ||
	    text.ptr[at + 3] != ':' || !digits(text, at + 1, 2, &hours) ||
	    !digits(text, at + 4, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*seconds = (hours * 60 + minutes) * 60;
	if (text.ptr[at] == '-')
		*seconds = -*seconds;
	return true;
}

static bool from_unix(struct str text, ns_t *out)
{
	size_t at = 0;
	int64_t seconds = 0;

	while (at < text.len && at < 10 && ascii_is_digit(text.ptr[at]))
		seconds = seconds * 10 + (text.ptr[at++] - '0');
	if (at == 0)
		return false;
	*out = seconds * NS_PER_S + fraction(text, &at);
	return at == text.len;
}

bool shard_parse_time(struct str text, ns_t *out)
{
	int year, month, day, hour, minute, second;
	int64_t offset;
	size_t at = 19;
	ns_t part;

	if (from_unix(text, out))
		return true;
	if (!digits(text, 0, 4, &year) || !digits(text, 5, 2, &month) ||
	    !digits(text, 8, 2, &day) || !digits(text, 11, 2, &hour) ||
	    !digits(text, 14, 2, &minute) || !digits(text, 17, 2, &second) || text.ptr[4] != '-' ||
	    text.ptr[7] != '-' || text.ptr[13] != ':' || text.ptr[16] != ':' ||
	    !strchr("Tt ", text.ptr[10]))
		return false;
	if (year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 ||
	    hour > 23 || minute > 59 || second > 60)
		return false;
	part = fraction(text, &at);
	if (at >= text.len || !offset_of(text, at, &offset))
		return false;
	*out = (days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset) *
		   NS_PER_S +
	       part;
	return true;
}
