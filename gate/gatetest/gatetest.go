// Package gatetest gives tests of a venue's device its trust material: a store with
// the training set, whose codes give every kind of screen. Only tests import it.
package gatetest

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/gate/knowledge"
	"github.com/tongxing/tongxing/gate/training"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
)

// Codes returns the codes of the training set.
func Codes(t testing.TB) []training.Code {
	t.Helper()
	set, err := training.Load()
	if err != nil {
		t.Fatal(err)
	}
	return set.Codes()
}

// Clock is a clock that stands at the time of the training.
func Clock() time.Time { return training.At }

// Anchor returns the root of the training set.
func Anchor(t testing.TB) trustlist.Anchor {
	t.Helper()
	_, root := training.Material()
	anchor, err := trustlist.ParseAnchor(root)
	if err != nil {
		t.Fatal(err)
	}
	return anchor
}

// Stick writes a folder with the bundle of the training set and returns its path.
func Stick(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	bundle, _ := training.Material()
	if err := os.WriteFile(filepath.Join(folder, "national.bundle"), bundle, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Empty returns the Keeper of a device that knows its root and nothing more.
func Empty(t testing.TB) *knowledge.Keeper {
	t.Helper()
	keeper, err := knowledge.Open(knowledge.Options{
		Store: filepath.Join(t.TempDir(), "trust.store"), Anchor: Anchor(t), Clock: Clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return keeper
}

// Keeper returns the Keeper of a device that has the training set.
func Keeper(t testing.TB) *knowledge.Keeper {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trust.store")
	store, err := fetch.OpenStore(path, fetch.StoreOptions{Anchor: Anchor(t)})
	if err != nil {
		t.Fatal(err)
	}
	bundle, _ := training.Material()
	if _, err := fetch.ImportBytes(store, bundle, "training", Clock().Unix()); err != nil {
		t.Fatal(err)
	}
	keeper, err := knowledge.Open(knowledge.Options{Store: path, Clock: Clock})
	if err != nil {
		t.Fatal(err)
	}
	return keeper
}

// Many returns n codes, each of another holder, that nobody's trust material knows:
// what a scanner sends, for tests that only compare texts. The forms
// take turns.
func Many(t testing.TB, n int, encode ...func([]byte) string) []string {
	t.Helper()
	signer := sigtest.New(sig.ES256, "gate")
	codes := make([]string, n)
	for i := range codes {
		c := &format.Credential{
			Issuer: "33", IssuedAt: training.Issued.Unix(), Expires: training.Issued.Unix() + 7*86400, Status: &format.Status{Minutes: 60},
			Ref: format.Ref{List: format.ListMonth(training.Issued.Unix()+7*86400) << 8, Index: uint32(i)},
		}
		document, err := format.NewDocument(99, "G"+strconv.Itoa(i))
		if err != nil {
			t.Fatal(err)
		}
		if c.Holder, err = format.NewHolder(c.Issuer, c.Ref, "廖浩然", document); err != nil {
			t.Fatal(err)
		}
		data, err := format.Encode(c, signer)
		if err != nil {
			t.Fatal(err)
		}
		codes[i] = encode[i%len(encode)](data)
	}
	return codes
}
