#include "cmd/import_verdict.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/escape.h"
#include "import/conversion.h"

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

/* "shop.yaml:12: ", or nothing if the line is not known. */
static void put_place(const struct import_job *job, const struct transaction *tx,
		      const struct import_performed *how, struct buf *out)
{
	for (size_t i = 0; i < job->conversion->steps.count; i++)
		if (job->conversion->steps.items[i].tx == tx && how->lines[i]) {
			buf_printf(out, "%s:%u: ", how->path, how->lines[i]);
			return;
		}
}

static void put_difference(const struct import_job *job, const struct verification_difference *d,
			   const struct import_performed *how, struct buf *out)
{
	struct str url = str_slice(d->tx->url, 0, str_find_char(d->tx->url, '?', 0));

	buf_printf(out, "  %s  ", d->matters ? "differs  " : "unlike   ");
	put_place(job, d->tx, how, out);
	buf_printf(out, "%.*s %.*s", STR_ARG(d->tx->method), STR_ARG(url));
	if (d->what.len)
		buf_printf(out, ": %.*s", STR_ARG(d->what));
	put_performances(d->performances, how->users, how->iterations, out);
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

/* Requests with a difference that matters. */
static size_t count_different(const struct verification *result)
{
	size_t count = 0;

	for (size_t i = 0; i < result->differences.count; i++) {
		const struct verification_difference *d = &result->differences.items[i];
		bool again = false;

		for (size_t k = 0; k < i && !again; k++)
			again = result->differences.items[k].matters &&
				result->differences.items[k].tx == d->tx;
		count += d->matters && !again;
	}
	return count;
}

static void put_sum(const struct verification *result, size_t steps, bool passed,
		    const struct import_performed *how, struct buf *out)
{
	unsigned performances = how->users * how->iterations + (passed ? how->apart : 0);
	size_t different = count_different(result), unreached = result->unreached;

	buf_printf(out, "%s: %zu of %zu step%s got the recorded response",
		   passed ? "verified" : "NOT VERIFIED", result->good_steps, steps,
		   steps == 1 ? "" : "s");
	if (performances > 1)
		buf_printf(out, " in each of %u performances", performances);
	if (how->together && passed && how->apart)
		buf_printf(out, ", %u of them with both users at the same time",
			   how->users * how->iterations);
	else if (how->together)
		buf_add(out, STR(" with both users at the same time"));
	if (different)
		buf_printf(out, "; %zu differ%s", different, different == 1 ? "s" : "");
	if (unreached)
		buf_printf(out, "; %zu %s not reached", unreached, unreached == 1 ? "was" : "were");
	if (how->rounds > 1)
		buf_printf(out, "; %d rounds", how->rounds);
	buf_add_char(out, '\n');
	if (how->together && how->apart && !passed)
		buf_add(out, STR("nothing differed with one user after the other: the application "
				 "does not accept these requests from both at the same time\n"));
}

/* The command that shows what the steps send and receive. The parameters are those that the
 * scenario requires. */
static void put_next(const struct import_job *job, const struct import_performed *how,
		     struct buf *out)
{
	buf_add(out, STR("next: look at the first difference with: reprise run --once -v"));
	if (how->target) {
		buf_add(out, STR(" -t "));
		escape_shell(out, str_of(how->target));
	}
	for (size_t i = 0; i < job->conversion->parameters.count; i++)
		buf_printf(out, " -p %.*s=…", STR_ARG(job->conversion->parameters.items[i].name));
	buf_add_char(out, ' ');
	escape_shell(out, str_of(how->path));
	buf_add_char(out, '\n');
}

enum exit_status import_verdict_print(const struct import_job *job,
				      const struct verification *result,
				      const struct import_performed *how)
{
	size_t steps = verification_step_count(job);
	bool passed = !result->serious && result->good_steps == steps;
	struct buf out;

	buf_init(&out, 0);
	verification_put_repairs(job, &out);
	for (size_t i = 0; i < result->differences.count; i++)
		put_difference(job, &result->differences.items[i], how, &out);
	put_sum(result, steps, passed, how, &out);
	if (!passed)
		put_next(job, how, &out);
	print_escaped(buf_str(&out));
	buf_release(&out);
	return passed ? EXIT_PASSED : EXIT_FAILED;
}
