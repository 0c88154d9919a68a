package approval

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/registry/sqlite"
)

// A day's worth of red codes takes a second person: 1,317 people who wanted their money
// back were once made red by the word of few. [ISSUER-33]
func TestBeyondTheQuotaTwoApprove(t *testing.T) {
	r, err := sqlite.Create(t.Context(), filepath.Join(t.TempDir(), "33.registry"), registry.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	first, second := approver.PublicKey(), sigtest.New(sig.ES256, "approval-second").PublicKey()
	const day, morning = 86400, int64(1_660_089_600) // midnight at UTC
	for _, step := range []struct {
		name, job string
		region    string
		adverse   uint64
		at        int64
		by        []*sig.PublicKey
		want      error
	}{
		{"what restricts nobody", "a", "33", 0, morning, []*sig.PublicKey{first}, nil},
		{"the depositors", "b", "33", 1317, morning, []*sig.PublicKey{first}, registry.ErrQuota},
		{"and again", "b", "33", 1317, morning + 60, []*sig.PublicKey{first}, registry.ErrQuota},
		{"the same key twice", "b", "33", 1317, morning + 60, []*sig.PublicKey{first, first}, registry.ErrQuota},
		{"what is below it", "c", "33", 900, morning + 60, []*sig.PublicKey{first}, nil},
		{"the same once more", "c", "33", 900, morning + 90, []*sig.PublicKey{first}, nil},
		{"what together is above it", "d", "33", 101, morning + 90, []*sig.PublicKey{first}, registry.ErrQuota},
		{"what fills it", "e", "33", 100, morning + 90, []*sig.PublicKey{first}, nil},
		{"one more", "f", "33", 1, morning + 90, []*sig.PublicKey{second}, registry.ErrQuota},
		{"another region", "g", "41", 1000, morning + 90, []*sig.PublicKey{first}, nil},
		{"with a second", "b", "33", 1317, morning + 90, []*sig.PublicKey{first, second}, nil},
		{"the next day", "f", "33", 1, morning + day, []*sig.PublicKey{second}, nil},
		{"a region that is none", "h", "3", 1, morning, []*sig.PublicKey{first}, ErrInvalid},
	} {
		a := approved()
		a.Region, a.Job, a.Adverse = step.region, step.job, map[uint16]uint64{2: step.adverse}
		if step.adverse == 0 {
			a.Adverse = nil
		}
		if err := Count(t.Context(), r, a, "operator", step.by, step.at, DefaultQuota); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
	}
}
