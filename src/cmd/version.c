#include "cmd/version.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/idn.h"
#include "base/regex.h"
#include "doc/yaml.h"
#include "extract/markup.h"
#include "net/library_versions.h"

void version_print(void)
{
	struct buf libraries, features, missing;

	buf_init(&libraries, 0);
	buf_init(&features, 0);
	buf_init(&missing, 0);
	library_versions_put(&libraries);
	buf_printf(&libraries, ", libidn2 %s, libyaml %s", idn_library_version(),
		   yaml_library_version());
	regex_put_library_version(&libraries);
	markup_put_library_version(&libraries);
	library_versions_put_features(&features, &missing);
	printf("reprise %s\nlibraries: %s\nfeatures: %s\n", PACKAGE_VERSION, libraries.data,
	       features.data);
	if (missing.len)
		printf("missing: %s\n", missing.data);
	buf_release(&libraries);
	buf_release(&features);
	buf_release(&missing);
}
