/* Settings for recording with Chromium and related browsers, and with Firefox. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "record/browser_private.h"

/* ---- Chromium */

/* No first-run pages, no background requests, no way to bypass the proxy. */
static const char *const chromium_flags[] = {
    /* Without it, requests to loopback bypass the proxy. */
    "--proxy-bypass-list=<-loopback>",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-breakpad",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-default-apps",
    "--disable-extensions",
    "--no-pings",
    "--metrics-recording-only",
    "--password-store=basic",
    "--allow-browser-signin=false",
    "--disable-field-trial-config",
    "--check-for-update-interval=31536000",
    "--disable-features=OptimizationHints,OptimizationGuideModelDownloading,MediaRouter,Translate,"
    "AutofillServerCommunication,CertificateTransparencyComponentUpdater,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,InterestFeedContentSuggestions,NetworkTimeServiceQuerying,"
    "PasswordLeakDetection,PasswordLeakToggleMove",
};

bool browser_prepare_chromium(const struct browser_options *options, const char *folder,
			      struct browser_command *c, struct buf *hints, struct buf *error)
{
	bool six = strchr(options->proxy_host, ':') != NULL;

	(void)error;
	browser_command_add(c, "--user-data-dir=%s", folder);
	browser_command_add(c, "--proxy-server=http://%s%s%s:%u", six ? "[" : "",
			    options->proxy_host, six ? "]" : "", options->proxy_port);
	/* Only effective together with --user-data-dir: nothing is installed anywhere. */
	browser_command_add(c, "--ignore-certificate-errors-spki-list=%s", options->key_pin);
	for (size_t i = 0; i < sizeof chromium_flags / sizeof *chromium_flags; i++)
		browser_command_add(c, "%s", chromium_flags[i]);
	if (options->headless)
		browser_command_add(c, "--headless=new");
	if (geteuid() == 0) {
		browser_command_add(c, "--no-sandbox");
		buf_add(hints, STR("as root the browser runs without its sandbox (--no-sandbox): "
				   "visit only sites you trust, or record as another user\n"));
	}
	browser_command_add(c, "--new-window");
	browser_command_add(c, "%s", options->url);
	return true;
}

/* ---- Firefox */

static const char *const firefox_settings[] = {
    "\"network.proxy.type\", 1",
    "\"network.proxy.no_proxies_on\", \"\"",
    "\"network.proxy.allow_hijacking_localhost\", true",
    "\"network.captive-portal-service.enabled\", false",
    "\"network.connectivity-service.enabled\", false",
    "\"network.dns.disablePrefetch\", true",
    "\"network.prefetch-next\", false",
    "\"network.http.http3.enable\", false",
    "\"network.trr.mode\", 5",
    "\"browser.safebrowsing.malware.enabled\", false",
    "\"browser.safebrowsing.phishing.enabled\", false",
    "\"browser.safebrowsing.downloads.enabled\", false",
    "\"browser.shell.checkDefaultBrowser\", false",
    "\"browser.startup.homepage_override.mstone\", \"ignore\"",
    "\"browser.aboutwelcome.enabled\", false",
    "\"browser.newtabpage.enabled\", false",
    "\"browser.discovery.enabled\", false",
    "\"app.update.enabled\", false",
    "\"app.update.auto\", false",
    "\"app.normandy.enabled\", false",
    "\"extensions.update.enabled\", false",
    "\"extensions.getAddons.cache.enabled\", false",
    "\"datareporting.policy.dataSubmissionEnabled\", false",
    "\"datareporting.healthreport.uploadEnabled\", false",
    "\"toolkit.telemetry.enabled\", false",
    "\"toolkit.telemetry.unified\", false",
    "\"signon.rememberSignons\", false",
    "\"dom.security.https_first\", false",
};

static bool write_settings(const struct browser_options *options, const char *path)
{
	FILE *file = fopen(path, "wx");
	bool good;

	if (!file)
		return false;
	for (size_t i = 0; i < sizeof firefox_settings / sizeof *firefox_settings; i++)
		fprintf(file, "user_pref(%s);\n", firefox_settings[i]);
	for (int i = 0; i < 2; i++) {
		const char *scheme = i ? "ssl" : "http";

		fprintf(file, "user_pref(\"network.proxy.%s\", \"%s\");\n", scheme,
			options->proxy_host);
		fprintf(file, "user_pref(\"network.proxy.%s_port\", %u);\n", scheme,
			options->proxy_port);
	}
	good = !ferror(file);
	return fclose(file) == 0 && good;
}

/* Adds the certificate to the store of the profile, because Firefox does not use the system's. */
static bool trust_authority(const struct browser_options *options, const char *folder,
			    struct browser_command *c)
{
	const char *store = arena_printf(c->arena, "sql:%s", folder).ptr;
	const char *make[] = {"certutil", "-N", "-d", store, "--empty-password", NULL};
	const char *add[] = {"certutil", "-A", "-d",  store, "-n",
			     "reprise",	 "-t", "C,,", "-i",  options->certificate,
			     NULL};

	return browser_run_command(make) == 0 && browser_run_command(add) == 0;
}

bool browser_prepare_firefox(const struct browser_options *options, const char *folder,
			     struct browser_command *c, struct buf *hints, struct buf *error)
{
	const char *path = arena_printf(c->arena, "%s/user.js", folder).ptr;

	if (!write_settings(options, path)) {
		buf_printf(error, "cannot write %s: %s", path, strerror(errno));
		return false;
	}
	if (!trust_authority(options, folder, c))
		buf_add(hints, STR("certutil (Debian: libnss3-tools) is missing or failed: Firefox "
				   "will warn about https pages\n"));
	browser_command_add(c, "--no-remote");
	browser_command_add(c, "--profile");
	browser_command_add(c, "%s", folder);
	if (options->headless)
		browser_command_add(c, "--headless");
	browser_command_add(c, "--new-window");
	browser_command_add(c, "%s", options->url);
	return true;
}
