module github.com/tongxing/tongxing

go 1.26.0

require (
	// Binary fuse filter, to compare status lists with in a benchmark; linked into no program. Released 2026-01-14, maintained.
	github.com/FastFilter/xorfilter v0.4.1
	// Oracle of the tests for index sets, and compared with in a benchmark; linked into no program. Released 2026-10-19, maintained.
	github.com/RoaringBitmap/roaring/v2 v2.30.0
	// The issuing service's HTTP interface with its OpenAPI 3.1 description; its documentation page, which loads from elsewhere, is off. Released 2026-02-20, maintained.
	github.com/danielgtaylor/huma/v2 v2.37.2
	// SM2 and SM3, constant time with assembly. Released 2026-04-17, maintained. Name the version: "latest" resolves to v0.15.5 of 2022.
	github.com/emmansun/gmsm v0.42.0
	// CBOR with strict decoding options, to which cborx adds re-encode and compare. Released 2026-10-06, maintained.
	github.com/fxamacker/cbor/v2 v2.9.6
	// PostgreSQL's protocol, for the registry where one machine is outgrown; River runs on it too. Released 2026-10-31, maintained.
	github.com/jackc/pgx/v5 v5.12.0
	// Oracle of the tests: an older reader of JOSE that many still run, linked into no program. Last release 2026-06-29, which says itself that it is no longer maintained.
	github.com/lestrrat-go/jwx/v2 v2.1.7
	// Reads exported key sets a second time, as users of JOSE do, and the bearer tokens of the issuing service. Released 2026-09-08, maintained.
	github.com/lestrrat-go/jwx/v3 v3.3.0
	// Reads QR pictures, with retries of our own around it. Last release 2021-10-05, quiet; pure Go, bounded and fuzzed by format/qr/scan.
	github.com/makiuchi-d/gozxing v0.1.1
	// PKCS#11 tokens for tongxing-signer; needs cgo, so no other program links it. Released 2026-01-22, maintained.
	github.com/miekg/pkcs11 v1.1.2
	// The configuration file: TOML 1.0 with the line of each key, for which its parser is used that it calls unstable. Released 2026-07-05, maintained; imports nothing itself, and no verifier links it.
	github.com/pelletier/go-toml/v2 v2.4.3
	// Figures of the issuing service for Prometheus. Released 2026-10-08, maintained.
	github.com/prometheus/client_golang v1.25.0
	// Distributes the chunks of bulk jobs over workers, in the registry's PostgreSQL. Released 2026-11-05, maintained.
	github.com/riverqueue/river v0.51.1
	// The statements with which River's rescue takes over from dead workers; a part of River, released with it.
	github.com/riverqueue/river/riverdriver v0.51.1
	// River's driver for pgx; a part of River, released with it.
	github.com/riverqueue/river/riverdriver/riverpgxv5 v0.51.1
	// River's names of states; a part of River, released with it.
	github.com/riverqueue/river/rivertype v0.51.1
	// testscript and txtar for the tests of the command line. Released 2026-07-01, maintained.
	github.com/rogpeppe/go-internal v1.16.0
	// Progress bar with rate and time left on a terminal. Released 2026-06-30, maintained.
	github.com/schollz/progressbar/v3 v3.19.1
	// Oracle of the tests for our own QR encoder, linked into no program. Last commit 2020-06-17; the symbol's standard does not change.
	github.com/skip2/go-qrcode v0.0.0-20200617195104-da1b6568686e
	// Command line: sub-commands, help, shell completion. Released 2025-12-03, maintained.
	github.com/spf13/cobra v1.10.2
	// The flags of cobra's commands, which says which were given. Comes with cobra; released 2025-09-01, maintained.
	github.com/spf13/pflag v1.0.10
	// Second opinion on SM2: independent code, checks documents before release and is an oracle of the tests; never linked into the verifier. Last release 2021-07-09.
	github.com/tjfoc/gmsm v1.4.1
	// The fonts that paper is printed with, a module of this repository: who embeds the verifier does not download their 11 MB.
	github.com/tongxing/tongxing/fonts v0.1.0
	// Second opinion of the tests on COSE_Sign1 with ES256, linked into no program. Last release 2024-07-19; v1.3.0 is the newest, the format is final.
	github.com/veraison/go-cose v1.3.0
	// Argon2id for the gate's enrolment file. By the Go project; released 2026-10-09.
	golang.org/x/crypto v0.58.0
	// Serial ports of scanners at the gate (termios). By the Go project; released 2026-10-06.
	golang.org/x/sys v0.49.0
	// Passphrases without echo, and whether standard error is a terminal. By the Go project.
	golang.org/x/term v0.47.0
	// GB18030 and normal forms for feeds, and the oracle of our own normal forms; not linked into the verifier. By the Go project.
	golang.org/x/text v0.43.0
	// Rate limits of the issuing service. By the Go project.
	golang.org/x/time v0.16.0
	// The registry's embedded database, SQLite without cgo. Released 2026-09-28, maintained; v1.61.1 breaks go mod tidy.
	modernc.org/sqlite v1.60.0
)

require (
	github.com/beorn7/perks v1.0.1 // indirect
	github.com/bits-and-blooms/bitset v1.24.4 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/decred/dcrd/dcrec/secp256k1/v4 v4.4.1 // indirect
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/goccy/go-json v0.10.6 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/lestrrat-go/blackmagic v1.0.4 // indirect
	github.com/lestrrat-go/dsig v1.4.0 // indirect
	github.com/lestrrat-go/dsig-secp256k1 v1.0.0 // indirect
	github.com/lestrrat-go/httpcc v1.0.1 // indirect
	github.com/lestrrat-go/httprc v1.0.6 // indirect
	github.com/lestrrat-go/httprc/v3 v3.0.6 // indirect
	github.com/lestrrat-go/iter v1.0.2 // indirect
	github.com/lestrrat-go/option v1.0.1 // indirect
	github.com/lestrrat-go/option/v2 v2.0.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/mschoch/smat v0.2.0 // indirect
	github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect
	github.com/ncruces/go-strftime v1.0.0 // indirect
	github.com/prometheus/client_model v0.6.3 // indirect
	github.com/prometheus/common v0.72.0 // indirect
	github.com/prometheus/procfs v0.22.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/riverqueue/river/rivershared v0.51.1 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/segmentio/asm v1.2.1 // indirect
	github.com/tidwall/gjson v1.20.0 // indirect
	github.com/tidwall/match v1.2.0 // indirect
	github.com/tidwall/pretty v1.2.1 // indirect
	github.com/tidwall/sjson v1.2.5 // indirect
	github.com/valyala/fastjson v1.6.10 // indirect
	github.com/x448/float16 v0.8.4 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	golang.org/x/xerrors v0.0.0-20200804184101-5ec99f83aff1 // indirect
	google.golang.org/protobuf v1.36.12 // indirect
	modernc.org/libc v1.77.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)

replace github.com/tongxing/tongxing/fonts => ./fonts
