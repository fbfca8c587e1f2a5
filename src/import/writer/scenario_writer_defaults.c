/* `defaults:`: what most requests of a visit share. */
#include "import/writer/scenario_writer.h"

struct common {
	struct str name, value;
	size_t count;
};

static bool is_request(const struct conversion_step *step)
{
	return !step->disabled && step->tx->kind == TX_REQUEST;
}

/* Headers that belong to one request; Accept is chosen by choose_accept. */
static bool is_of_step(const struct tx_header *h)
{
	static const char *const names[] = {"Referer",	     "Origin", "Content-Type",
					    "Authorization", "Accept", NULL};

	for (int i = 0; names[i]; i++)
		if (str_ieq(h->name, str_of(names[i])))
			return true;
	return false;
}

/* Number of steps with the same value for each header. */
static size_t count_headers(struct conversion *conversion, struct common *all, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];
		const struct tx_headers *headers = &step->tx->request_headers;

		for (size_t k = 0; k < headers->list.count && is_request(step); k++) {
			const struct tx_header *h = &headers->list.items[k];
			size_t n = 0;

			if (is_of_step(h) || transaction_header(headers, h->name, 1).ptr ||
			    (scenario_writer_is_dropped(step->tx, h) &&
			     !str_ieq(h->name, STR("User-Agent"))) ||
			    scenario_writer_is_bound(step, LOCATION_HEADER, (uint32_t)k, 0,
						     SIZE_MAX))
				continue;
			while (n < count &&
			       !(str_ieq(all[n].name, h->name) && str_eq(all[n].value, h->value)))
				n++;
			if (n == count && count < max)
				all[count++] = (struct common){h->name, h->value, 0};
			if (n < count)
				all[n].count++;
		}
	}
	return count;
}

/* As the recorder was configured to verify servers. */
static void put_tls(struct conversion *conversion, struct yaml_writer_node *defaults)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *tls = yaml_writer_map(a);

	if (!str_ieq(str_slice(conversion->target, 0, 6), STR("https:")))
		return;
	if (conversion->job->tls_insecure)
		yaml_writer_put(a, tls, STR("verify"), yaml_writer_text(a, STR("no")));
	else if (conversion->job->tls_ca.len)
		yaml_writer_put_text(a, tls, STR("ca"), conversion->job->tls_ca);
	tls->flow = true;
	if (tls->members.count)
		yaml_writer_put(a, defaults, STR("tls"), tls);
}

/* The number of bytes that `Accept` headers take if VALUE is the default; SIZE_MAX if a step has no
 * such header, because the default would be added to it. */
static size_t accept_bytes(const struct conversion *conversion, struct str value)
{
	size_t bytes = 0;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];
		struct str own = transaction_header(&step->tx->request_headers, STR("Accept"), 0);

		if (!is_request(step))
			continue;
		if (!own.len)
			return SIZE_MAX;
		own = scenario_writer_accept(own);
		bytes += str_eq(own, value) ? 0 : own.len + STR("headers: Accept: ").len;
	}
	return bytes;
}

/* Pages, data and assets are requested with different types: the one with which the file is
 * shortest is the default. Empty: none. */
static struct str choose_accept(const struct conversion *conversion)
{
	struct str best = SCENARIO_WRITER_ANY_TYPE;
	size_t least = accept_bytes(conversion, best);

	for (size_t i = 0; i < conversion->steps.count; i++) {
		struct str own = scenario_writer_accept(transaction_header(
		    &conversion->steps.items[i].tx->request_headers, STR("Accept"), 0));
		size_t bytes;

		if (!own.len || str_eq(own, best) || scenario_writer_has_control(own))
			continue;
		bytes = accept_bytes(conversion, own);
		if (bytes < least) {
			least = bytes;
			best = own;
		}
	}
	return str_eq(best, SCENARIO_WRITER_ANY_TYPE) || conversion->steps.count < 2 ? STR("")
										     : best;
}

static struct str header_text(struct conversion *conversion, struct str value)
{
	return scenario_writer_text(conversion, &conversion->steps.items[0], LOCATION_HEADER,
				    UINT32_MAX, value, 0, false);
}

/* The credentials of every step, if they are the same and all steps go to the target: `defaults`
 * sends them to no other host. NULL otherwise. */
static const struct conversion_step *common_auth(const struct conversion *conversion)
{
	const struct conversion_step *first = NULL;
	struct url url, target;
	size_t count = 0;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];

		if (!is_request(step))
			continue;
		first = first ? first : step;
		if (!step->basic_user.ptr || step->tx->more ||
		    !str_eq(step->basic_user, first->basic_user) ||
		    !str_eq(step->basic_password, first->basic_password) ||
		    !url_split(step->tx->url, &url) || !url_split(conversion->target, &target) ||
		    !url_same_origin(&url, &target))
			return NULL;
		count++;
	}
	return count > 1 ? first : NULL;
}

/* The trace context of a recorded request, as a setting: each user gets new traces. */
static const char *trace_context_of(const struct transaction *tx)
{
	static const struct {
		const char *header, *setting;
	} table[] = {{"traceparent", "w3c"}, {"b3", "b3"}, {"X-B3-TraceId", "b3_multi"}};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (transaction_header(&tx->request_headers, str_of(table[i].header), 0).len)
			return table[i].setting;
	return NULL;
}

static void put_trace_context(struct conversion *conversion, struct yaml_writer_node *defaults)
{
	const char *setting = NULL;

	for (size_t i = 0; i < conversion->steps.count && !setting; i++)
		if (!conversion->steps.items[i].disabled)
			setting = trace_context_of(conversion->steps.items[i].tx);
	if (setting)
		yaml_writer_put_text(&conversion->job->arena, defaults, STR("trace_context"),
				     str_of(setting))
		    ->beside = STR("new traces, instead of the recorded ones");
}

void scenario_writer_defaults(struct conversion *conversion, struct yaml_writer_node *root)
{
	struct arena *a = &conversion->job->arena;
	struct common all[256];
	size_t count = count_headers(conversion, all, sizeof all / sizeof *all), steps = 0;
	struct yaml_writer_node *defaults = yaml_writer_map(a), *headers = yaml_writer_map(a);
	struct str accept = choose_accept(conversion);
	const struct conversion_step *auth = common_auth(conversion);

	for (size_t i = 0; i < conversion->steps.count; i++)
		steps += is_request(&conversion->steps.items[i]);
	for (size_t i = 0; i < count; i++) {
		struct str text;

		if (all[i].count * 5 < steps * 4 || steps < 2 ||
		    scenario_writer_has_control(all[i].value))
			continue;
		text = header_text(conversion, all[i].value);
		if (str_ieq(all[i].name, STR("User-Agent")))
			yaml_writer_put_text(a, defaults, STR("user_agent"), text);
		else if (!yaml_writer_find(headers, all[i].name))
			yaml_writer_put_text(a, headers, all[i].name, text);
	}
	if (accept.len)
		yaml_writer_put_text(a, headers, STR("Accept"), header_text(conversion, accept));
	conversion->shared = headers;
	if (headers->members.count)
		yaml_writer_put(a, defaults, STR("headers"), headers);
	conversion->shared_auth = auth != NULL;
	if (auth)
		scenario_writer_auth(conversion, auth, defaults);
	put_tls(conversion, defaults);
	if (conversion->new_visitor)
		yaml_writer_put_text(a, defaults, STR("cookie_jar"), STR("per_iteration"))->beside =
		    STR("each iteration is a new visitor");
	put_trace_context(conversion, defaults);
	scenario_writer_default_outcome(conversion, defaults);
	if (defaults->members.count)
		yaml_writer_put(a, root, STR("defaults"), defaults)->blank = true;
}
