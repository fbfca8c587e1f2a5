/* Files that a page sends in pieces. The server's thread. */
#ifndef EDIT_API_API_UPLOADS_H
#define EDIT_API_API_UPLOADS_H

#include "base/str.h"

struct api;
struct api_request;

void api_uploads_begin(struct api_request *r);
void api_uploads_add(struct api_request *r);
void api_uploads_remove(struct api_request *r);
/* The path of the upload ID; NULL after a refusal. */
const char *api_uploads_path(struct api_request *r, struct str id);
/* Removes all uploads. */
void api_uploads_free(struct api *api);

#endif
