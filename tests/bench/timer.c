/*
 * Measures how late this machine wakes a program that only waits, which is the minimum schedule lag
 * on this machine. Prints the 99th percentile in milliseconds.
 *
 * timer PER_SECOND SECONDS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

static int64_t in_ns(const struct timespec *t)
{
	return (int64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct timespec now;
	int64_t *late, start, step;
	size_t count;

	if (argc != 3 || atoi(argv[1]) < 1 || atoi(argv[2]) < 1) {
		fprintf(stderr, "usage: timer PER_SECOND SECONDS\n");
		return 2;
	}
	step = 1000000000 / atoi(argv[1]);
	count = (size_t)atoi(argv[1]) * (size_t)atoi(argv[2]);
	late = calloc(count, sizeof(*late));
	if (!late)
		return 1;
	prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	clock_gettime(CLOCK_MONOTONIC, &now);
	start = in_ns(&now);
	for (size_t i = 0; i < count; i++) {
		int64_t due = start + (int64_t)i * step;
		struct timespec at = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000};

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
		late[i] = in_ns(&now) - due;
	}
	qsort(late, count, sizeof(*late), by_size);
	printf("%.3f\n", (double)late[count * 99 / 100] / 1e6);
	free(late);
	return 0;
}
