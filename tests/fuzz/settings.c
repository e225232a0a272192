/* settings - fuzz entry: any bytes as a settings file */
#include "settings.h"
#include "input.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const known[] = {"atol", "cflags", "hidden.", NULL};
	struct settings s;
	struct fault f;
	char path[INPUT_PATH];
	double x = 0.5;
	int fd = input_open(data, size, path);

	if (!settings_read(path, "cpu", known, &s, &f)) {
		settings_number(&s, "atol", 0, 1, &x, &f);
		if (!(x >= 0 && x <= 1) ||
		    strchr(settings_string(&s, "cflags", ""), '\n'))
			abort();
		settings_free(&s);
	}
	close(fd);
	return 0;
}
