package main

import (
	"testing"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/configtest"
	"github.com/tongxing/tongxing/cmd/internal/program"
)

// acts are the flags that have to be given with each act: what it is about, whom it
// is for, and who signs it.
var acts = []string{
	"alg", "answer", "appeal", "approval", "approver", "approver-passphrase-file", "at", "authority", "bundle", "by", "class", "codes",
	"compromised", "confirm", "count", "delta", "diag", "digits", "dir", "dry-run", "due", "english", "es256", "es256-threshold",
	"everything", "explain", "feeds", "forget", "form", "format", "fps", "frames", "from", "full", "full-name", "id", "index", "issued",
	"job", "jwks", "key", "key-id", "keys-out", "keyset", "laboratories", "laboratory", "large", "limit", "list", "lists", "longer",
	"max-places", "module", "name", "out", "overlay", "partial", "passphrase-file", "places", "policy", "previous", "programme-end",
	"pub", "public-key", "raise-list-epoch", "raise-policy-epoch", "reason", "records", "reference", "refused", "region", "region-epoch",
	"region-folder", "registry", "rejects", "root", "rules", "second-approval", "second-approver", "second-approver-passphrase-file", "backup-made", "sign-key", "since", "sm2",
	"sm2-threshold", "snapshot", "status", "status-regions", "store", "summary", "symbol", "threshold", "together", "transcript",
	"until", "uri", "usage", "vectors", "version-counter", "version-epoch", "yes", "date",
}

func TestEveryFlagIsASettingOrOfOneAct(t *testing.T) {
	configtest.Hold(t, func(s program.Surroundings) (*program.Program, *cobra.Command) {
		a := newApp(s)
		return a.Program, a.rootCommand()
	}, acts...)
}
