/* parts - a solution taken apart into its sources, and put together again */
#include "parts.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static void add(struct parts *p, const char *name, const char *text, size_t len)
{
	const char *end = len && text[len - 1] != '\n' ? "\n" : "";

	p->item = xrealloc(p->item, p->count + 1, sizeof *p->item);
	p->item[p->count++] =
	        (struct part){name, xasprintf("%.*s%s", (int)len, text, end)};
}

static int read_archive(const char *path, const char *text, size_t len,
                        struct parts *out, struct fault *f)
{
	if (txtar_parse(text, len, path, &out->archive, f))
		return -1;
	for (size_t i = 0; i < out->archive.count; i++) {
		const struct txtar_file *x = &out->archive.file[i];

		add(out, x->name, x->text, strlen(x->text));
	}
	return 0;
}

int parts_read(const char *path, const char *text, size_t len,
               struct parts *out, struct fault *f)
{
	const char *ext = strrchr(path, '.'), *slash = strrchr(path, '/');

	*out = (struct parts){0};
	if (ext && strcmp(ext, ".txtar") == 0)
		return read_archive(path, text, len, out, f);
	if (!ext || strcmp(ext, ".json") != 0) {
		add(out, slash ? slash + 1 : path, text, len);
		return 0;
	}
	out->document = json_parse(text, len, path, 1, f);
	if (!out->document)
		return -1;
	for (const json *s = json_first(json_get(out->document, "sources")); s;
	     s = json_next(s)) {
		const char *name, *content;

		if (json_want_string(s, "path", path, &name, f) ||
		    json_want_string(s, "content", path, &content, f))
			return -1;
		add(out, name, content, strlen(content));
	}
	return 0;
}

void parts_free(struct parts *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->item[i].text);
	free(p->item);
	json_free(p->document);
	txtar_free(&p->archive);
	*p = (struct parts){0};
}

static void add_sources(json *document, const struct parts *p)
{
	json *list = json_add(document, "sources", json_array());

	for (size_t i = 0; i < p->count; i++) {
		json *o = json_add(list, NULL, json_object());

		json_add_string(o, "path", p->item[i].name);
		json_add_string(o, "content", p->item[i].text);
	}
}

static char *archive_text(const struct parts *p)
{
	char *text;
	size_t len;
	FILE *out = xmemstream(&text, &len);

	for (size_t i = 0; i < p->count; i++)
		fprintf(out, TXTAR_LINE "%s", p->item[i].name, p->item[i].text);
	fclose(out);
	return text;
}

char *parts_text(const struct parts *p)
{
	json *out;
	char *text, *line;

	if (p->archive.count)
		return archive_text(p);
	if (!p->document)
		return xstrdup(p->item[0].text);
	out = json_object();
	for (const json *m = json_first(p->document); m; m = json_next(m))
		if (strcmp(json_key(m), "sources") != 0)
			json_add(out, json_key(m), json_copy(m));
		else
			add_sources(out, p);
	text = json_text(out, 2);
	line = xasprintf("%s\n", text);
	free(text);
	json_free(out);
	return line;
}
