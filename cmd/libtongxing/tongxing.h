/*
 * tongxing.h - verify health codes (通行码) without a network.
 *
 *     tongxing_verifier *v = tongxing_new();
 *     tongxing_load(v, time(NULL), anchor, 64, bundle, bundle_length, NULL, 0, NULL, NULL);
 *     int outcome;
 *     tongxing_verify(v, time(NULL), code, strlen(code), NULL, &outcome, NULL, NULL);
 *     if (outcome == TONGXING_PASS) ...
 *     tongxing_free(v);
 *
 * Threads. Every function may be called from any thread at any time, and on one
 * verifier by many threads at once: a code is judged wholly before a load or wholly
 * after it. A verifier may be freed while others use it; their calls come to their
 * ends, and later ones give TONGXING_BAD_HANDLE.
 *
 * Memory. What the caller passes stays the caller's, is not changed and not kept
 * after the function returns. What a function hands out (response, verdict) is the
 * caller's and is given back with tongxing_free_bytes. Text is UTF-8.
 *
 * Processes. The library starts threads. A process that forks calls it only after
 * the fork (Python: the "spawn" method), and it is never unloaded.
 *
 * Requests, responses and verdicts are those of spec/binding.md.
 */
#ifndef TONGXING_H
#define TONGXING_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TONGXING_API __attribute__((visibility("default")))
#else
#define TONGXING_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The version of this interface. It rises when a program has to be compiled anew;
 * so does the number behind libtongxing.so. What is added without that need leaves
 * it as it is. A program that loads the library by hand compares the two.
 */
#define TONGXING_ABI_VERSION 1

/* Returns the TONGXING_ABI_VERSION that the library was built with. */
TONGXING_API uint32_t tongxing_abi_version(void);

/*
 * A verifier with what it believes. It is a ticket rather than an address: one that
 * was freed, or never given out, is told from one in use, and none is given twice.
 */
typedef struct tongxing_verifier tongxing_verifier;

/* What a function came to. Numbers are never reused; a later library may add some. */
enum {
    TONGXING_OK = 0,           /* done */
    TONGXING_REFUSED = 1,      /* the response says why, with "ok":false */
    TONGXING_BAD_HANDLE = 2,   /* no verifier, or a freed one */
    TONGXING_BAD_ARGUMENT = 3, /* a pointer is NULL, a time not from 1970 to 9999, a size wrong */
    TONGXING_TOO_LARGE = 4,    /* a length is beyond what anything has (see TONGXING_MAX_LENGTH) */
    TONGXING_NO_MEMORY = 5,    /* for the response */
    TONGXING_INTERNAL = 6      /* a fault in the library; nothing was changed */
};

/*
 * No request and no part of one is longer, in bytes. A bundle has a smaller bound, a
 * code one of a mebibyte.
 */
#define TONGXING_MAX_LENGTH ((size_t)1 << 28)

/* What a verdict comes to. What is not proven is TONGXING_UNVERIFIED. */
enum {
    TONGXING_UNVERIFIED = 0, /* the code says nothing: another way in */
    TONGXING_PASS = 1,       /* the holder passes */
    TONGXING_RESTRICTED = 2, /* a published rule restricts the holder here */
    TONGXING_CHECK = 3       /* a person has to look */
};

/*
 * Where a code is shown, and what is presented beside it. Texts end with NUL; NULL
 * stands for none. Set size to sizeof(tongxing_context) and all else to zero first:
 * a later version may have more members at the end, and a library that does not know
 * them gives TONGXING_BAD_ARGUMENT unless they are zero.
 */
typedef struct tongxing_context {
    size_t size;
    uint32_t venue_class;        /* spec/policy.md, section 1; 0 for none */
    const char *venue_region;    /* two digits, GB/T 2260 */
    const char *document_type;   /* WS 364.3, two digits, such as "01" */
    const char *document_number; /* as it is printed */
    const char *name;            /* as it is printed */
} tongxing_context;

/*
 * Returns a new verifier, which trusts nothing, or NULL on a fault in the library.
 * The caller ends it with tongxing_free.
 */
TONGXING_API tongxing_verifier *tongxing_new(void);

/*
 * Ends a verifier. TONGXING_OK, and for NULL too; TONGXING_BAD_HANDLE for one that
 * was ended before. Responses stay valid.
 */
TONGXING_API int tongxing_free(tongxing_verifier *verifier);

/*
 * Answers one request frame. With TONGXING_OK and TONGXING_REFUSED *response is the
 * response frame of *response_length bytes, which the caller gives back with
 * tongxing_free_bytes; it ends with a byte 0 that is not counted. Otherwise it is
 * NULL and of length 0. A request may be NULL when its length is 0; response and
 * response_length may not.
 */
TONGXING_API int tongxing_call(tongxing_verifier *verifier,
                               const uint8_t *request, size_t request_length,
                               uint8_t **response, size_t *response_length);

/*
 * Puts a bundle in force, or a delta to the one that is. TONGXING_REFUSED leaves
 * everything as it was.
 *
 * at       seconds since 1970, of the device's clock
 * anchor   where trust begins: 64 hexadecimal digits, or a root document
 * bundle   as it was fetched or copied from a stick
 * memory   what the operation "stored" gave before a restart; NULL, 0 for none; another
 *          pointer with 0, as of a file that lost its content, is refused
 *
 * The response frame says what was loaded and what was not taken. Its two pointers
 * may both be NULL for a caller who does not want it; otherwise it is as that of
 * tongxing_call.
 */
TONGXING_API int tongxing_load(tongxing_verifier *verifier, int64_t at,
                               const uint8_t *anchor, size_t anchor_length,
                               const uint8_t *bundle, size_t bundle_length,
                               const uint8_t *memory, size_t memory_length,
                               uint8_t **response, size_t *response_length);

/*
 * Judges what a scanner read. *outcome is always set when the pointer is not NULL,
 * to TONGXING_UNVERIFIED by whatever fails. Every text of up to 131,072 bytes has a
 * verdict, and a verifier without a bundle says no_trust; a longer text is no code, and
 * may be refused.
 *
 * at       seconds since 1970, of the device's clock
 * code     the text, of code_length bytes; any bytes
 * context  where it is shown; NULL for nothing known
 *
 * With TONGXING_OK *verdict is the verdict as JSON, the same bytes in every
 * language; with TONGXING_REFUSED it is a response frame that says why. Both
 * pointers may be NULL; otherwise it is as the response of tongxing_call.
 */
TONGXING_API int tongxing_verify(tongxing_verifier *verifier, int64_t at,
                                 const char *code, size_t code_length,
                                 const tongxing_context *context, int *outcome,
                                 uint8_t **verdict, size_t *verdict_length);

/*
 * Gives back what a function handed out, once. NULL is allowed. Nothing else may be
 * passed, and free() is not to be used in its place.
 */
TONGXING_API void tongxing_free_bytes(uint8_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
