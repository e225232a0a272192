/* torch_python - what is Python of a PyTorch extension: how it is built,
 * imported and tested
 *
 * Callers free the texts.
 */
#ifndef TORCH_PYTHON_H
#define TORCH_PYTHON_H

#include "definition.h"
#include "settings.h"
#include "sources.h"

char *torch_module(const struct definition *d); /* __init__.py */

/* setup.py, for the device that the settings are for. */
char *torch_setup(const struct definition *d, const struct sources *s,
                  const struct settings *settings);
char *torch_readme(const struct definition *d);

/* A test that compares with reference.py, the definition's own, on random
 * values of sizes that environment variables say. */
char *torch_test(const struct definition *d, const struct settings *settings);

#endif
