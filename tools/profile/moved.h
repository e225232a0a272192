/* moved - the bytes that a call has to move, as far as settings and lists say
 *
 * Each input and output once, but of an input that the setting `gather` says is
 * read by rows only those that the workload's stored index names, each once.
 * An index that is drawn, or whose file is not there, is taken to name another
 * row in every place.
 */
#ifndef MOVED_H
#define MOVED_H

#include "settings.h"
#include "workload.h"

/* One number a workload of the list at list_path; caller frees. */
double *moved_bytes(const struct settings *settings, const char *list_path,
                    const struct definition *d,
                    const struct workload_list *list);

#endif
