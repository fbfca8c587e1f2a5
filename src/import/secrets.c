/* Secrets out of the scenario: what a person typed as a password, keys, tokens nobody supplies. */
#include <ctype.h>

#include "base/encoding.h"
#include "import/correlate.h"

struct names {
	VEC(struct str) all;
};

/* ---- names and numbers that are secret */

static bool words_hold(struct str name, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= name.len; i++)
		if (str_ieq(str_slice(name, i, i + n), str_n(word, n)))
			return true;
	return false;
}

bool name_is_secret(struct str name)
{
	static const char *const whole[] = {"pass",	     "pwd",    "pin",	   "otp",
					    "authorization", "cookie", "id_token", "assertion",
					    "code_verifier", "auth",   "pw",	   "pswd",
					    "cvv",	     "cvc",    NULL};
	static const char *const inside[] = {
	    "password",	   "passwd",	    "passwort",	    "secret",
	    "api_key",	   "apikey",	    "api-key",	    "access_token",
	    "accesstoken", "refresh_token", "refreshtoken", "SAMLResponse",
	    "auth-token",  "auth_token",    "passphrase",   NULL};

	for (int i = 0; whole[i]; i++)
		if (str_ieq(name, str_of(whole[i])))
			return true;
	for (int i = 0; inside[i]; i++)
		if (words_hold(name, inside[i]))
			return true;
	return false;
}

/* Thirteen to nineteen digits whose check digit holds. */
static bool is_card(struct str s)
{
	unsigned sum = 0, count = 0;

	for (size_t i = s.len; i-- > 0;) {
		unsigned digit;

		if (s.ptr[i] == ' ' || s.ptr[i] == '-')
			continue;
		if (!isdigit((unsigned char)s.ptr[i]))
			return false;
		digit = (unsigned)(s.ptr[i] - '0');
		if (count++ % 2) {
			digit *= 2;
			digit = digit > 9 ? digit - 9 : digit;
		}
		sum += digit;
	}
	return count >= 13 && count <= 19 && sum % 10 == 0 && sum > 0;
}

static bool is_card_name(struct str name)
{
	return words_hold(name, "card") || words_hold(name, "cc") || words_hold(name, "pan") ||
	       words_hold(name, "number");
}

/* ---- parameters */

/* "clientSecret" as CLIENT_SECRET. */
static struct str parameter_name(struct flow *flow, struct str name)
{
	struct buf *out = &flow->scratch;

	buf_clear(out);
	if (str_ieq(str_slice(name, 0, 2), STR("X-")))
		name = str_slice(name, 2, name.len);
	for (size_t i = 0; i < name.len && out->len < 30; i++) {
		unsigned char ch = (unsigned char)name.ptr[i];
		bool hump = i && isupper(ch) && islower((unsigned char)name.ptr[i - 1]);

		if ((!isalnum(ch) || hump) && out->len && out->data[out->len - 1] != '_')
			buf_add_char(out, '_');
		if (isalnum(ch) && (out->len || isalpha(ch)))
			buf_add_char(out, (char)toupper(ch));
	}
	while (out->len && out->data[out->len - 1] == '_')
		out->len--;
	/* What a shell has names for, or nobody would recognize. */
	if (str_eq(buf_str(out), STR("PWD")) || str_eq(buf_str(out), STR("PASS"))) {
		buf_clear(out);
		buf_add(out, STR("PASSWORD"));
	}
	if (str_eq(buf_str(out), STR("AUTHORIZATION")) || !out->len) {
		buf_clear(out);
		buf_add(out, STR("ACCESS_TOKEN"));
	}
	return name_parameter(&flow->job->arena, buf_str(out));
}

static struct str add_parameter(struct flow *flow, struct str name, struct str value,
				const char *what)
{
	struct arena *a = &flow->job->arena;
	struct flow_parameter made = {.secret = true};
	struct str base = parameter_name(flow, name);

	for (size_t i = 0; i < flow->parameters.count; i++)
		if (str_eq(flow->parameters.items[i].value, value))
			return flow->parameters.items[i].name;
	made.name = base;
	for (unsigned n = 2;; n++) {
		bool taken = false;

		for (size_t i = 0; i < flow->parameters.count; i++)
			taken = taken || str_eq(flow->parameters.items[i].name, made.name);
		if (!taken)
			break;
		made.name = arena_printf(a, "%.*s_%u", STR_ARG(base), n);
	}
	made.value = arena_str(a, value);
	made.description = str_of(what);
	VEC_PUSH(a, &flow->parameters, made);
	job_note(flow->job, "taken out", "%.*s → parameter %.*s (secret)", STR_ARG(name),
		 STR_ARG(made.name));
	return made.name;
}

/* ---- the requests */

static bool is_bound(const struct flow_step *step, const struct demand *d)
{
	for (size_t i = 0; i < step->bindings.count; i++) {
		const struct binding *b = &step->bindings.items[i];

		if (b->place == d->place && b->index == d->index && b->from < d->to &&
		    d->from < b->to)
			return true;
	}
	return false;
}

static void take_out(struct flow *flow, const struct demand *d, struct str name)
{
	struct flow_step *step = &flow->steps.items[d->step];
	struct binding b = {
	    .place = d->place, .index = d->index, .from = d->from, .to = d->to, .expression = name};

	VEC_PUSH(&flow->job->arena, &step->bindings, b);
}

/* The names of a page's password fields. */
static void add_password_fields(struct flow *flow, struct str page, struct names *names)
{
	for (size_t at = 0; (at = str_find(page, STR("<input"), at)) != (size_t)-1; at++) {
		struct str tag = str_slice(page, at, str_find_char(page, '>', at));
		size_t type = str_find(tag, STR("type="), 0),
		       name = str_find(tag, STR(" name="), 0);
		size_t end;

		if (type == (size_t)-1 || name == (size_t)-1)
			continue;
		type += strlen("type=");
		type += type < tag.len && strchr("\"'", tag.ptr[type]) ? 1 : 0;
		if (!str_ieq(str_slice(tag, type, type + 8), STR("password")))
			continue;
		name += strlen(" name=");
		name += name < tag.len && strchr("\"'", tag.ptr[name]) ? 1 : 0;
		for (end = name; end < tag.len && !strchr("\"' />", tag.ptr[end]); end++)
			;
		if (end > name)
			VEC_PUSH(&flow->job->arena, &names->all,
				 arena_str(&flow->job->arena, str_slice(tag, name, end)));
	}
}

static void find_password_fields(struct flow *flow, struct names *names)
{
	struct buf scratch;

	buf_init(&scratch, 0);
	for (size_t i = 0; i < flow->steps.count; i++) {
		const struct transaction *tx = flow->steps.items[i].answer;

		buf_clear(&scratch);
		if (tx && words_hold(tx_media_type(&tx->body, &tx->headers), "html"))
			add_password_fields(flow, tx_body_bytes(&tx->body, &scratch), names);
	}
	buf_release(&scratch);
}

static bool is_password_field(const struct names *names, struct str name)
{
	for (size_t i = 0; i < names->all.count; i++)
		if (str_eq(names->all.items[i], name))
			return true;
	return false;
}

static const char *what_is_secret(const struct names *fields, const struct demand *d)
{
	if (d->in_path || d->is_part)
		return NULL;
	if (is_password_field(fields, d->name))
		return "The password that was typed in the recording";
	if (name_is_secret(d->name))
		return words_hold(d->name, "pass") || words_hold(d->name, "pwd")
			   ? "The password that was typed in the recording"
			   : "A secret of the recording";
	if (is_card_name(d->name) && is_card(d->value))
		return "The card number that was typed in the recording";
	return NULL;
}

static void take_basic(struct flow *flow, struct flow_step *step)
{
	struct str line = tx_header(&step->tx->request_headers, STR("Authorization"), 0), pair;
	struct arena *a = &flow->job->arena;
	size_t colon;

	if (!str_ieq(str_slice(line, 0, 6), STR("Basic ")))
		return;
	buf_clear(&flow->scratch);
	if (!base64_decode(&flow->scratch, str_trim(str_slice(line, 6, line.len))))
		return;
	pair = arena_str(a, buf_str(&flow->scratch));
	colon = str_find_char(pair, ':', 0);
	if (colon == (size_t)-1 || !str_is_utf8(pair, NULL) ||
	    str_find(pair, STR("${"), 0) != (size_t)-1)
		return;
	step->basic_user = str_slice(pair, 0, colon);
	step->basic_password = arena_printf(
	    a, "${%.*s}",
	    STR_ARG(add_parameter(flow, STR("password"), str_slice(pair, colon + 1, pair.len),
				  "The password that was typed in the recording")));
}

/* ---- inside longer texts */

static bool is_name_byte(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_' || ch == '-';
}

/* The word in front of the mark at AT: password: "…", password=…, <password>…. */
static struct str name_before(struct str text, size_t at)
{
	size_t end = at, from;

	while (end > 0 && strchr(" \"'\\", text.ptr[end - 1]))
		end--;
	for (from = end; from > 0 && is_name_byte(text.ptr[from - 1]); from--)
		;
	return str_slice(text, from, end);
}

/* The value behind the mark at AT; empty when it is none that stands there by itself. */
static struct str value_behind(struct str text, size_t at)
{
	const char *stop = text.ptr[at] == '>' ? "<" : "& \"'<;,";
	size_t from = at + 1, end;

	while (from < text.len && strchr(" \\", text.ptr[from]))
		from++;
	if (from < text.len && (text.ptr[from] == '"' || text.ptr[from] == '\'')) {
		stop = text.ptr[from] == '"' ? "\"\\" : "'\\";
		from++;
	} else if (text.ptr[at] == ':') {
		return STR("");
	}
	for (end = from; end < text.len && !strchr(stop, text.ptr[end]); end++)
		;
	if (from < text.len && (text.ptr[from] == '$' || text.ptr[from] == '{'))
		return STR("");
	return str_slice(text, from, end);
}

static void take_inside(struct flow *flow, struct demand d, struct str text)
{
	for (size_t i = 1; i < text.len; i++) {
		struct str name, value;

		if (text.ptr[i] != ':' && text.ptr[i] != '=' && text.ptr[i] != '>')
			continue;
		name = name_before(text, i);
		if (!name_is_secret(name))
			continue;
		value = value_behind(text, i);
		if (!value.len)
			continue;
		d.from = (size_t)(value.ptr - text.ptr);
		d.to = d.from + value.len;
		if (!is_bound(&flow->steps.items[d.step], &d))
			take_out(flow, &d,
				 add_parameter(flow, name, value, "A secret of the recording"));
	}
}

/* GraphQL, JSON in a text, XML, the address a request came from. */
static void take_in_texts(struct flow *flow, uint32_t k)
{
	struct arena *a = &flow->job->arena;
	struct flow_step *step = &flow->steps.items[k];
	const struct transaction *tx = step->tx;
	struct demand d = {.step = k, .place = PLACE_HEADER};

	for (d.index = 0; d.index < tx->request_headers.list.count; d.index++)
		if (str_ieq(tx->request_headers.list.items[d.index].name, STR("Referer")))
			take_inside(flow, d, tx->request_headers.list.items[d.index].value);
	d.place = PLACE_PART;
	for (d.index = 0; d.index < tx->part_count; d.index++)
		if (!tx->parts[d.index].file.ptr)
			take_inside(flow, d, tx->parts[d.index].value);
	d.place = PLACE_JSON;
	for (d.index = 0; step->json && d.index < step->json->count; d.index++)
		if (json_type(&step->json->items[d.index]) == JSON_STRING)
			take_inside(flow, d,
				    arena_str(a, flow_text(flow, step, PLACE_JSON, d.index)));
	d.place = PLACE_BODY;
	d.index = 0;
	if (!step->json && !tx->part_count && tx->request_body.raw.len < (1u << 20) &&
	    str_is_utf8(tx->request_body.raw, NULL))
		take_inside(flow, d, tx->request_body.raw);
}

static void offer_accounts(struct flow *flow, const struct demand *d)
{
	if (!words_hold(d->name, "pass") && !words_hold(d->name, "pwd"))
		return;
	for (size_t i = 0; i < flow->job->notes.count; i++)
		if (str_eq(flow->job->notes.items[i].heading, STR("logins")))
			return;
	job_note(flow->job, "logins",
		 "all users log in with the recorded name; for one account each, data: {account: "
		 "{file: accounts.csv, per: user, secret: [password]}}, then ${account.user}");
}

static void take_fields(struct flow *flow, struct correlation *c)
{
	struct names fields = {0};

	find_password_fields(flow, &fields);
	for (size_t i = 0; i < c->demands.count; i++) {
		struct demand *d = &c->demands.items[i];
		const char *what = what_is_secret(&fields, d);

		if (!what || is_bound(&flow->steps.items[d->step], d))
			continue;
		take_out(flow, d, add_parameter(flow, d->name, d->value, what));
		offer_accounts(flow, d);
	}
	/* The same value elsewhere is as secret. */
	for (size_t i = 0; i < c->demands.count; i++) {
		struct demand *d = &c->demands.items[i];

		for (size_t k = 0; k < flow->parameters.count && d->value.len >= 4; k++)
			if (str_eq(flow->parameters.items[k].value, d->value) &&
			    !is_bound(&flow->steps.items[d->step], d))
				take_out(flow, d, flow->parameters.items[k].name);
	}
	for (uint32_t k = 0; k < flow->steps.count; k++)
		if (!flow->steps.items[k].disabled)
			take_in_texts(flow, k);
}

void flow_take_secrets(struct flow *flow)
{
	struct arena *a = &flow->job->arena;
	struct correlation c = {.flow = flow, .list = &flow->job->list};

	for (size_t i = 0; i < flow->steps.count; i++)
		if (!flow->steps.items[i].disabled)
			take_basic(flow, &flow->steps.items[i]);
	c.wants = wants_new(a);
	c.aliases = wants_new(a);
	c.step_order = ARENA_ARRAY(a, flow->steps.count + 1, uint32_t);
	buf_init(&c.text, 0);
	correlation_demands(&c);
	take_fields(flow, &c);
	buf_release(&c.text);
}
