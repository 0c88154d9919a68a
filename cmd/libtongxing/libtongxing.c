//go:build cgo

/* The functions of tongxing.h: pointers and lengths are checked here, before any of
 * them reaches Go. */

#include <stdlib.h>

#include "_cgo_export.h"
#include "tongxing.h"

/* Go would end the process where malloc gives nothing. */
void *tongxing_allocate(size_t size) { return malloc(size); }

uint32_t tongxing_abi_version(void) { return TONGXING_ABI_VERSION; }

tongxing_verifier *tongxing_new(void) { return (tongxing_verifier *)libtongxingNew(); }

int tongxing_free(tongxing_verifier *verifier) {
    if (verifier == NULL) {
        return TONGXING_OK;
    }
    return libtongxingFree((uintptr_t)verifier);
}

void tongxing_free_bytes(uint8_t *bytes) { free(bytes); }

/* Says what is wrong with length bytes at data. */
static int check(const void *data, size_t length) {
    if (length > TONGXING_MAX_LENGTH) {
        return TONGXING_TOO_LARGE;
    }
    return data == NULL && length > 0 ? TONGXING_BAD_ARGUMENT : TONGXING_OK;
}

/* Empties what is handed out; says whether both or none of the pointers are there. */
static int clear(uint8_t **bytes, size_t *length) {
    if (bytes != NULL) {
        *bytes = NULL;
    }
    if (length != NULL) {
        *length = 0;
    }
    return (bytes == NULL) == (length == NULL) ? TONGXING_OK : TONGXING_BAD_ARGUMENT;
}

int tongxing_call(tongxing_verifier *verifier, const uint8_t *request, size_t request_length,
                  uint8_t **response, size_t *response_length) {
    int result = clear(response, response_length);
    if (result == TONGXING_OK && response == NULL) {
        result = TONGXING_BAD_ARGUMENT;
    }
    if (result == TONGXING_OK) {
        result = check(request, request_length);
    }
    if (result != TONGXING_OK) {
        return result;
    }
    return libtongxingCall((uintptr_t)verifier, (uint8_t *)request, request_length, response, response_length);
}

int tongxing_load(tongxing_verifier *verifier, int64_t at, const uint8_t *anchor, size_t anchor_length,
                  const uint8_t *bundle, size_t bundle_length, const uint8_t *memory, size_t memory_length,
                  uint8_t **response, size_t *response_length) {
    int result = clear(response, response_length);
    if (result == TONGXING_OK) {
        result = check(anchor, anchor_length);
    }
    if (result == TONGXING_OK) {
        result = check(bundle, bundle_length);
    }
    if (result == TONGXING_OK) {
        result = check(memory, memory_length);
    }
    if (result != TONGXING_OK) {
        return result;
    }
    return libtongxingLoad((uintptr_t)verifier, at, (uint8_t *)anchor, anchor_length, (uint8_t *)bundle,
                           bundle_length, (uint8_t *)memory, memory_length, response, response_length);
}

/* Says whether a context is one of this version: what a later one has behind it must
 * be zero, for nothing here would heed it. */
static int check_context(const tongxing_context *context) {
    const size_t most = 4096;
    if (context == NULL) {
        return TONGXING_OK;
    }
    if (context->size < sizeof *context || context->size > most) {
        return TONGXING_BAD_ARGUMENT;
    }
    for (size_t i = sizeof *context; i < context->size; i++) {
        if (((const unsigned char *)context)[i] != 0) {
            return TONGXING_BAD_ARGUMENT;
        }
    }
    return TONGXING_OK;
}

int tongxing_verify(tongxing_verifier *verifier, int64_t at, const char *code, size_t code_length,
                    const tongxing_context *context, int *outcome, uint8_t **verdict, size_t *verdict_length) {
    int unwanted;
    if (outcome == NULL) {
        outcome = &unwanted;
    }
    *outcome = TONGXING_UNVERIFIED;
    int result = clear(verdict, verdict_length);
    if (result == TONGXING_OK) {
        result = check(code, code_length);
    }
    if (result == TONGXING_OK) {
        result = check_context(context);
    }
    if (result != TONGXING_OK) {
        return result;
    }
    return libtongxingVerify((uintptr_t)verifier, at, (uint8_t *)code, code_length, (tongxing_context *)context,
                             outcome, verdict, verdict_length);
}
