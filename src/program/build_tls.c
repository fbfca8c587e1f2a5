/* Compiles `tls:`. Client certificates that are known now are loaded once, and those of rows of
 * data too, so that a wrong one is found before anything is sent. */
#include <string.h>

#include "base/tls_identity.h"
#include "interface/reader.h"
#include "program/emitter.h"
#include "program/known_secrets.h"
#include "scenario/tls_settings.h"

/* Rows whose certificates are loaded. A later one that is wrong fails the requests that need it. */
#define ROWS_CHECKED 1000u
/* Errors that are reported for rows. */
#define ROW_ERRORS 5u

/* ---- what a certificate can depend on */

/* Only on the file and the user: names of files must not come from responses. */
struct uses {
	struct emitter *e;
	uint32_t set; /* the data set, plus one; 0: none */
	bool other;   /* rows cannot be enumerated */
};

static void look_at(struct uses *uses, const struct tmpl *t);

static void look_at_op(struct uses *uses, const struct expr_op *op)
{
	switch (op->code) {
	case EXPR_DATA:
		uses->other |= uses->set && uses->set != op->index + 1;
		uses->set = op->index + 1;
		break;
	case EXPR_SLOT:
	case EXPR_FORM:
		diag_error(uses->e->diags, op->span, DIAG_E204,
			   "a client certificate cannot depend on this; use a parameter, a row of "
			   "data or user.id");
		break;
	case EXPR_TEMPLATE:
		look_at(uses, op->tmpl);
		break;
	case EXPR_BUILTIN:
	case EXPR_COUNTER:
		uses->other = true;
		break;
	default:
		break;
	}
}

static void look_at(struct uses *uses, const struct tmpl *t)
{
	for (size_t i = 0; t && !t->constant && i < t->count; i++)
		for (uint32_t k = 0; t->parts[i].expr && k < t->parts[i].expr->count; k++)
			look_at_op(uses, &t->parts[i].expr->ops[k]);
}

/* ---- loading them */

struct certificate_check {
	struct emitter *e;
	const struct tls_plan *plan;
	const struct tls_settings *tls;
	struct eval eval;
	uint64_t row;
	struct buf texts; /* certificate, key and passphrase, each NUL-terminated */
	size_t at[3];
};

static struct span span_of(const struct tls_settings *tls, enum tls_identity_part part)
{
	static const char *const keys[] = {"cert", "key", "passphrase"};
	const char *key = keys_has(&tls->keys, tls_fields, keys[part]) ? keys[part] : "cert";

	return keys_value(&tls->keys, key)->span;
}

static bool row_of(struct eval *eval, uint32_t set, uint64_t *row)
{
	const struct certificate_check *c = eval->owner;

	(void)set;
	*row = c->row;
	return true;
}

/* A required parameter has no value while a file is only checked. */
static bool is_known(const struct text *text, const struct tmpl *t)
{
	return !t || !t->constant || t->value.text.len || !text->raw.len;
}

static bool render(struct certificate_check *c)
{
	const struct tmpl *parts[] = {c->plan->cert, c->plan->key, c->plan->passphrase};

	buf_clear(&c->texts);
	for (size_t i = 0; i < 3; i++) {
		c->at[i] = c->texts.len;
		if (parts[i] && i < 2)
			buf_add(&c->texts, c->plan->folder);
		if (parts[i] && !eval_render(parts[i], &c->eval, &c->texts))
			return false;
		buf_add_char(&c->texts, '\0');
		if (parts[i] && i < 2)
			program_tls_file_resolve(c->plan, &c->texts, c->at[i]);
	}
	return true;
}

/* False after an error, which names PLACE. */
static bool load(struct certificate_check *c, const char *place)
{
	struct tls_identity identity;
	enum tls_identity_part part;
	struct buf error;
	bool good;

	if (!render(c))
		return true; /* reported where it is needed */
	struct tls_identity_source source = {c->texts.data + c->at[0], c->texts.data + c->at[1],
					     c->texts.data + c->at[2]};
	buf_init(&error, 0);
	good = tls_identity_load(&source, &identity, &part, &error);
	tls_identity_release(&identity);
	if (!good)
		diag_error(c->e->diags, span_of(c->tls, part), DIAG_E313, "%s%.*s", place,
			   STR_ARG(buf_str(&error)));
	buf_release(&error);
	return good;
}

static void load_rows(struct certificate_check *c, uint32_t set)
{
	const struct data_set *data = &c->e->model->data[set];
	unsigned errors = 0;

	for (; c->row < data->rows.count && c->row < ROWS_CHECKED && errors < ROW_ERRORS;
	     c->row++) {
		size_t line = rows_line(&data->rows, c->row);
		struct str place =
		    line ? arena_printf(c->e->arena, "%.*s:%zu: ", STR_ARG(data->file), line)
			 : arena_printf(c->e->arena, "row %u of %.*s: ", (unsigned)c->row + 1,
					STR_ARG(data->name));

		errors += !load(c, arena_cstr(c->e->arena, place));
		scratch_clear(&c->e->scratch);
	}
}

static void check(struct emitter *e, const struct tls_settings *tls, const struct tls_plan *plan)
{
	struct certificate_check c = {.e = e, .plan = plan, .tls = tls};
	struct uses uses = {.e = e};
	struct rows_reader reader;
	size_t errors = e->diags->errors;

	look_at(&uses, plan->cert);
	look_at(&uses, plan->key);
	look_at(&uses, plan->passphrase);
	if (uses.other || !is_known(&tls->cert, plan->cert) || !is_known(&tls->key, plan->key) ||
	    !is_known(&tls->passphrase, plan->passphrase) || e->diags->errors != errors)
		return;
	rows_reader_init(&reader);
	buf_init(&c.texts, 0);
	c.eval = (struct eval){.scratch = &e->scratch,
			       .data = e->model->data,
			       .rows = &reader,
			       .row = row_of,
			       .owner = &c};
	if (uses.set)
		load_rows(&c, uses.set - 1);
	else
		load(&c, "");
	buf_release(&c.texts);
	rows_reader_release(&reader);
}

/* ---- plans */

static const struct tmpl *optional(struct emitter *e, const struct text *text)
{
	return text->raw.ptr ? build_template(e, text, ESCAPE_NONE) : NULL;
}

/* "" or "FOLDER/", of the file that the certificate is in. */
static struct str folder_of(const struct tls_settings *tls)
{
	struct str name = keys_value(&tls->keys, "cert")->span.source->name;
	size_t slash = name.len;

	while (slash > 0 && name.ptr[slash - 1] != '/')
		slash--;
	return str_slice(name, 0, slash);
}

/* The constant text of T, as a file name if PLAN is given; NULL: none, or it varies. */
static const char *constant(struct emitter *e, const struct tls_plan *plan, const struct tmpl *t)
{
	struct str text;

	if (!t || !t->constant)
		return NULL;
	text = t->value.text;
	if (plan && text.len && text.ptr[0] != '/')
		text = arena_printf(e->arena, "%.*s%.*s", STR_ARG(plan->folder), STR_ARG(text));
	return arena_cstr(e->arena, text);
}

static bool varies(const struct tmpl *t)
{
	return t && !t->constant;
}

static void add_certificate(struct emitter *e, const struct tls_settings *tls,
			    struct tls_plan *plan)
{
	plan->cert = optional(e, &tls->cert);
	plan->key = optional(e, &tls->key);
	plan->passphrase = optional(e, &tls->passphrase);
	plan->folder = folder_of(tls);
	plan->varies = varies(plan->cert) || varies(plan->key) || varies(plan->passphrase);
	plan->cert_file = plan->varies ? NULL : constant(e, plan, plan->cert);
	plan->key_file = plan->varies ? NULL : constant(e, plan, plan->key);
	plan->key_passphrase = plan->varies ? NULL : constant(e, NULL, plan->passphrase);
	if (plan->passphrase) {
		known_secrets_add_whole(e, STR("PASSPHRASE"), plan->passphrase);
		/* The program is freed before its errors are printed. */
		if (plan->passphrase->constant)
			diag_secret(e->diags,
				    arena_str(e->diags->arena, plan->passphrase->value.text));
	}
	check(e, tls, plan);
}

static struct tls_plan plan_of(struct emitter *e, const struct tls_settings *tls,
			       const struct tls_plan *base)
{
	struct tls_plan plan = *base;

	if (keys_has(&tls->keys, tls_fields, "verify"))
		plan.verify = tls->verify;
	if (keys_has(&tls->keys, tls_fields, "min_version"))
		plan.min_version = tls->min_version;
	if (tls->ca.len)
		plan.ca = tls->ca;
	if (tls->cert.raw.ptr)
		add_certificate(e, tls, &plan);
	return plan;
}

unsigned emit_pool_tls(struct emitter *e, const struct tls_settings *tls)
{
	struct tls_plan plan = plan_of(e, tls, &e->tls.items[0]);

	VEC_PUSH(e->arena, &e->tls, plan);
	return (unsigned)e->tls.count - 1;
}

void emitter_default_tls(struct emitter *e)
{
	const struct tls_settings *tls = &e->model->defaults.tls;
	struct tls_plan plain = {.verify = tls->verify, .min_version = tls->min_version};
	struct tls_plan plan = plan_of(e, tls, &plain);

	VEC_PUSH(e->arena, &e->tls, plan);
}

void program_tls_file_resolve(const struct tls_plan *plan, struct buf *texts, size_t at)
{
	size_t name = at + plan->folder.len;

	if (texts->data[name] != '/' && texts->data[name] != '\0')
		return;
	memmove(texts->data + at, texts->data + name, texts->len - name + 1);
	texts->len -= plan->folder.len;
}
