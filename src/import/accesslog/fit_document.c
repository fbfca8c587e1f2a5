/* The document of a fitted log. */
#include <time.h>

#include "base/units.h"
#include "import/accesslog/fit.h"

#define PER_REQUEST "A row for each recorded request: frequent values are in many rows."
#define REFUSED_MAX 6u /* statuses that are listed individually */

static struct str time_text(struct arena *a, int64_t at_us)
{
	time_t at = (time_t)(at_us / 1000000);
	char text[40] = "";
	struct tm tm;

	if (gmtime_r(&at, &tm))
		strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
	return arena_printf(a, "%s", text);
}

static void put_head(struct fit *fit, struct yaml_writer_node *root)
{
	struct arena *a = &fit->job->arena;

	yaml_writer_comment(
	    a, root,
	    arena_printf(a, "Fitted by reprise import to %.*s requests from %.*s to %.*s UTC.",
			 STR_ARG(fit_count(a, fit->part.count)),
			 STR_ARG(time_text(a, fit->from_us)), STR_ARG(time_text(a, fit->to_us))));
	if (fit->rate != 1 || fit->speed != 1)
		yaml_writer_comment(
		    a, root,
		    arena_printf(a, "With %g times the arrivals, at %g times the speed.", fit->rate,
				 fit->speed));
	if (fit->by_visits)
		yaml_writer_comment(
		    a, root,
		    STR("Each arrival is a visit; the weights are the frequencies of the "
			"paths in the log."));
	else
		yaml_writer_comment(
		    a, root,
		    STR("Each arrival is one request; the weights are the frequencies of the "
			"paths in the log."));
	yaml_writer_comment(
	    a, root,
	    STR("A log contains no logins, cookies and bodies: add the steps that need "
		"them."));
}

static void put_target(struct fit *fit, struct yaml_writer_node *root)
{
	struct arena *a = &fit->job->arena;

	if (fit->part.host.len)
		yaml_writer_put_text(a, root, STR("target"),
				     arena_printf(a, "%.*s://%.*s", STR_ARG(fit->part.scheme),
						  STR_ARG(fit->part.host)));
	else
		job_no_target(fit->job, root, fit->part.no_host);
}

static void put_hosts(struct fit *fit, struct yaml_writer_node *root)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *list = yaml_writer_list(a);

	for (size_t i = 0; i < fit->mix.pages.count; i++) {
		struct str host = fit->mix.pages.items[i].host;
		bool listed = !host.len;

		for (size_t k = 0; k < list->members.count; k++)
			listed = listed || str_eq(list->members.items[k].value->text, host);
		if (!listed)
			yaml_writer_add(a, list, yaml_writer_text(a, host));
	}
	if (list->members.count)
		yaml_writer_put(a, root, STR("allowed_hosts"), list)->flow = true;
}

static void put_parameters(struct fit *fit, struct yaml_writer_node *root)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *all = yaml_writer_map(a);

	for (size_t i = 0; i < fit->mix.secrets.count; i++) {
		const struct fit_secret *s = &fit->mix.secrets.items[i];
		struct yaml_writer_node *one;

		if (yaml_writer_find(all, s->parameter))
			continue;
		one = yaml_writer_put(a, all, s->parameter, yaml_writer_map(a));
		one->flow = true;
		yaml_writer_put(a, one, STR("required"), yaml_writer_word(a, STR("yes")));
		yaml_writer_put(a, one, STR("secret"), yaml_writer_word(a, STR("yes")));
		yaml_writer_put_text(a, one, STR("description"),
				     arena_printf(a, "%.*s in URLs", STR_ARG(s->name)));
	}
	if (all->members.count)
		yaml_writer_put(a, root, STR("parameters"), all)->blank = true;
}

/* ---- data */

static struct yaml_writer_node *put_set(struct fit *fit, struct yaml_writer_node *data,
					struct str name, struct str rows, const char *pick)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *set = yaml_writer_put(a, data, name, yaml_writer_map(a));
	struct str file = job_add_file(
	    fit->job, arena_printf(a, "%.*s-%.*s.csv", STR_ARG(job_name(fit->job)), STR_ARG(name)),
	    rows, false);

	set->flow = true;
	yaml_writer_put_text(a, set, STR("file"), file);
	yaml_writer_put_text(a, set, STR("pick"), str_of(pick));
	return set;
}

/* One row per visit, so that the distribution of requests per visit is the recorded one. */
static void put_visits(struct fit *fit, struct yaml_writer_node *data)
{
	struct arena *a = &fit->job->arena;
	size_t rows = fit->visits.count < FIT_ROWS_MAX ? fit->visits.count : FIT_ROWS_MAX;
	struct buf csv;

	buf_init(&csv, 0);
	buf_add(&csv, STR("requests\n"));
	for (size_t i = 0; i < rows; i++)
		buf_printf(&csv, "%u\n", fit->visits.lengths[i * fit->visits.count / rows]);
	put_set(fit, data, STR("visit"), arena_str(a, buf_str(&csv)), "shuffled")->beside =
	    STR("number of requests of each visit");
	buf_release(&csv);
}

static void put_data(struct fit *fit, struct yaml_writer_node *root)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *data = yaml_writer_map(a), *set;
	size_t noted = 0;

	if (fit->by_visits)
		put_visits(fit, data);
	for (size_t i = 0; i < fit->mix.pages.count; i++) {
		const struct fit_page *p = &fit->mix.pages.items[i];

		if (!p->columns.count)
			continue;
		set = put_set(fit, data, p->set, p->rows, "random");
		if (p->row_count < p->count)
			set->beside = arena_printf(a, "%.*s of %.*s, evenly",
						   STR_ARG(fit_count(a, p->row_count)),
						   STR_ARG(fit_count(a, p->count)));
		if (!noted++)
			yaml_writer_comment(a, set,
					    fit->by_visits
						? STR(PER_REQUEST " Each visit takes one.")
						: STR(PER_REQUEST));
	}
	if (data->members.count)
		yaml_writer_put(a, root, STR("data"), data)->blank = true;
}

/* ---- requests */

static size_t refused(const struct fit_page *page, int class)
{
	size_t count = 0;

	for (size_t i = 0; i < page->statuses.count; i++)
		if (page->statuses.items[i].status / 100 == class)
			count += page->statuses.items[i].count;
	return count;
}

/* Requests refused in the log may be refused again; a server's own errors only where most
 * requests had them. */
static struct yaml_writer_node *expected(struct fit *fit, const struct fit_page *page)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *list = yaml_writer_list(a);
	bool errors = refused(page, 5) * 2 > page->count;
	size_t status_count = 0, others = refused(page, 2) + refused(page, 3) + refused(page, 1);

	list->flow = true;
	if (others || !page->statuses.count)
		yaml_writer_add(a, list, yaml_writer_word(a, STR("2xx")));
	if (others || !page->statuses.count)
		yaml_writer_add(a, list, yaml_writer_word(a, STR("3xx")));
	for (size_t i = 0; i < page->statuses.count; i++) {
		const struct fit_status *s = &page->statuses.items[i];

		if (s->status / 100 != 4 && (s->status / 100 != 5 || !errors))
			continue;
		if (status_count++ < REFUSED_MAX)
			yaml_writer_add(a, list,
					yaml_writer_word(a, arena_printf(a, "%u", s->status)));
	}
	if (!status_count)
		return NULL;
	if (list->members.count == 1)
		return list->members.items[0].value;
	return list;
}

static struct yaml_writer_node *request(struct fit *fit, const struct fit_page *page,
					struct str name)
{
	static const char *const short_forms[] = {"get",    "post", "put",     "patch",
						  "delete", "head", "options", NULL};
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *step = yaml_writer_map(a), *expect, *form;
	size_t refusals = refused(page, 4) + refused(page, 5);

	for (int i = 0; short_forms[i] && !step->members.count; i++)
		if (str_ieq(page->method, str_of(short_forms[i])))
			yaml_writer_put_text(a, step, str_of(short_forms[i]), page->url);
	if (!step->members.count) {
		form = yaml_writer_put(a, step, STR("request"), yaml_writer_map(a));
		form->flow = true;
		yaml_writer_put_text(a, form, STR("method"), page->method);
		yaml_writer_put_text(a, form, STR("url"), page->url);
	}
	if (!str_eq(name, arena_printf(a, "%.*s %.*s", STR_ARG(page->method), STR_ARG(page->url))))
		yaml_writer_put_text(a, step, STR("name"), name);
	expect = expected(fit, page);
	if (expect)
		yaml_writer_put(a, yaml_writer_put(a, step, STR("expect"), yaml_writer_map(a)),
				STR("status"), expect)
		    ->beside = arena_printf(a, "as recorded: %.3g %% were refused",
					    100.0 * (double)refusals / (double)page->count);
	return step;
}

struct str fit_name(struct fit *fit, const struct fit_page *page)
{
	struct arena *a = &fit->job->arena;
	const char *behind = "";

	switch (page->kind) {
	case FIT_PATH:
		break;
	case FIT_FOLDER:
		behind = "*";
		break;
	case FIT_OTHERS:
		return arena_printf(a, "%.*s others%s%.*s", STR_ARG(page->method),
				    page->host.len ? " of " : "", STR_ARG(page->host));
	}
	return arena_printf(a, "%.*s %.*s%.*s%s", STR_ARG(page->method), STR_ARG(page->host),
			    STR_ARG(page->name), behind);
}

static void put_weight(struct fit *fit, const struct fit_page *page, struct yaml_writer_node *entry)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *weight = yaml_writer_put(
	    a, entry, STR("weight"), yaml_writer_word(a, arena_printf(a, "%zu", page->count)));

	weight->beside =
	    arena_printf(a, "%.3g %%", 100.0 * (double)page->count / (double)fit->part.count);
	if (page->kind != FIT_PATH)
		weight->beside = arena_printf(a, "%.*s; %.*s paths", STR_ARG(weight->beside),
					      STR_ARG(fit_count(a, page->paths)));
}

/* The way to PAGE: a scenario, or a branch of `choose`. */
static struct yaml_writer_node *scenario_entry(struct fit *fit, const struct fit_page *page,
					       bool named)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *entry = yaml_writer_map(a);
	struct str name = fit_name(fit, page);

	if (named)
		yaml_writer_put_text(a, entry, STR("name"), name);
	put_weight(fit, page, entry);
	yaml_writer_add(a, yaml_writer_put(a, entry, STR("steps"), yaml_writer_list(a)),
			request(fit, page, name));
	return entry;
}

static void put_scenarios(struct fit *fit, struct yaml_writer_node *root)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *all =
	    yaml_writer_put(a, root, STR("scenarios"), yaml_writer_list(a));

	all->blank = true;
	for (size_t i = 0; i < fit->mix.pages.count; i++)
		yaml_writer_add(a, all, scenario_entry(fit, &fit->mix.pages.items[i], true));
}

/* ---- visits */

static struct str think_time(struct fit *fit)
{
	struct arena *a = &fit->job->arena;
	const struct fit_visits *v = &fit->visits;
	struct str mean = fit_duration(a, v->think_mean);

	if (v->think_spread < v->think_mean / 20)
		return mean;
	return arena_printf(a, "lognormal(%.*s, %.*s)", STR_ARG(mean),
			    STR_ARG(fit_duration(a, v->think_spread)));
}

static void put_pause(struct fit *fit, struct yaml_writer_node *steps)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *when = yaml_writer_add(a, steps, yaml_writer_map(a)), *then;

	yaml_writer_put_text(a, when, STR("if"), STR("${loop.index < loop.count}"));
	then = yaml_writer_put(a, when, STR("then"), yaml_writer_list(a));
	yaml_writer_put_text(a, yaml_writer_add(a, then, yaml_writer_map(a)), STR("think"),
			     think_time(fit));
}

static void put_visit(struct fit *fit, struct yaml_writer_node *root)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *steps =
	    yaml_writer_put(a, root, STR("steps"), yaml_writer_list(a));
	struct yaml_writer_node *loop = yaml_writer_add(a, steps, yaml_writer_map(a)), *choose,
				*inner;

	steps->blank = true;
	yaml_writer_put_text(a, loop, STR("repeat"), STR("${visit.requests}"));
	inner = yaml_writer_put(a, loop, STR("steps"), yaml_writer_list(a));
	choose = yaml_writer_put(a, yaml_writer_add(a, inner, yaml_writer_map(a)), STR("choose"),
				 yaml_writer_list(a));
	for (size_t i = 0; i < fit->mix.pages.count; i++)
		yaml_writer_add(a, choose, scenario_entry(fit, &fit->mix.pages.items[i], false));
	if (fit->visits.think_mean >= 0.001)
		put_pause(fit, inner);
}

static void put_defaults(struct fit *fit, struct yaml_writer_node *root)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *defaults =
				    yaml_writer_put(a, root, STR("defaults"), yaml_writer_map(a)),
				*reuse;

	defaults->blank = true;
	yaml_writer_put(a, defaults, STR("follow_redirects"), yaml_writer_word(a, STR("false")))
	    ->beside = STR("redirects that were followed are separate requests in the log");
	if (fit->by_visits) {
		yaml_writer_put_text(a, defaults, STR("on_failure"), STR("continue"))->beside =
		    STR("a visit continues");
		return;
	}
	reuse = yaml_writer_put(a, defaults, STR("connections"), yaml_writer_map(a));
	reuse->flow = true;
	yaml_writer_put_text(a, reuse, STR("reuse"), STR("pool"));
	reuse->beside = STR("each request is its own user; connections are passed on");
}

struct yaml_writer_node *fit_document(struct fit *fit)
{
	struct arena *a = &fit->job->arena;
	struct yaml_writer_node *root = yaml_writer_map(a);

	put_head(fit, root);
	yaml_writer_put_text(a, root, STR("name"), job_name(fit->job));
	put_target(fit, root);
	put_hosts(fit, root);
	put_parameters(fit, root);
	put_data(fit, root);
	put_defaults(fit, root);
	yaml_writer_put(a, root, STR("load"), fit_load(fit))->blank = true;
	if (fit->by_visits)
		put_visit(fit, root);
	else
		put_scenarios(fit, root);
	return root;
}
