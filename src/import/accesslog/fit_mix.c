#include "import/accesslog/fit_mix.h"

#include <stdlib.h>

#include "import/accesslog/path_template.h"

#define FOLDERS_MAX   10u
#define FOLDER_SHARES 100u /* a folder gets its own page if it has at least 1/n of all requests */
#define FOLDER_LONG   40u  /* a name of this many bytes may have been cut in the template */
#define NONE	      UINT32_MAX

/* Requests of one method and template. */
struct path_group {
	size_t count;
	uint32_t number; /* the key that identifies it */
	uint32_t page;
	uint32_t folder; /* 0: none */
	uint32_t host;	 /* 0: the site's host */
	uint8_t method;
};

struct path_folder {
	size_t count, groups;
	uint32_t number, page, host;
	uint8_t method;
};

struct path_grouping {
	struct arena *a;
	const struct access_log *log;
	struct fit_mix *mix;
	struct buf text;
	struct intern keys, folders; /* "GET /orders/{id}", "GET /blog/" */
	struct path_group *groups;   /* by index into `keys` */
	struct path_folder *folder;  /* by index into `folders` */
	uint32_t *of_record;	     /* its group */
	uint32_t site;		     /* index of the site's host */
};

/* The last request of a URL, so that templates are made once. */
struct known {
	uint32_t group, host;
	uint8_t method;
};

/* ---- groups */

/* 0: the host all requests are sent to */
static uint32_t host_of(const struct path_grouping *s, const struct access_record *r)
{
	return r->host == s->site ? 0 : r->host;
}

static uint32_t group_of(struct path_grouping *s, const struct access_record *r)
{
	buf_clear(&s->text);
	buf_printf(&s->text, "%.*s %.*s", STR_ARG(access_log_method_name(s->log, r)),
		   STR_ARG(access_log_text(s->log, host_of(s, r))));
	path_template(&s->text, access_log_text(s->log, r->url));
	return intern_add(&s->keys, buf_str(&s->text));
}

static void group_records(struct path_grouping *s)
{
	const struct access_log *log = s->log;
	struct known *known = ARENA_ARRAY(s->a, log->texts.count, struct known);

	s->of_record = ARENA_ARRAY(s->a, log->count + 1, uint32_t);
	for (size_t i = 0; i < log->count; i++) {
		const struct access_record *r = &log->records[i];
		struct known *k = &known[r->url];

		if (!k->group || k->method != r->method || k->host != r->host)
			*k = (struct known){group_of(s, r), r->host, r->method};
		s->of_record[i] = k->group;
	}
	s->groups = ARENA_ARRAY(s->a, s->keys.count, struct path_group);
	for (size_t i = 0; i < log->count; i++) {
		struct path_group *g = &s->groups[s->of_record[i]];

		g->count++;
		g->number = s->of_record[i];
		g->method = log->records[i].method;
		g->host = host_of(s, &log->records[i]);
		g->page = NONE;
	}
}

/* "/orders/{id}" of "GET www.example.org/orders/{id}". */
static struct str path_in(struct str key)
{
	return str_slice(key, str_find_char(key, '/', str_find_char(key, ' ', 0)), key.len);
}

static int by_count(const void *a, const void *b)
{
	const struct path_group *x = *(const struct path_group *const *)a;
	const struct path_group *y = *(const struct path_group *const *)b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

/* ---- folders */

static void find_folder(struct path_grouping *s, struct path_group *g)
{
	struct str template = path_in(intern_text(&s->keys, g->number));
	size_t slash = str_find_char(template, '/', 1);
	struct str first = str_slice(template, 0, slash);

	if (slash == NOT_FOUND || str_find(first, STR("{id}"), 0) != NOT_FOUND || first.len < 2 ||
	    first.len >= FOLDER_LONG)
		return;
	buf_clear(&s->text);
	buf_printf(&s->text, "%.*s %.*s%.*s/", STR_ARG(s->log->methods[g->method].name),
		   STR_ARG(access_log_text(s->log, g->host)), STR_ARG(first));
	g->folder = intern_add(&s->folders, buf_str(&s->text));
}

static int by_folder_count(const void *a, const void *b)
{
	const struct path_folder *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

/* ---- pages */

static uint32_t add_page(struct path_grouping *s, enum fit_kind kind, uint8_t method, uint32_t host,
			 struct str name)
{
	struct fit_page page = {.kind = kind,
				.method = s->log->methods[method].name,
				.host = access_log_text(s->log, host),
				.name = arena_str(s->a, name)};

	VEC_PUSH(s->a, &s->mix->pages, page);
	return (uint32_t)s->mix->pages.count - 1;
}

/* For groups without their own page: the folders that hold many of them. */
static void add_folders(struct path_grouping *s, struct path_group **rest, size_t count)
{
	struct path_folder *sorted;
	size_t all;

	for (size_t i = 0; i < count; i++)
		find_folder(s, rest[i]);
	all = s->folders.count;
	sorted = ARENA_ARRAY(s->a, all, struct path_folder);
	for (size_t i = 0; i < count; i++) {
		struct path_folder *f = &sorted[rest[i]->folder];

		f->count += rest[i]->folder ? rest[i]->count : 0;
		f->groups++;
		f->number = rest[i]->folder;
		f->method = rest[i]->method;
		f->host = rest[i]->host;
	}
	qsort(sorted, all, sizeof *sorted, by_folder_count);
	s->folder = ARENA_ARRAY(s->a, all, struct path_folder);
	for (size_t i = 0, taken = 0; i < all; i++) {
		struct path_folder *f = &sorted[i];
		struct str key = intern_text(&s->folders, f->number);

		f->page = NONE;
		if (f->number && f->groups > 1 && taken < FOLDERS_MAX &&
		    f->count * FOLDER_SHARES >= s->log->count) {
			f->page = add_page(s, FIT_FOLDER, f->method, f->host, path_in(key));
			taken++;
		}
		s->folder[f->number] = *f;
	}
}

/* One group per method and host. */
static uint32_t page_for_others(struct path_grouping *s, const struct path_group *g)
{
	if (g->folder && s->folder[g->folder].page != NONE)
		return s->folder[g->folder].page;
	for (size_t i = s->mix->pages.count; i-- > 0;) {
		const struct fit_page *p = &s->mix->pages.items[i];

		if (p->kind != FIT_OTHERS)
			break;
		if (str_eq(p->method, s->log->methods[g->method].name) &&
		    str_eq(p->host, access_log_text(s->log, g->host)))
			return (uint32_t)i;
	}
	return add_page(s, FIT_OTHERS, g->method, g->host, STR("/"));
}

/* Number of groups that get their own page, the most frequent first. Rarely requested groups do
 * not, unless there is room for all. */
static size_t stands_alone(struct path_group *const *sorted, size_t count, size_t max, size_t least)
{
	size_t alone = 0;

	if (count <= max + 1)
		return count;
	while (alone < max && sorted[alone]->count >= least)
		alone++;
	return alone;
}

static void make_pages(struct path_grouping *s, size_t max, size_t least)
{
	size_t count = 0, alone;
	struct path_group **sorted = ARENA_ARRAY(s->a, s->keys.count, struct path_group *);

	for (uint32_t i = 0; i < s->keys.count; i++)
		if (s->groups[i].count)
			sorted[count++] = &s->groups[i];
	qsort(sorted, count, sizeof *sorted, by_count);
	alone = stands_alone(sorted, count, max, least);
	for (size_t i = 0; i < alone; i++)
		sorted[i]->page = add_page(s, FIT_PATH, sorted[i]->method, sorted[i]->host,
					   path_in(intern_text(&s->keys, sorted[i]->number)));
	add_folders(s, sorted + alone, count - alone);
	for (size_t i = alone; i < count; i++)
		sorted[i]->page = page_for_others(s, sorted[i]);
	for (size_t i = 0; i < count; i++) {
		s->mix->pages.items[sorted[i]->page].count += sorted[i]->count;
		s->mix->pages.items[sorted[i]->page].paths++;
	}
}

/* ---- the facts of each page */

static void count_status(struct arena *a, struct fit_page *page, uint16_t status)
{
	for (size_t i = 0; i < page->statuses.count; i++)
		if (page->statuses.items[i].status == status) {
			page->statuses.items[i].count++;
			return;
		}
	if (status)
		VEC_PUSH(a, &page->statuses, ((struct fit_status){status, 1}));
}

static int by_status_count(const void *a, const void *b)
{
	const struct fit_status *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->status - y->status;
}

static void fill_pages(struct path_grouping *s)
{
	struct fit_mix *mix = s->mix;
	uint32_t *places = ARENA_ARRAY(s->a, s->log->count + 1, uint32_t);
	size_t *next = ARENA_ARRAY(s->a, mix->pages.count + 1, size_t), at = 0;

	for (size_t p = 0; p < mix->pages.count; p++) {
		next[p] = at;
		at += mix->pages.items[p].count;
	}
	for (size_t i = 0; i < s->log->count; i++) {
		uint32_t p = s->groups[s->of_record[i]].page;

		places[next[p]++] = (uint32_t)i;
		count_status(s->a, &mix->pages.items[p], s->log->records[i].status);
	}
	for (size_t p = 0; p < mix->pages.count; p++) {
		struct fit_page *page = &mix->pages.items[p];

		if (page->statuses.count)
			qsort(page->statuses.items, page->statuses.count,
			      sizeof *page->statuses.items, by_status_count);
		fit_mix_values(s->a, s->log, places + next[p] - page->count, page->count, mix,
			       page);
	}
}

static int by_page_count(const void *a, const void *b)
{
	const struct fit_page *x = a, *y = b;

	if ((x->kind == FIT_OTHERS) != (y->kind == FIT_OTHERS))
		return x->kind == FIT_OTHERS ? 1 : -1;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return 0;
}

void fit_mix(struct arena *a, const struct access_log *log, size_t max, size_t least,
	     struct fit_mix *out)
{
	struct path_grouping s = {.a = a, .log = log, .mix = out};
	uint32_t site = intern_find(&log->texts, log->host);

	*out = (struct fit_mix){.secrets_dropped = 0};
	s.site = site == UINT32_MAX ? 0 : site;
	buf_init(&s.text, 0);
	intern_init(&s.keys);
	intern_init(&s.folders);
	group_records(&s);
	make_pages(&s, max, least);
	fill_pages(&s);
	if (out->pages.count)
		qsort(out->pages.items, out->pages.count, sizeof *out->pages.items, by_page_count);
	intern_release(&s.folders);
	intern_release(&s.keys);
	buf_release(&s.text);
}
