/* threads BUNDLE ANCHOR CODE AT: 10,000 verdicts by eight threads, while another
 * loads anew, opens and frees. ANCHOR is 64 hexadecimal digits. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tongxing.h>

enum { THREADS = 8, VERDICTS = 1250 };

static tongxing_verifier *shared;
static char **arguments;
static int64_t at;
static uint8_t bundle[1 << 20];
static size_t bundle_length;
static atomic_int wrong, done;

static void *verify(void *unused) {
    (void)unused;
    for (int i = 0; i < VERDICTS; i++) {
        int outcome;
        uint8_t *verdict;
        size_t length;
        int result = tongxing_verify(shared, at, arguments[3], strlen(arguments[3]), NULL, &outcome, &verdict, &length);
        if (result != TONGXING_OK || outcome != TONGXING_PASS || verdict[length] != 0) {
            atomic_fetch_add(&wrong, 1);
        }
        tongxing_free_bytes(verdict);
    }
    atomic_fetch_add(&done, 1);
    return NULL;
}

/* Frees verifiers that another thread is asking. */
static void *ask(void *verifier) {
    int result;
    do {
        result = tongxing_verify(verifier, at, "TX1:", 4, NULL, NULL, NULL, NULL);
    } while (result == TONGXING_OK);
    if (result != TONGXING_BAD_HANDLE) {
        atomic_fetch_add(&wrong, 1);
    }
    return NULL;
}

static int load(tongxing_verifier *v) {
    return tongxing_load(v, at, (uint8_t *)arguments[2], strlen(arguments[2]), bundle, bundle_length, NULL, 0, NULL, NULL);
}

int main(int argc, char **argv) {
    FILE *file = argc == 5 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL) {
        return 2;
    }
    bundle_length = fread(bundle, 1, sizeof bundle, file);
    fclose(file);
    arguments = argv;
    at = atoll(argv[4]);
    shared = tongxing_new();
    if (load(shared) != TONGXING_OK) {
        return 1;
    }
    pthread_t threads[THREADS], asking;
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, verify, NULL);
    }
    do {
        tongxing_verifier *brief = tongxing_new();
        pthread_create(&asking, NULL, ask, brief);
        if (load(shared) != TONGXING_OK || load(brief) != TONGXING_OK || tongxing_free(brief) != TONGXING_OK) {
            atomic_fetch_add(&wrong, 1);
        }
        pthread_join(asking, NULL);
    } while (atomic_load(&done) < THREADS);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    tongxing_free(shared);
    printf("%d\n", atomic_load(&wrong));
    return atomic_load(&wrong) != 0;
}
