/* The way in: names the program's version and refuses what it does not know. */
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("reprise " PACKAGE_VERSION);
		return 0;
	}
	fputs("usage: reprise COMMAND [OPTION…]\n", stderr);
	return 2;
}
