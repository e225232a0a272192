/* json_want - getters that say what is wrong */
#include "json.h"

static int not_a(const char *kind, const json *object, const char *key,
                 const char *path, struct fault *f)
{
	const json *v = json_get(object, key);

	if (!v)
		return fault_set(f, "%s:%ld: want \"%s\", %s; it is missing",
		                 path, json_line(object), key, kind);
	return fault_set(f, "%s:%ld: want \"%s\" to be %s", path, json_line(v),
	                 key, kind);
}

int json_want_string(const json *object, const char *key, const char *path,
                     const char **out, struct fault *f)
{
	*out = json_string(json_get(object, key));
	return *out ? 0 : not_a("a string", object, key, path, f);
}

int json_want_name(const json *object, const char *key, const char *path,
                   const char **out, struct fault *f)
{
	if (json_want_string(object, key, path, out, f))
		return -1;
	return **out ? 0
	             : not_a("a string that is not empty", object, key, path,
	                     f);
}

int json_want_number(const json *object, const char *key, const char *path,
                     double *out, struct fault *f)
{
	if (json_number(json_get(object, key), out) == 0)
		return 0;
	return not_a("a number", object, key, path, f);
}

int json_want_integer(const json *object, const char *key, const char *path,
                      int64_t *out, struct fault *f)
{
	if (json_integer(json_get(object, key), out) == 0)
		return 0;
	return not_a("an integer", object, key, path, f);
}

int json_check_string(const json *object, const char *key, const char *path,
                      struct fault *f)
{
	const json *v = json_get(object, key);

	if (!v || json_is_null(v) || json_string(v))
		return 0;
	return not_a("a string or null", object, key, path, f);
}

int json_check_strings(const json *object, const char *key, size_t least,
                       const char *path, struct fault *f)
{
	const json *list = json_get(object, key);

	if (!list && least == 0)
		return 0;
	if (!json_is_array(list))
		return not_a("an array of strings", object, key, path, f);
	if (json_count(list) < least)
		return not_a("an array that is not empty", object, key, path,
		             f);
	for (const json *v = json_first(list); v; v = json_next(v)) {
		if (!json_string(v) || !*json_string(v))
			return fault_set(f,
			                 "%s:%ld: want \"%s\" to hold strings "
			                 "that are not empty",
			                 path, json_line(v), key);
	}
	return 0;
}
