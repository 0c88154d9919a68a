/* vectors FOLDER: sends the requests of cases.txt and compares the responses, byte
 * for byte (the package comment of verifier/binding/bindingtest says what the lines
 * are). Prints how many there were. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tongxing.h>

static void fail(const char *why, const char *name) {
    fprintf(stderr, "%s: %s\n", name, why);
    exit(1);
}

static uint8_t *content(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail("not there", path);
    }
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*length);
    if (data == NULL || fread(data, 1, *length, file) != *length) {
        fail("cannot be read", path);
    }
    fclose(file);
    return data;
}

static tongxing_verifier *begin(const char *folder, const char *name) {
    tongxing_verifier *verifier = tongxing_new();
    if (strcmp(name, "-") == 0) {
        return verifier;
    }
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    size_t length, response_length;
    uint8_t *request = content(path, &length), *response;
    if (tongxing_call(verifier, request, length, &response, &response_length) != TONGXING_OK) {
        fail("did not load", name);
    }
    free(request);
    tongxing_free_bytes(response);
    return verifier;
}

int main(int argc, char **argv) {
    char path[4096], name[256] = "", *line = NULL;
    if (argc != 2 || tongxing_abi_version() != TONGXING_ABI_VERSION) {
        fail("wants a folder, and the library of its header", argv[0]);
    }
    snprintf(path, sizeof path, "%s/cases.txt", argv[1]);
    FILE *cases = fopen(path, "r");
    if (cases == NULL) {
        fail("not there", path);
    }
    tongxing_verifier *verifier = NULL;
    uint8_t *response = NULL;
    size_t response_length = 0, room = 0;
    ssize_t length;
    int count = 0;
    while ((length = getline(&line, &room, cases)) > 2) {
        char *rest = line + 2;
        size_t rest_length = (size_t)length - 3; /* without the mark and the end of the line */
        rest[rest_length] = '\0';
        switch (line[0]) {
        case '=':
            snprintf(name, sizeof name, "%s", rest);
            break;
        case '*':
            tongxing_free(verifier);
            verifier = begin(argv[1], rest);
            break;
        case '>':
            if (tongxing_call(verifier, (uint8_t *)rest, rest_length, &response, &response_length) != TONGXING_OK) {
                fail("no answer", name);
            }
            break;
        case '<':
            if (response_length != rest_length || memcmp(response, rest, rest_length) != 0) {
                fprintf(stderr, "%.*s\n", (int)response_length, (char *)response);
                fail("other bytes than in Go", name);
            }
            tongxing_free_bytes(response);
            count++;
            break;
        default:
            fail("unknown line", line);
        }
    }
    tongxing_free(verifier);
    free(line);
    fclose(cases);
    printf("%d\n", count);
    return 0;
}
