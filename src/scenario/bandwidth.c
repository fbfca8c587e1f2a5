#include "scenario/bandwidth.h"

#include "base/units.h"
#include "doc/node.h"
#include "scenario/scenario_reader.h"

#define EXPECTED "a speed such as 2MB/s or 16Mbit/s"
/* libcurl measures in pieces of 16 KiB and cannot limit to much less. */
#define BANDWIDTH_MIN 1000

static const struct {
	const char *name;
	double bytes;
} bit_units[] = {{"kbit", 1e3 / 8}, {"Mbit", 1e6 / 8}, {"Gbit", 1e9 / 8}};

/* The unit before "/s". */
static bool read_amount(struct str text, int64_t *out)
{
	double number;

	for (size_t i = 0; i < sizeof bit_units / sizeof *bit_units; i++) {
		struct str name = str_of(bit_units[i].name);

		if (text.len <= name.len ||
		    !str_ieq(str_slice(text, text.len - name.len, text.len), name))
			continue;
		text = str_trim(str_slice(text, 0, text.len - name.len));
		if (!str_to_double(text, &number) || number < 0 || number > 1e6)
			return false;
		*out = (int64_t)(number * bit_units[i].bytes);
		return true;
	}
	return units_size(text, out) == UNIT_OK;
}

static void read_speed(struct reader *r, const struct node *node, void *out)
{
	int64_t *speed = out;
	struct str text, amount;
	struct diag *diag;

	if (!reader_replaced(r, node, EXPECTED, &text))
		return;
	bool whole = str_ends(text, STR("/s"));

	amount = str_trim(str_slice(text, 0, whole ? text.len - 2 : text.len));
	if (!read_amount(amount, speed) || str_to_int(amount, speed)) {
		reader_error(r, node->span, DIAG_E300, "'%.*s' is not a speed; write " EXPECTED,
			     STR_ARG(text));
		return;
	}
	if (!whole) {
		diag = reader_error(r, node->span, DIAG_E300,
				    "'%.*s' is a size; a speed ends with /s", STR_ARG(text));
		reader_fix_value(r, diag, node, arena_printf(r->arena, "%.*s/s", STR_ARG(text)));
	} else if (*speed < BANDWIDTH_MIN) {
		reader_error(r, node->span, DIAG_E302, "'%.*s' is too slow; the minimum is 1KB/s",
			     STR_ARG(text));
	}
}

static const struct field_special speed_special = {
    .widget = "speed",
    .name = EXPECTED,
    .read = read_speed,
    .schema = "{\"type\": \"string\", \"pattern\": \"^(.*\\\\$\\\\{.*|[0-9.]+ ?[A-Za-z]* ?/s)$\"}",
};

static const struct field bandwidth_fields[] = {
    FIELD(struct bandwidth, down, "down", FIELD_SPECIAL, .special = &speed_special,
	  .example = "2MB/s", .prose = "Speed at which responses are received."),
    FIELD(struct bandwidth, up, "up", FIELD_SPECIAL, .special = &speed_special,
	  .example = "512KB/s", .prose = "Speed at which requests are sent."),
    FIELD_END,
};

static void read_bandwidth(struct reader *r, const struct node *node, void *out)
{
	struct bandwidth *bandwidth = out;

	if (node->kind == NODE_MAP) {
		reader_object(r, node, bandwidth_fields, bandwidth);
		return;
	}
	read_speed(r, node, &bandwidth->down);
	bandwidth->up = bandwidth->down;
}

const struct field_special bandwidth_special = {
    .widget = "bandwidth",
    .name = EXPECTED,
    .definition = "bandwidth",
    .read = read_bandwidth,
    .schema = "{\"type\": \"string\", \"pattern\": \"^(.*\\\\$\\\\{.*|[0-9.]+ ?[A-Za-z]* ?/s)$\"}",
    .fields = bandwidth_fields,
};
