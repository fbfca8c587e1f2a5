#include "import/correlate/login_notes.h"

#include "base/ascii.h"

/* A name of a field as a YAML key. */
static struct str as_key(struct arena *a, struct str name)
{
	bool plain = name.len && !ascii_is_digit(name.ptr[0]);

	for (size_t i = 0; i < name.len; i++)
		plain = plain && (ascii_is_name(name.ptr[i]) || name.ptr[i] == '-');
	return plain ? name : arena_printf(a, "\"%.*s\"", STR_ARG(name));
}

/* Steps that lead to one account per user. USER and PASSWORD are the names of the fields. */
static void note_logins(struct conversion *conversion, struct str account, struct str where,
			struct str user, struct str password)
{
	struct import_job *job = conversion->job;
	struct arena *a = &job->arena;

	for (size_t i = 0; i < job->notes.count; i++)
		if (str_eq(job->notes.items[i].heading, STR("logins")))
			return;
	job_note(job, "logins",
		 "all users log in as %.*s; for one account per user:", STR_ARG(account));
	job_note(job, "logins",
		 "1. write a file accounts.csv: the line user,password, and a line such as "
		 "anna,secret for each account");
	job_note(job, "logins",
		 "2. add this line to the scenario, above `steps:`: data: {account: {file: "
		 "accounts.csv, per: user, secret: [password]}}");
	job_note(job, "logins",
		 "3. %.*s, set %.*s to \"${account.user}\" and %.*s to \"${account.password}\", "
		 "with the quotes",
		 STR_ARG(where), STR_ARG(as_key(a, user)), STR_ARG(as_key(a, password)));
}

static bool has_unique(const struct conversion_step *step)
{
	for (size_t i = 0; i < step->bindings.count; i++)
		if (str_eq(step->bindings.items[i].expression, STR("unique")))
			return true;
	return false;
}

/* The field before the password that has a value; NULL: none. */
static const struct tx_part *find_user(const struct conversion_step *step, uint32_t password)
{
	const struct page_use *use = step->page_use;
	const struct tx_part *found = NULL;

	for (size_t i = 0; use && i < use->values.count; i++)
		if (use->values.items[i].typed && use->values.items[i].kind == PAGE_VALUE_TEXT &&
		    use->values.items[i].items[0].pair->part)
			return use->values.items[i].items[0].pair->part;
	for (uint32_t i = 0; i < password && i < step->tx->part_count; i++)
		if (step->tx->parts[i].value.len && !step->tx->parts[i].file.ptr &&
		    !conversion_is_from_page(step, LOCATION_PART, i, 0,
					     step->tx->parts[i].value.len))
			found = &step->tx->parts[i];
	return found;
}

void login_notes_add(struct conversion *conversion, const struct request_value *sent)
{
	const struct conversion_step *step = &conversion->steps.items[sent->step];
	const struct tx_part *user = NULL;

	if ((!str_icontains(sent->name, STR("pass")) && !str_icontains(sent->name, STR("pwd"))) ||
	    has_unique(step))
		return;
	if (sent->location == LOCATION_PART)
		user = find_user(step, sent->index);
	note_logins(conversion,
		    user && !str_eq(user->value, sent->value) ? user->value
							      : STR("the recorded user"),
		    STR("in the step that logs in"), user ? user->name : STR("user"), sent->name);
}

void login_notes_add_basic(struct conversion *conversion)
{
	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];

		if (!step->disabled && step->basic_user.len &&
		    str_eq(step->tx->method, STR("GET")) &&
		    !str_eq(step->basic_user, STR("${USER_NAME}")))
			note_logins(conversion, step->basic_user, STR("in each `auth: {basic: …}`"),
				    STR("user"), STR("password"));
	}
}
