/*
 * libFuzzer target for the masking of secrets: the input is two secrets and a text, separated by
 * zero bytes. Each form of the secrets is put into the text at a place that the input selects;
 * after the masking the text has no form of a secret, plain or decoded, and masking it again
 * changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret_mask.h"
#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRETS 2

static void must(bool holds, const char *what, struct str text)
{
	if (holds)
		return;
	fprintf(stderr, "not true: %s: %.*s\n", what, STR_ARG(text));
	abort();
}

/* True if the replacement itself may be a part of SECRET, which is then found in masked texts. */
static bool is_ambiguous(struct str secret)
{
	return str_find_char(secret, '*', 0) != NOT_FOUND || secret.len < SECRET_FORMS_MIN;
}

/* The next field of ALL, from *AT. */
static struct str field(struct str all, size_t *at)
{
	size_t zero = str_find_char(all, '\0', *at), from = *at;

	*at = zero < all.len ? zero + 1 : all.len;
	return str_slice(all, from, zero < all.len ? zero : all.len);
}

static void count(void *owner, const struct secret_hit *hit)
{
	size_t *hits = owner;

	must(hit->from < hit->to, "a hit has bytes", hit->name);
	++*hits;
}

static size_t hits_in(const struct secret_set *set, struct str text)
{
	size_t hits = 0;

	secret_set_search(set, text, count, &hits);
	return hits;
}

/* TEXT, a form of a secret inside it, without that form after the masking. */
static void check_masked(struct secret_mask *mask, const struct secret_set *set, struct str text,
			 size_t at, struct str form)
{
	const struct secret_set *sets[] = {set};
	struct buf out, again;

	buf_init(&out, 0);
	buf_init(&again, 0);
	buf_add(&out, str_slice(text, 0, at));
	buf_add(&out, form);
	buf_add(&out, str_slice(text, at, text.len));
	secret_mask_text(mask, sets, 1, SECRET_MASK_HIDDEN, &out);
	must(str_find(buf_str(&out), form, 0) == NOT_FOUND, "a form is masked", form);
	must(!hits_in(set, buf_str(&out)), "no other form is left", buf_str(&out));
	buf_add(&again, buf_str(&out));
	secret_mask_text(mask, sets, 1, SECRET_MASK_HIDDEN, &again);
	must(str_find(buf_str(&again), form, 0) == NOT_FOUND, "a form stays masked", form);
	buf_clear(&again);
	buf_add(&again, text);
	secret_mask_text(mask, sets, 1, SECRET_MASK_WIDTH, &again);
	must(again.len == text.len, "the width stays", text);
	buf_clear(&again);
	buf_add(&again, text);
	secret_mask_text(mask, sets, 1, SECRET_MASK_NAMED, &again);
	buf_release(&out);
	buf_release(&again);
}

static void check_secret(struct secret_mask *mask, const struct secret_set *set, struct str secret,
			 struct str text)
{
	struct secret_forms forms;
	struct buf encoded;
	size_t at = text.len ? (unsigned char)text.ptr[0] % text.len : 0;

	secret_forms_init(&forms, secret);
	for (size_t i = 0; i < forms.count; i++)
		check_masked(mask, set, text, at, forms.forms[i]);
	secret_forms_release(&forms);
	buf_init(&encoded, 0);
	url_encode(&encoded, secret, false);
	check_masked(mask, set, STR(""), 0, buf_str(&encoded));
	buf_clear(&encoded);
	url_encode(&encoded, secret, true);
	check_masked(mask, set, STR(""), 0, buf_str(&encoded));
	buf_release(&encoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str all = str_n((const char *)data, size), secrets[SECRETS], text;
	struct secret_mask mask;
	struct secret_set set;
	bool ambiguous = false;
	size_t at = 0;

	secret_set_init(&set);
	secret_mask_init(&mask);
	for (size_t i = 0; i < SECRETS; i++) {
		secrets[i] = field(all, &at);
		ambiguous |= is_ambiguous(secrets[i]);
		secret_set_add(&set, STR("a"), secrets[i]);
	}
	if (size > 1 && data[0] & 1)
		secret_set_add_after(&set, STR("b"), secrets[1], secrets[0]);
	secret_set_prepare(&set);
	text = str_slice(all, at, all.len);
	for (size_t i = 0; i < SECRETS && !ambiguous; i++)
		check_secret(&mask, &set, secrets[i], text);
	secret_set_release(&set);
	secret_mask_release(&mask);
	return 0;
}
