package arch

import (
	"slices"
	"strings"
)

// modulePath is the module whose sources are read.
const modulePath = "github.com/tongxing/tongxing"

// layers is the order of the house: a package imports packages of its own prefix
// and of lower levels. A longer prefix decides before a shorter one.
var layers = []struct {
	prefix string // folder relative to the module; those below belong to it
	level  int
	why    string
}{
	{"spec/gen", -1, "a program that writes the vectors without a line of the code they test"},
	{"spec", 0, "tables that everybody reads, and vectors for everybody's tests"},
	{"internal/arch", 0, "tests alone"},
	{"docs", 0, "guides, and the tests that run them"},
	{"internal/curve", 0, "signatures checked by arithmetic of our own"},
	{"internal/jsontext", 0, "JSON without reflection"},
	{"internal/ratiotest", 0, "benchmarks' comparisons"},
	{"internal/postgrestest", 0, "servers for tests"},
	{"internal/apitest", 0, "listings of what stays, and an example of them"},
	{"internal/openssltest", 0, "a judge of signatures for tests"},
	{"fonts", 0, "a module of its own, for paper"},
	{"format", 1, "what is on the wire"},
	{"trustlist", 2, "whose keys count"},
	{"issuer", 3, "records to credentials"},    // of one level:
	{"verifier", 3, "credentials to verdicts"}, // neither imports the other
	{"gate", 4, "a venue's device around the verifier, without any private key"},
	{"cmd", 5, "programs"},
}

// pure are the packages that somebody embeds who has no file, socket, logger or
// clock to give; apart are folders below them that are not embedded, and within
// those inside are the ones that are.
var (
	pure   = []string{"internal/curve", "format", "trustlist", "verifier", "gate/screen", "gate/wedge"}
	apart  = []string{"trustlist/publish", "trustlist/fetch", "trustlist/jwks"}
	inside = []string{"trustlist/fetch/layout", "trustlist/fetch/series"}
)

// notImported are the packages that no pure package imports itself. The standard
// library's fmt imports os, so only the direct import can be a rule.
var notImported = []string{"os", "io/fs", "io/ioutil", "path/filepath", "log", "log/slog", "unsafe"}

// notReached are the packages that no pure package reaches through anything.
var notReached = []string{"net", "net/http", "os/exec", "os/signal", "database/sql", "plugin", "runtime/cgo"}

// modulesOf lists for each package the modules that its code, tests aside, may
// import. A package that is not here imports the standard library and this
// module alone.
var modulesOf = map[string][]string{
	"format":                   {cborModule},
	"format/cborx":             {cborModule},
	"format/qr/scan":           {"github.com/makiuchi-d/gozxing"},
	"format/sig":               {gmsmModule},
	"format/sig/sigtest":       {gmsmModule},
	"gate/enrolment":           {"golang.org/x/crypto"},
	"gate/gatetest":            {"golang.org/x/sys"},
	"gate/serial":              {"golang.org/x/sys"},
	"issuer/feed":              {textModule},
	"issuer/keys/pkcs11":       {"github.com/miekg/pkcs11"},
	"issuer/keys":              {gmsmModule},
	"issuer/keys/keystest":     {gmsmModule},
	"issuer/access":            {jwxModule},
	"issuer/service":           {"github.com/danielgtaylor/huma/v2", "github.com/prometheus/client_golang", "golang.org/x/time"},
	"issuer/batch/metrics":     {"github.com/prometheus/client_golang"},
	"internal/postgrestest":    {pgxModule},
	"issuer/registry/postgres": {pgxModule},
	"issuer/batch/riverqueue":  {pgxModule, riverModule, riverModule + "/riverdriver", riverModule + "/riverdriver/riverpgxv5", riverModule + "/rivertype"},
	"issuer/registry/sqlite":   {"modernc.org/sqlite"},
	"trustlist/jwks":           {jwxModule},
	"trustlist/publish/second": {secondOpinionModule},
	"trustlist/tokenstatus":    {cborModule},
	"spec/gen":                 {secondOpinionModule, textModule},
	"cmd/tongxing-signer":      {"github.com/spf13/cobra"},
	"cmd/internal/program":     {"github.com/spf13/cobra"},
	"cmd/internal/config":      {"github.com/pelletier/go-toml/v2", "github.com/spf13/cobra", "github.com/spf13/pflag"},
	"cmd/internal/loggrep":     {textModule},
	"cmd/internal/configtest":  {"github.com/spf13/cobra", "github.com/spf13/pflag"},
	"cmd/internal/manual":      {"github.com/spf13/cobra", "github.com/spf13/pflag"},
	"cmd/tongxing-gate":        {"github.com/spf13/cobra", "golang.org/x/sys"},
	"cmd/tongxing-issuer":      {"github.com/spf13/cobra", "golang.org/x/term", jwxModule},
	"cmd/internal/typeface":    {fontsModule},
	"cmd/tongxing":             {cborModule, "github.com/spf13/cobra", "github.com/spf13/pflag", "golang.org/x/term", textModule, "github.com/schollz/progressbar/v3"},
}

// linkedByVerifier is everything that comes with the verifier from elsewhere:
// who embeds it reads this list.
var linkedByVerifier = []string{cborModule, "github.com/x448/float16", gmsmModule, "golang.org/x/crypto"}

const (
	cborModule          = "github.com/fxamacker/cbor/v2"
	jwxModule           = "github.com/lestrrat-go/jwx/v3"
	fontsModule         = modulePath + "/fonts"
	gmsmModule          = "github.com/emmansun/gmsm"
	pgxModule           = "github.com/jackc/pgx/v5"
	riverModule         = "github.com/riverqueue/river"
	textModule          = "golang.org/x/text"
	secondOpinionModule = "github.com/tjfoc/gmsm"
)

// mayPanic lists the functions of libraries that panic, and why they may.
var mayPanic = map[string]string{
	"format/sig/sigtest.New": "for tests alone, where a wrong algorithm is a fault of the test",
}

// parsers are the packages that read what strangers wrote: each has fuzz targets
// for it. A function named like a parser puts its package here (see isParser).
var parsers = []string{
	"format",
	"format/cborx",
	"format/cose",
	"format/qr/scan",
	"format/sig",
	"format/status",
	"format/transport",
	"gate/controllers",
	"gate/document",
	"gate/enrolment",
	"gate/wedge",
	"gate/webapp",
	"issuer/access",
	"issuer/approval",
	"issuer/deletion",
	"issuer/feed",
	"issuer/journal",
	"issuer/keys",
	"issuer/keys/remote",
	"issuer/paper/truetype",
	"issuer/registry/packed",
	"trustlist",
	"trustlist/delta",
	"trustlist/fetch",
	"trustlist/fetch/layout",
	"trustlist/fingerprint",
	"trustlist/jwks",
	"trustlist/publish",
	"trustlist/publish/transcript",
	"verifier/binding",
	"verifier/policy/golden",
	"verifier/policy/lint",
	"trustlist/tokenstatus",
}

// notFuzzed are packages with a function named like a parser whose input is no
// stranger's, and why.
var notFuzzed = map[string]string{}

// The limits of what one reads at a sitting; tests are not counted.
const (
	maxFileLines     = 400
	maxFunctionLines = 60
)

// within tells whether the package in folder is the one named or below it.
func within(folder, prefix string) bool {
	return folder == prefix || strings.HasPrefix(folder, prefix+"/")
}

// withinAny is within for a list.
func withinAny(folder string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if within(folder, prefix) {
			return true
		}
	}
	return false
}

// isPure tells whether the rules for embedded packages hold for folder.
func isPure(folder string) bool {
	return withinAny(folder, pure) && !isApart(folder) && !forTests(folder)
}

// isApart tells whether folder belongs to those that nobody embeds.
func isApart(folder string) bool { return withinAny(folder, apart) && !withinAny(folder, inside) }

// isProgram tells whether folder holds a program rather than a library.
func isProgram(folder string) bool {
	return withinAny(folder, []string{"cmd", "examples", "spec/gen"})
}

// testOnly are the packages that only tests import, beside those whose name ends
// in "test" as httptest's does.
var testOnly = []string{"spec/vectors", "trustlist/internal/nation"}

// mayUse are the packages that import one of testOnly outside their tests, and
// why.
var mayUse = map[string]struct{ imports, why string }{
	"cmd/internal/conformance": {"spec/vectors", "tongxing conformance runs them against implementations that are not in Go"},
	"cmd/tongxing":             {"spec/vectors", "the same"},
	"trustlist/publish/facts":  {"spec/vectors", "their trust facts become material there, for that command and for tests"},
}

// forTests tells whether folder holds a package that only tests import.
func forTests(folder string) bool {
	return slices.Contains(testOnly, folder) || strings.HasSuffix(folder, "test")
}
