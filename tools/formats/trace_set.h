/* trace_set - the folder that a workload list's paths are beneath */
#ifndef TRACE_SET_H
#define TRACE_SET_H

/* A tensor file's path is beneath the root of its trace set, which is one of
 * the folders above the list, up to that which its folder `workloads` is in, or
 * its own if there is none: the nearest that has the file, or has something in
 * its way. NULL with errno ENOENT if there is none. Caller frees. */
char *trace_set_root(const char *list, const char *path);

#endif
