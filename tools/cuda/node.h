/* node - which device file is a GPU's */
#ifndef NODE_H
#define NODE_H

#define NODE_PATH 32

/* Writes "/dev/nvidia3" for the GPU of a uuid ("8-4-4-4-12" digits), or ""
 * where the driver does not say, as for a part of a GPU. */
void node_find(const char *uuid, char path[NODE_PATH]);

#endif
