#include "cmd/import_verdict.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/escape.h"

/* "user 1, iteration 2; user 2, both iterations" */
static void put_performances(unsigned bits, unsigned users, unsigned iterations, struct buf *out)
{
	unsigned all = (1u << iterations) - 1, listed = 0;

	if (users * iterations == 1)
		return;
	if (bits == (1u << users * iterations) - 1) {
		buf_add(out, STR(" (each time)"));
		return;
	}
	for (unsigned user = 0; user < users; user++) {
		unsigned own = bits >> user * iterations & all;

		if (!own)
			continue;
		buf_printf(out, "%suser %u, ", listed++ ? "; " : " (", user + 1);
		if (own == all)
			buf_add(out, STR("each iteration"));
		else
			buf_printf(out, "iteration %u", own & 1 ? 1 : 2);
	}
	buf_add_char(out, ')');
}

static void put_difference(const struct verification_difference *d, unsigned users,
			   unsigned iterations, struct buf *out)
{
	struct str url = str_slice(d->tx->url, 0, str_find_char(d->tx->url, '?', 0));

	buf_printf(out, "  %s  %.*s %.*s", d->matters ? "differs  " : "unlike   ",
		   STR_ARG(d->tx->method), STR_ARG(url));
	if (d->what.len)
		buf_printf(out, ": %.*s", STR_ARG(d->what));
	put_performances(d->performances, users, iterations, out);
	buf_printf(out, "\n    recorded   %.*s\n    received   %.*s\n",
		   STR_ARG(d->recorded.len ? d->recorded : STR("nothing")),
		   STR_ARG(d->received.len ? d->received : STR("nothing")));
}

/* The texts are those of servers. */
static void print_escaped(struct str text)
{
	struct buf safe;

	buf_init(&safe, 0);
	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, '\n', at);

		escape_terminal(&safe, str_slice(text, at, end));
		buf_add_char(&safe, '\n');
		at = end == NOT_FOUND ? text.len : end + 1;
	}
	fwrite(safe.len ? safe.data : "", 1, safe.len, stderr);
	buf_release(&safe);
}

static void put_sum(const struct verification *result, size_t steps, unsigned performances,
		    int rounds, struct buf *out)
{
	buf_printf(out, "verified: %zu of %zu step%s got the recorded response", result->good_steps,
		   steps, steps == 1 ? "" : "s");
	if (performances > 1)
		buf_printf(out, " in each of %u performances", performances);
	if (rounds > 1)
		buf_printf(out, "; %d rounds", rounds);
	buf_add_char(out, '\n');
}

enum exit_status import_verdict_print(const struct import_job *job,
				      const struct verification *result, unsigned users,
				      unsigned iterations, int rounds)
{
	size_t steps = verification_step_count(job);
	struct buf out;

	buf_init(&out, 0);
	verification_put_repairs(job, &out);
	for (size_t i = 0; i < result->differences.count; i++)
		put_difference(&result->differences.items[i], users, iterations, &out);
	put_sum(result, steps, users * iterations, rounds, &out);
	print_escaped(buf_str(&out));
	buf_release(&out);
	return result->serious || result->good_steps < steps ? EXIT_FAILED : EXIT_PASSED;
}
