#include "scenario/tls_settings.h"

#include "interface/reader.h"
#include "scenario/model.h"

static const char *const tls_words[] = {"1.2", "1.3", NULL};
static const char *const tls_meanings[] = {"TLS 1.2 or later", "TLS 1.3 or later", NULL};

const struct field tls_fields[] = {
    FIELD(struct tls_settings, verify, "verify", FIELD_BOOL, .label = "Verify the certificate",
	  .flags = FIELD_PARAMETER, .fallback = "yes", .example = "no",
	  .prose = "Whether to verify the certificate of the server."),
    FIELD(struct tls_settings, ca, "ca", FIELD_TEXT, .label = "CA certificates",
	  .flags = FIELD_PARAMETER | FIELD_FILE, .example = "ca.pem",
	  .prose = "File with trusted CA certificates."),
    FIELD(struct tls_settings, cert, "cert", FIELD_TEMPLATE, .label = "Client certificate",
	  .example = "client.pem",
	  .prose = "File with the client certificate: PEM, followed by any intermediate "
		   "certificates, or PKCS#12. `${...}` can use parameters, rows of data and "
		   "`user.id`, so each user can have a certificate."),
    FIELD(struct tls_settings, key, "key", FIELD_TEMPLATE, .label = "Private key",
	  .example = "client.key",
	  .prose = "File with the key of the client certificate, in PEM. Default: the file of "
		   "`cert`."),
    FIELD(struct tls_settings, passphrase, "passphrase", FIELD_TEMPLATE, .flags = FIELD_SECRET,
	  .example = "\"${KEY_PASSPHRASE}\"",
	  .prose = "Passphrase of an encrypted key or PKCS#12 file."),
    FIELD(struct tls_settings, min_version, "min_version", FIELD_ENUM, .label = "Oldest version",
	  .meanings = tls_meanings, .flags = FIELD_PARAMETER, .fallback = "1.2",
	  .choices = tls_words, .example = "\"1.3\"", .prose = "Oldest accepted version of TLS."),
    FIELD_END,
};

void tls_settings_check(struct reader *r, const struct node *node, void *value)
{
	const struct tls_settings *tls = value;
	const char *needs = tls->key.raw.ptr ? "key" : "passphrase";

	(void)node;
	if (!tls->cert.raw.ptr && (tls->key.raw.ptr || tls->passphrase.raw.ptr))
		reader_error(r, keys_span(&tls->keys, needs), DIAG_E306,
			     "%s needs cert, the file with the client certificate", needs);
}
