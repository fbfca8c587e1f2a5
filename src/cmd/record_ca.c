#include "cmd/record_ca.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "record/ca_store.h"

static void print_day(const char *label, ns_t wall)
{
	char text[32];

	printf("  %-12s %s\n", label,
	       clock_format_utc(text, sizeof text, "%Y-%m-%d %H:%M UTC", wall));
}

static void print_authority(const struct ca_store *store, const struct ca *a)
{
	const struct ca_facts *facts = ca_facts(a);

	printf("%.*s\n", STR_ARG(facts->name));
	printf("  %-12s %.*s\n", "certificate", STR_ARG(store->certificate_path));
	printf("  %-12s %.*s (keep it secret)\n", "key", STR_ARG(store->key_path));
	print_day("valid until", facts->valid_until);
	printf("  %-12s %.*s\n", "SHA-256", STR_ARG(facts->fingerprint));
}

static enum exit_status show(const struct ca_store *store, bool make)
{
	enum exit_status status = EXIT_PASSED;
	struct ca *a = NULL;
	struct buf error;

	buf_init(&error, 0);
	switch (ca_store_open(store, clock_wall_ns(), make, &a, &error)) {
	case CA_READY:
	case CA_CREATED:
	case CA_RENEWED:
		print_authority(store, a);
		break;
	case CA_MISSING:
		printf("There is no certificate authority yet; the first recording creates it, or "
		       "reprise record ca create.\n");
		break;
	case CA_REFUSED:
		log_error("%.*s", STR_ARG(buf_str(&error)));
		status = EXIT_USAGE;
		break;
	}
	ca_free(a);
	buf_release(&error);
	return status;
}

static enum exit_status remove_authority(const struct ca_store *store)
{
	enum exit_status status = EXIT_PASSED;
	struct buf error;
	bool there;

	buf_init(&error, 0);
	if (!ca_store_remove(store, &there, &error)) {
		log_error("%.*s", STR_ARG(buf_str(&error)));
		status = EXIT_USAGE;
	} else if (there) {
		printf("The certificate authority was deleted. If you installed its certificate "
		       "somewhere, remove it there too.\n");
	} else {
		printf("There is no certificate authority.\n");
	}
	buf_release(&error);
	return status;
}

enum exit_status record_ca(const char *word)
{
	enum exit_status status = EXIT_USAGE;
	struct ca_store store;
	struct arena arena;
	struct buf error;

	arena_init(&arena, 4096);
	buf_init(&error, 0);
	if (!ca_store_find(&arena, &store, &error))
		log_error("%.*s", STR_ARG(buf_str(&error)));
	else if (!word || strcmp(word, "show") == 0)
		status = show(&store, false);
	else if (strcmp(word, "create") == 0)
		status = show(&store, true);
	else if (strcmp(word, "remove") == 0)
		status = remove_authority(&store);
	else
		log_error("record ca: '%s' is not supported; use show, create or remove", word);
	buf_release(&error);
	arena_release(&arena);
	return status;
}
