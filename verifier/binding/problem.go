package binding

import (
	"errors"

	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch/series"
)

// problem is why a request was not done.
type problem struct {
	name   string // of spec/binding_errors.csv
	member string // of the request that it is about, "venue.class"; "" for none
	detail string // for who writes the host, in English
}

func problemOf(name string, err error) *problem {
	return &problem{name: name, detail: err.Error()}
}

// allows reports whether an operation that is not known is told first: a later one
// has members that are not known either.
func (p *problem) allows() bool { return p == nil || p.name != "malformed" }

// frame returns the problem as a response.
func (p *problem) frame() []byte {
	row, _ := spec.BindingErrorByName(p.name)
	w := jsontext.Object(nil)
	w.Bool("ok", false)
	w.Value("error", func(dst []byte) []byte {
		w := jsontext.Object(dst)
		w.Text("name", p.name)
		w.TextIf("member", p.member)
		w.Text("zh", row.Label.ZH)
		w.Text("en", row.Label.EN)
		w.TextIf("detail", p.detail)
		return w.End()
	})
	return w.End()
}

// named gives errors that are told apart their names.
type named []struct {
	err  error
	name string
}

// of returns the problem of an error: the name of the first that it is, or else.
func (n named) of(err error, otherwise string) *problem {
	for _, row := range n {
		if errors.Is(err, row.err) {
			return problemOf(row.name, err)
		}
	}
	return problemOf(otherwise, err)
}

var loadProblems = named{
	{trustlist.ErrNotABundle, "bundle_not_a_bundle"},
	{trustlist.ErrLaterVersion, "bundle_later_version"},
	{trustlist.ErrTooLarge, "bundle_too_large"},
	{trustlist.ErrNotAnchored, "bundle_not_anchored"},
	{trustlist.ErrChain, "bundle_chain_broken"},
	{trustlist.ErrThreshold, "bundle_signers"},
	{trustlist.ErrRollback, "bundle_older"},
	{trustlist.ErrFork, "bundle_fork"},
	{trustlist.ErrEpoch, "bundle_epoch"},
	{trustlist.ErrMissing, "bundle_incomplete"},
	{trustlist.ErrSharedKey, "bundle_shared_key"},
}

var deltaProblems = named{
	{delta.ErrLaterVersion, "bundle_later_version"},
	{delta.ErrTooLarge, "bundle_too_large"},
}

var frameProblems = named{
	{series.ErrNotAFrame, "frame_other"},
	{series.ErrLaterVersion, "frame_later_version"},
	{series.ErrDamaged, "frame_damaged"},
	{series.ErrPoisoned, "frame_poisoned"},
}

// loadProblem names what [trustlist.Load] refuses.
func loadProblem(err error) *problem {
	var memory *trustlist.MemoryError
	switch {
	case !errors.As(err, &memory):
		return loadProblems.of(err, "bundle_document")
	case errors.Is(err, trustlist.ErrLaterVersion):
		return problemOf("memory_later_version", err)
	}
	return problemOf("memory_damaged", err)
}

// deltaProblem names why a delta gives no bundle.
func deltaProblem(err error) *problem {
	var other *delta.OtherBaseError
	if errors.As(err, &other) {
		return problemOf("bundle_other_base", err)
	}
	return deltaProblems.of(err, "bundle_not_a_bundle")
}
