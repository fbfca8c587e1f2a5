/*
 * libFuzzer target for the whole load path: YAML, the reader by its tables, parameters, data,
 * flows, thresholds, the compiler and its verifier, the listing of the program. No input crashes
 * it, hangs it or exceeds its limits; a rejected input has a diagnostic; the output has no control
 * bytes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd/load_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++) {
		unsigned char c = (unsigned char)text->data[i];
		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
			fprintf(stderr, "a control byte in what is printed\n");
			abort();
		}
	}
}

static void look_at(const char *path)
{
	struct overrides overrides = {0};
	struct loaded_file loaded;
	struct buf text;
	bool good;

	buf_init(&text, 0);
	good = load_file(&loaded, path, &overrides, LOAD_FILE_RUN);
	if (!good && loaded.diags.errors == 0) {
		fprintf(stderr, "refused without a reason\n");
		abort();
	}
	diag_print(&loaded.diags, DIAG_TEXT, false, &text);
	check_text(&text);
	buf_clear(&text);
	if (good) {
		program_disassemble(loaded.program, &text);
		check_text(&text);
	}
	load_file_release(&loaded);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("scenario", 0);
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	look_at(path);
	close(fd);
	return 0;
}
