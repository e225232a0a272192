/* sha256-check - prints the digests of files, as sha256sum(1) does */
#include "file.h"
#include "sha256.h"
#include "tool.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
	tool_start();
	for (int i = 1; i < argc; i++) {
		char whole[SHA256_HEX], streamed[SHA256_HEX];
		size_t len;
		char *data;

		if (sha256_file(argv[i], streamed))
			err(EXIT_TROUBLE, "%s", argv[i]);
		data = file_read(argv[i], SIZE_MAX, &len);
		if (!data)
			err(EXIT_TROUBLE, "%s", argv[i]);
		sha256_hex(data, len, whole);
		free(data);
		if (strcmp(whole, streamed))
			errx(EXIT_NO, "%s: two digests", argv[i]);
		printf("%s  %s\n", whole, argv[i]);
	}
	return EXIT_YES;
}
