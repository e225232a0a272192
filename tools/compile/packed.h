/* packed - the sources of a build as a FlashInfer-Trace Solution */
#ifndef PACKED_H
#define PACKED_H

#include "json.h"
#include "sources.h"

/* For the TVM-FFI binding, destinations passed. Free with json_free. */
json *packed_solution(const struct sources *s, const char *device,
                      const char *name, const char *definition,
                      const char *author);

#endif
