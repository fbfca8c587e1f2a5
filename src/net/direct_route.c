#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/client_identity.h"
#include "net/client_private.h"
#include "net/transport_choice.h"

/*
 * Which requests are sent directly, and to which server. The host is the one that libcurl found in
 * the URL, so that both transports understand a URL in the same way.
 */

static char *part_of(CURLU *parsed, CURLUPart part, unsigned flags)
{
	char *text = NULL;

	return curl_url_get(parsed, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static bool has_part(CURLU *parsed, CURLUPart part)
{
	char *text = part_of(parsed, part, 0);
	bool has = text != NULL;

	curl_free(text);
	return has;
}

/* The host without the brackets of an IPv6 address; false if libcurl must convert it. */
static bool copy_host(CURLU *parsed, char out[256])
{
	char *host = part_of(parsed, CURLUPART_HOST, 0);
	size_t len = host ? strlen(host) : 0, skip = host && host[0] == '[';
	bool good = len > 2 * skip && len < 256;

	for (size_t i = 0; i < len; i++)
		good &=
		    (unsigned char)host[i] > ' ' && (unsigned char)host[i] < 0x7f && host[i] != '%';
	if (good) {
		memcpy(out, host + skip, len - 2 * skip);
		out[len - 2 * skip] = '\0';
	}
	curl_free(host);
	return good;
}

static bool set_local(const char *path, struct direct_address *out)
{
	if (strlen(path) >= sizeof out->to.local.sun_path)
		return false;
	out->to.local.sun_family = AF_UNIX;
	strcpy(out->to.local.sun_path, path);
	out->len = sizeof out->to.local;
	return true;
}

bool direct_address_parse(struct str text, unsigned port, struct direct_address *out)
{
	char host[INET6_ADDRSTRLEN];

	*out = (struct direct_address){.len = 0};
	if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
		text = str_slice(text, 1, text.len - 1);
	if (text.len >= sizeof host)
		return false;
	memcpy(host, text.ptr, text.len);
	host[text.len] = '\0';
	if (inet_pton(AF_INET, host, &out->to.four.sin_addr) == 1) {
		out->to.four.sin_family = AF_INET;
		out->to.four.sin_port = htons((uint16_t)port);
		out->len = sizeof out->to.four;
	} else if (inet_pton(AF_INET6, host, &out->to.six.sin6_addr) == 1) {
		out->to.six.sin6_family = AF_INET6;
		out->to.six.sin6_port = htons((uint16_t)port);
		out->len = sizeof out->to.six;
	}
	return out->len > 0;
}

static const char *authority_of(struct arena *a, const struct direct_origin *o)
{
	bool six = strchr(o->host, ':') != NULL;
	struct str host = arena_printf(a, six ? "[%s]" : "%s", o->host);

	if (o->port == (o->tls ? 443u : 80u))
		return arena_cstr(a, host);
	return arena_cstr(a, arena_printf(a, "%.*s:%u", STR_ARG(host), o->port));
}

/* FNV-1a. */
static struct direct_origin **bucket_of(struct client *c, const char *host, unsigned port)
{
	uint32_t hash = 2166136261u ^ port;

	for (; *host; host++)
		hash = (hash ^ (unsigned char)*host) * 16777619u;
	return &c->direct.origins[hash % DIRECT_ORIGIN_BUCKETS];
}

static struct direct_origin *find(struct client *c, const char *host, unsigned port, bool tls)
{
	struct direct_origin *o = *bucket_of(c, host, port);

	while (o && (o->port != port || o->tls != tls || strcmp(o->host, host) != 0))
		o = o->next;
	return o;
}

static bool set_address(struct client *c, struct direct_origin *o)
{
	const char *path = c->config.unix_socket;

	if (path) {
		o->has_address = set_local(path, &o->address);
		return o->has_address;
	}
	o->has_address = direct_address_parse(str_of(o->host), o->port, &o->address);
	return true;
}

static const struct direct_origin *new_origin(struct client *c, const char *host, unsigned port,
					      bool tls)
{
	struct direct_origin **bucket = bucket_of(c, host, port), *o;

	if (c->direct.origin_count == DIRECT_ORIGINS_MAX)
		return NULL;
	c->direct.origin_count++;
	o = ARENA_NEW(&c->arena, struct direct_origin);
	*o = (struct direct_origin){
	    .host = arena_cstr(&c->arena, str_of(host)), .port = port, .tls = tls};
	o->authority = authority_of(&c->arena, o);
	if (!set_address(c, o))
		return NULL;
	o->next = *bucket;
	*bucket = o;
	return o;
}

const struct direct_origin *direct_origin_of(struct client *c, void *parsed)
{
	char host[256], *scheme, *port;
	const struct direct_origin *o;

	if (has_part(parsed, CURLUPART_USER) || has_part(parsed, CURLUPART_ZONEID) ||
	    !copy_host(parsed, host))
		return NULL;
	scheme = part_of(parsed, CURLUPART_SCHEME, 0);
	port = part_of(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	bool tls = scheme && strcmp(scheme, "https") == 0;
	unsigned number = port ? (unsigned)strtoul(port, NULL, 10) : 0;
	bool known = scheme && (tls || strcmp(scheme, "http") == 0);
	o = known ? find(c, host, number, tls) : NULL;
	if (!o && known && number)
		o = new_origin(c, host, number, tls);
	curl_free(scheme);
	curl_free(port);
	return o;
}

struct direct_peer direct_peer_of(const struct client_exchange *x)
{
	struct direct_peer peer = {.user = x->pub.user, .origin = x->direct.origin};

	if (peer.origin->tls) {
		peer.profile = x->pub.plan->spec.tls_profile;
		peer.identity = client_identity_number(x);
	}
	return peer;
}

bool direct_peer_is_same(const struct direct_peer *a, const struct direct_peer *b)
{
	return a->user == b->user && a->origin == b->origin && a->profile == b->profile &&
	       a->identity == b->identity;
}

const char *direct_obstacle(const struct client_exchange *x)
{
	const struct http_config *config = &x->client->config;
	const struct http_plan_spec *spec = &x->pub.plan->spec;
	const struct direct_origin *o = x->direct.origin;
	struct transport_facts facts = {
	    .transport = spec->channel ? HTTP_TRANSPORT_DIRECT : config->transport,
	    .auth = spec->auth,
	    .http_version = spec->channel ? HTTP_WANT_1_1 : spec->http_version,
	    .proxy = x->proxy[0] && !(spec->channel && direct_tunnel_is_possible(x->proxy)),
	    .websocket = spec->channel != NULL,
	    .bandwidth = config->bandwidth_down || config->bandwidth_up,
	    .framed_by_hand = x->is_framed_by_hand,
	    .https = o && o->tls,
	};
	const char *obstacle = transport_choice_obstacle(&facts);

	if (!obstacle && !o && x->client->direct.origin_count == DIRECT_ORIGINS_MAX)
		return "the number of servers (the direct transport contacts 4,096)";
	if (!obstacle && (!o || (!o->has_address && !x->name && !x->proxy[0])))
		return "its URL (a user, a zone, or a host name that is not ASCII)";
	return obstacle;
}
