#include "cmd/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

void standard_streams_open(void)
{
	int fd;

	/* Read-only, so that writing to a closed standard output remains an error. */
	do {
		fd = open("/dev/null", O_RDONLY);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

enum exit_status standard_streams_close(enum exit_status status)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) != 0)
		failed = true;
	if (fclose(stdout) != 0)
		failed = true;
	if (!failed || status == EXIT_NOT_WRITTEN) /* which was reported */
		return status;
	if (errno)
		log_error("cannot write standard output: %s", strerror(errno));
	else
		log_error("cannot write standard output");
	return status == EXIT_PASSED || status == EXIT_NOT_VALID ? EXIT_NOT_WRITTEN : status;
}
