/*
 * guard BUNDLE ANCHOR-HASH CODE [SECONDS] - verifies one code without a network.
 * SECONDS since 1970 are for trying a code at another time than now.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tongxing.h>

static const char *const words[] = {"UNVERIFIED", "PASS", "RESTRICTED", "CHECK"};

/* Reads a whole file into memory that the caller frees. */
static uint8_t *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        *length = (size_t)ftell(file);
        rewind(file);
        data = malloc(*length + 1);
        if (data != NULL && fread(data, 1, *length, file) != *length) {
            free(data);
            data = NULL;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return data;
}

static int load(tongxing_verifier *verifier, int64_t now, const char *path, const char *anchor) {
    size_t length, answer_length;
    uint8_t *answer = NULL, *bundle = read_file(path, &length);
    if (bundle == NULL) {
        fprintf(stderr, "guard: cannot read %s\n", path);
        return 1;
    }
    int result = tongxing_load(verifier, now, (const uint8_t *)anchor, strlen(anchor), bundle, length, NULL, 0,
                               &answer, &answer_length);
    free(bundle);
    if (result != TONGXING_OK) {
        fprintf(stderr, "guard: %d %s\n", result, answer == NULL ? "" : (const char *)answer);
    }
    tongxing_free_bytes(answer);
    return result != TONGXING_OK;
}

int main(int argc, char **argv) {
    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: guard BUNDLE ANCHOR-HASH CODE [SECONDS]\n");
        return 2;
    }
    int64_t now = argc == 5 ? strtoimax(argv[4], NULL, 10) : (int64_t)time(NULL);
    tongxing_verifier *verifier = tongxing_new();
    if (tongxing_abi_version() != TONGXING_ABI_VERSION || load(verifier, now, argv[1], argv[2]) != 0) {
        tongxing_free(verifier);
        return 1;
    }
    int outcome;
    uint8_t *verdict;
    size_t length;
    int result = tongxing_verify(verifier, now, argv[3], strlen(argv[3]), NULL, &outcome, &verdict, &length);
    printf("%s\n%s\n", words[outcome], verdict == NULL ? "" : (const char *)verdict);
    tongxing_free_bytes(verdict);
    tongxing_free(verifier);
    return result != TONGXING_OK;
}
