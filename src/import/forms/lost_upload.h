/*
 * Multipart bodies that a script sent with a file, as `fetch` does with a FormData, and that the
 * browser did not keep. They are rebuilt from the JSON response, which has what was stored: the
 * form with a file control on the page, or another request to the same resource, says which of its
 * members were sent, and members that the server made are omitted. The files become
 * parameters. In the job's arena; one thread.
 */
#ifndef IMPORT_FORMS_LOST_UPLOAD_H
#define IMPORT_FORMS_LOST_UPLOAD_H

#include "import/forms/page_history.h"

/* Rebuilds the body of the step with this index: sets the parts of its transaction, and adds
 * parameters and a note. False, with nothing changed, if the name of the file's field is unknown.
 */
bool lost_upload_rebuild(struct page_history *history, uint32_t step);

#endif
