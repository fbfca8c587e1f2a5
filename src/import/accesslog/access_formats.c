/* The known formats, and the recognition of files that are not access logs. */
#include "base/ascii.h"
#include "base/log.h"
#include "import/accesslog/access_private.h"

static const struct {
	const char *name, *text;
} templates[] = {
    {"Nginx Proxy Manager",
     "[$time_local] $cache $upstream $status - $request_method $scheme $host \"$request_uri\" "
     "[Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip] [Sent-to $to] "
     "\"$http_user_agent\" \"$http_referer\""},
    {"Nginx Proxy Manager",
     "[$time_local] $status - $request_method $scheme $host \"$request_uri\" "
     "[Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip] \"$http_user_agent\" "
     "\"$http_referer\""},
    {"AWS application load balancer",
     "$type $time $elb $address_and_port $target $request_time $request_time $request_time "
     "$status $target_status $received $bytes_sent \"$request\" \"$http_user_agent\" $cipher "
     "$protocol $arn \"$trace\" \"$name\" \"$certificate\" $priority $begin \"$actions\""},
    {"AWS load balancer",
     "$time $elb $address_and_port $target $request_time $request_time $request_time $status "
     "$target_status $received $bytes_sent \"$request\" \"$http_user_agent\""},
    {"Istio",
     "[$begin] \"$request\" $status $flags $details $termination \"$failure\" $received "
     "$bytes_sent $milliseconds $upstream_time \"$http_x_forwarded_for\" \"$http_user_agent\" "
     "\"$id\" \"$http_host\" \"$upstream\" $cluster $local $downstream $address_and_port $sni "
     "$route"},
    {"Envoy",
     "[$begin] \"$request\" $status $flags $received $bytes_sent $milliseconds $upstream_time "
     "\"$http_x_forwarded_for\" \"$http_user_agent\" \"$id\" \"$http_host\" \"$upstream\""},
    {"Amazon S3",
     "$owner $bucket [$time_local] $remote_addr $requester $id $operation $key \"$request\" "
     "$status $error $bytes_sent $object_size $milliseconds $turnaround \"$http_referer\" "
     "\"$http_user_agent\" $version $host_id $signature $cipher $login $http_host $tls"},
    {"uvicorn", "INFO:     $address_and_port - \"$request\" $status"},
    {"HAProxy",
     "$syslog]: $address_and_port [$begin] $frontend $backend $timers $status $bytes $cookie "
     "$cookie $state $connections $queues $captured\"$request\""},
    {"HAProxy", "$address_and_port [$begin] $frontend $backend $timers $status $bytes $cookie "
		"$cookie $state $connections $queues $captured\"$request\""},
    {"lighttpd",
     "$host $remote_addr $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
     "$number $number $request_time \"$http_referer\" \"$http_user_agent\""},
    {"vhost_combined", "$server_name:$server_port $remote_addr $ident $remote_user [$time_local] "
		       "\"$request\" $status $body_bytes_sent \"$http_referer\" "
		       "\"$http_user_agent\""},
    {"Traefik",
     "$remote_addr $ident $remote_user [$begin] \"$request\" $status $body_bytes_sent "
     "\"$http_referer\" \"$http_user_agent\" $number \"$router\" \"$url_of\" ${milliseconds}ms"},
    {"ingress-nginx",
     "$remote_addr $ident $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
     "\"$http_referer\" \"$http_user_agent\" $request_length $request_time [$upstream]"},
    {"combined with X-Forwarded-For",
     "$remote_addr $ident $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
     "\"$http_referer\" \"$http_user_agent\" \"$http_x_forwarded_for\""},
    {"combined",
     "$remote_addr $ident $remote_user [$time_local] \"$request\" $status $body_bytes_sent "
     "\"$http_referer\" \"$http_user_agent\""},
    {"common",
     "$remote_addr $ident $remote_user [$time_local] \"$request\" $status $body_bytes_sent"},
};

#define TEMPLATES (sizeof templates / sizeof *templates)

struct access_format *access_formats(struct arena *a, size_t *count)
{
	struct access_format *result = ARENA_ARRAY(a, TEMPLATES + 3, struct access_format);
	const char *why;

	*count = 0;
	result[(*count)++] = (struct access_format){.name = "JSON", .read = access_json_read};
	result[(*count)++] = (struct access_format){.name = "W3C", .read = access_columns_read};
	result[(*count)++] = (struct access_format){.name = "Squid", .read = access_squid_read};
	for (size_t i = 0; i < TEMPLATES; i++) {
		const struct access_template *template =
		    access_template_new(a, str_of(templates[i].text), true, &why);

		if (!template)
			BUG("the format %s: %s", templates[i].name, why);
		result[(*count)++] = (struct access_format){
		    .name = templates[i].name, .read = access_template_read, .template = template};
	}
	return result;
}

/* ---- other logs */

/* Whether TEXT starts as the pattern says: 0 is a digit, a is a letter, anything else itself. */
static bool looks_like(struct str text, const char *pattern)
{
	size_t i;

	for (i = 0; pattern[i]; i++) {
		char c = i < text.len ? text.ptr[i] : '\0';
		bool ok = c == pattern[i];

		if (pattern[i] == '0')
			ok = ascii_is_digit(c);
		else if (pattern[i] == 'a')
			ok = ascii_is_letter(c);
		if (!ok)
			return false;
	}
	return true;
}

const char *access_other_log_name(struct str line)
{
	if (looks_like(line, "0000/00/00 00:00:00 [a"))
		return "nginx's error log";
	if (looks_like(line, "[aaa aaa 00 00:00:00") && str_find(line, STR("] ["), 0) < 50)
		return "Apache's error log";
	if (looks_like(line, "0000-00-00 00:00:00: ("))
		return "lighttpd's error log";
	return NULL;
}
