/* build - what build-kernel reports about one solution: build.json */
#include "build.h"
#include "memory.h"
#include "sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int is_hex64(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

static int read_fields(const char *path, struct build *b, struct fault *f)
{
	const struct {
		const char *key;
		const char **value;
		int is_hash;
	} field[] = {
	        {"kernel", &b->kernel, 0},
	        {"device", &b->device, 0},
	        {"source", &b->source, 0},
	        {"compiler", &b->compiler, 0},
	        {"key", &b->key, 1},
	        {"source_sha256", &b->source_sha256, 1},
	        {"toolchain_sha256", &b->toolchain_sha256, 1},
	        {"object_sha256", &b->object_sha256, 1},
	};
	size_t count = sizeof field / sizeof *field - !b->ok;

	for (size_t i = 0; i < count; i++) {
		if (json_want_string(b->document, field[i].key, path,
		                     field[i].value, f))
			return -1;
		if (field[i].is_hash && !is_hex64(*field[i].value))
			return fault_set(f,
			                 "%s:%ld: want %s to be 64 hexadecimal "
			                 "digits",
			                 path, json_line(b->document),
			                 field[i].key);
	}
	b->language = json_string(json_get(b->document, "language"));
	b->harness = json_string(json_get(b->document, "harness_sha256"));
	if (b->harness && !is_hex64(b->harness))
		return fault_set(f,
		                 "%s:%ld: want harness_sha256 to be 64 "
		                 "hexadecimal digits",
		                 path, json_line(b->document));
	if (strcmp(b->device, "cpu") && strcmp(b->device, "cuda"))
		return fault_set(f, "%s:%ld: want device to be cpu or cuda",
		                 path, json_line(b->document));
	return 0;
}

int build_read(const char *path, struct build *b, struct fault *f)
{
	const char *status;

	*b = (struct build){.document = json_read(path, f)};
	if (!b->document)
		return -1;
	if (json_want_string(b->document, "status", path, &status, f) == 0) {
		b->ok = !strcmp(status, "ok");
		if (!b->ok && strcmp(status, "failed"))
			fault_set(f, "%s:%ld: want status to be ok or failed",
			          path, json_line(b->document));
		else if (read_fields(path, b, f) == 0)
			return 0;
	}
	build_free(b);
	return -1;
}

void build_free(struct build *b)
{
	json_free(b->document);
	*b = (struct build){0};
}

char *build_file(const struct build *b, const char *cache, const char *name)
{
	return xasprintf("%s/%s/%s", cache, b->key, name);
}

int build_object_hash(const char *dir, char out[SHA256_HEX])
{
	char *so = xasprintf("%s/kernel.so", dir);
	char *cubin = xasprintf("%s/kernel.cubin", dir);
	char *python = xasprintf("%s/" SOURCES_PYTHON, dir);
	char both[2 * SHA256_HEX] = "";
	int failed = sha256_file(so, both);

	if (failed && errno == ENOENT)
		failed = sha256_file(python, both);
	if (!failed && sha256_file(cubin, both + SHA256_HEX - 1) &&
	    errno != ENOENT)
		failed = -1;
	sha256_hex(both, strlen(both), out);
	free(so);
	free(cubin);
	free(python);
	return failed;
}

int build_is_cached(const struct build *b, const char *cache)
{
	char *dir = xasprintf("%s/%s", cache, b->key), hash[SHA256_HEX];
	int is_there = build_object_hash(dir, hash) == 0 &&
	               strcmp(hash, b->object_sha256) == 0;

	free(dir);
	return is_there;
}
