/*
 * The reason phrases of HTTP statuses: the names of the IANA registry of HTTP status codes (RFC
 * 9110, section 16.2).
 */
#ifndef BASE_HTTP_STATUS_H
#define BASE_HTTP_STATUS_H

/* "Not Found"; "" if the status is not registered. */
const char *http_status_reason(int status);

#endif
