/* misuse BUNDLE ANCHOR CODE AT: everything that a caller may do wrong is an error
 * code. ANCHOR is a file with a root document, AT seconds since 1970. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tongxing.h>

#define EXPECT(want, call)                                                          \
    do {                                                                            \
        int got = (call);                                                           \
        if (got != (want)) {                                                        \
            fprintf(stderr, "line %d: %s is %d, want %s\n", __LINE__, #call, got, #want); \
            failed = 1;                                                             \
        }                                                                           \
    } while (0)

static int failed = 0;
static uint8_t *bytes, buffer[1 << 20], root[1 << 16];
static uint8_t bundle[TONGXING_MAX_LENGTH]; /* longer than any */
static size_t length;

static size_t content(const char *path, uint8_t *to, size_t room) {
    FILE *file = fopen(path, "rb");
    size_t n = file == NULL ? 0 : fread(to, 1, room, file);
    if (n == 0 || n == room) {
        fprintf(stderr, "%s: %zu bytes\n", path, n);
        exit(1);
    }
    fclose(file);
    return n;
}

static void handles(void) {
    const uint8_t request[] = "{\"op\":\"version\"}";
    tongxing_verifier *freed = tongxing_new(), *other = tongxing_new();
    EXPECT(1, freed != NULL && other != NULL && freed != other);
    EXPECT(TONGXING_OK, tongxing_free(freed));
    EXPECT(TONGXING_BAD_HANDLE, tongxing_free(freed));
    EXPECT(TONGXING_OK, tongxing_free(NULL));
    tongxing_verifier *wrong[] = {NULL, freed, (tongxing_verifier *)buffer, (tongxing_verifier *)UINTPTR_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int outcome = TONGXING_PASS;
        bytes = buffer;
        length = 7;
        EXPECT(TONGXING_BAD_HANDLE, tongxing_call(wrong[i], request, sizeof request - 1, &bytes, &length));
        EXPECT(1, bytes == NULL && length == 0);
        EXPECT(TONGXING_BAD_HANDLE, tongxing_load(wrong[i], 0, root, 64, buffer, 1, NULL, 0, NULL, NULL));
        EXPECT(TONGXING_BAD_HANDLE, tongxing_verify(wrong[i], 0, "TX1:", 4, NULL, &outcome, NULL, NULL));
        EXPECT(TONGXING_UNVERIFIED, outcome);
        EXPECT(i > 0 ? TONGXING_BAD_HANDLE : TONGXING_OK, tongxing_free(wrong[i]));
    }
    EXPECT(TONGXING_OK, tongxing_call(other, request, sizeof request - 1, &bytes, &length));
    EXPECT(1, bytes[length] == 0 && strlen((char *)bytes) == length);
    EXPECT(TONGXING_OK, tongxing_free(other));
    tongxing_free_bytes(bytes); /* outlives its verifier */
    tongxing_free_bytes(NULL);
}

static void pointers(tongxing_verifier *v) {
    const size_t absurd[] = {SIZE_MAX, SIZE_MAX / 2 + 1, (size_t)1 << 40, TONGXING_MAX_LENGTH + 1};
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_call(v, NULL, 1, &bytes, &length));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_call(v, buffer, 1, NULL, &length));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_call(v, buffer, 1, &bytes, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_call(v, buffer, 1, NULL, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_load(v, 0, NULL, 64, buffer, 1, NULL, 0, NULL, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_load(v, 0, root, 64, NULL, 1, NULL, 0, NULL, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_load(v, 0, root, 64, buffer, 1, NULL, 1, NULL, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_load(v, -1, root, 64, buffer, 1, NULL, 0, NULL, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_verify(v, 0, NULL, 4, NULL, NULL, NULL, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_verify(v, 0, "TX1:", 4, NULL, NULL, &bytes, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_verify(v, INT64_MAX, "TX1:", 4, NULL, NULL, NULL, NULL));
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_verify(v, INT64_MIN, "TX1:", 4, NULL, NULL, NULL, NULL));
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        EXPECT(TONGXING_TOO_LARGE, tongxing_call(v, buffer, absurd[i], &bytes, &length));
        EXPECT(TONGXING_TOO_LARGE, tongxing_call(v, NULL, absurd[i], &bytes, &length));
        EXPECT(TONGXING_TOO_LARGE, tongxing_load(v, 0, root, 64, buffer, absurd[i], NULL, 0, NULL, NULL));
        EXPECT(TONGXING_TOO_LARGE, tongxing_verify(v, 0, "TX1:", absurd[i], NULL, NULL, NULL, NULL));
    }
    EXPECT(TONGXING_REFUSED, tongxing_call(v, NULL, 0, &bytes, &length)); /* an empty frame is no request */
    EXPECT(0, strncmp((char *)bytes, "{\"ok\":false", 11));
    tongxing_free_bytes(bytes);
    EXPECT(TONGXING_REFUSED, tongxing_load(v, 0, NULL, 0, NULL, 0, NULL, 0, NULL, NULL));
    memset(buffer, 'A', sizeof buffer);
    EXPECT(TONGXING_REFUSED, tongxing_call(v, buffer, sizeof buffer, &bytes, &length));
    tongxing_free_bytes(bytes);
}

static void codes(tongxing_verifier *v, char **argv) {
    int64_t at = atoll(argv[4]);
    size_t root_length = content(argv[2], root, sizeof root), n = content(argv[1], buffer, sizeof buffer);
    int outcome;
    EXPECT(TONGXING_OK, tongxing_verify(v, at, argv[3], strlen(argv[3]), NULL, &outcome, &bytes, &length));
    EXPECT(1, outcome == TONGXING_UNVERIFIED && strstr((char *)bytes, "\"no_trust\"") != NULL);
    tongxing_free_bytes(bytes);
    EXPECT(TONGXING_OK, tongxing_load(v, at, root, root_length, buffer, n, NULL, 0, &bytes, &length));
    tongxing_free_bytes(bytes);
    EXPECT(TONGXING_REFUSED, tongxing_load(v, at, root, root_length, buffer, n, buffer, 0, NULL, NULL)); /* a memory that was lost */
    EXPECT(TONGXING_OK, tongxing_verify(v, at, argv[3], strlen(argv[3]), NULL, &outcome, &bytes, &length));
    EXPECT(TONGXING_PASS, outcome);
    EXPECT(0, strncmp((char *)bytes, "{\"outcome\":\"pass\"", 17));
    tongxing_free_bytes(bytes);
    EXPECT(TONGXING_OK, tongxing_verify(v, at, NULL, 0, NULL, &outcome, NULL, NULL));
    EXPECT(TONGXING_UNVERIFIED, outcome);
    EXPECT(TONGXING_OK, tongxing_verify(v, at, "\xff\0\"", 3, NULL, &outcome, NULL, NULL));
    EXPECT(TONGXING_UNVERIFIED, outcome);
    const int fills[] = {'A', ' ', '"', '<', 1, 0, 0xff}; /* JSON takes up to six times the room for some */
    for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
        memset(buffer, fills[i], 131072);
        EXPECT(TONGXING_OK, tongxing_verify(v, at, (char *)buffer, 131072, NULL, &outcome, &bytes, &length));
        EXPECT(1, outcome == TONGXING_UNVERIFIED && strstr((char *)bytes, "\"not_a_code\"") != NULL);
        tongxing_free_bytes(bytes);
    }

    tongxing_context context = {sizeof context, 0, NULL, "01", "11010519491231002X", NULL};
    EXPECT(TONGXING_OK, tongxing_verify(v, at, argv[3], strlen(argv[3]), &context, &outcome, &bytes, &length));
    EXPECT(1, outcome == TONGXING_UNVERIFIED && strstr((char *)bytes, "\"holder_mismatch\"") != NULL);
    tongxing_free_bytes(bytes);
    outcome = TONGXING_PASS;
    context.size = 1;
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_verify(v, at, argv[3], strlen(argv[3]), &context, &outcome, NULL, NULL));
    EXPECT(TONGXING_UNVERIFIED, outcome);
    struct {
        tongxing_context known;
        const char *added;
    } later = {{sizeof later, 0, NULL, NULL, NULL, NULL}, NULL};
    EXPECT(TONGXING_OK, tongxing_verify(v, at, argv[3], strlen(argv[3]), &later.known, &outcome, NULL, NULL));
    EXPECT(TONGXING_PASS, outcome);
    later.added = "?";
    EXPECT(TONGXING_BAD_ARGUMENT, tongxing_verify(v, at, argv[3], strlen(argv[3]), &later.known, &outcome, NULL, NULL));
    EXPECT(TONGXING_TOO_LARGE, tongxing_verify(v, at, (char *)bundle, sizeof bundle, NULL, NULL, NULL, NULL));
    EXPECT(TONGXING_TOO_LARGE, tongxing_load(v, at, root, root_length, bundle, sizeof bundle, NULL, 0, NULL, NULL));
    context.size = sizeof context;
    context.venue_region = "nowhere";
    outcome = TONGXING_PASS;
    EXPECT(TONGXING_REFUSED, tongxing_verify(v, at, argv[3], strlen(argv[3]), &context, &outcome, &bytes, &length));
    EXPECT(1, outcome == TONGXING_UNVERIFIED && strstr((char *)bytes, "\"ok\":false") != NULL);
    tongxing_free_bytes(bytes);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        return 2;
    }
    tongxing_verifier *v = tongxing_new();
    handles();
    pointers(v);
    codes(v, argv);
    EXPECT(TONGXING_OK, tongxing_free(v));
    return failed;
}
