package binding

import (
	"errors"

	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/verifier"
)

// load puts a bundle in force, or a delta to the one that is. Whatever is wrong
// leaves everything as it was.
func (i *Instance) load(r *request) ([]byte, *problem) {
	anchor, p := r.trustAnchor()
	if p != nil {
		return nil, p
	}
	bundle, given := r.parts["bundle"]
	if !given {
		return nil, &problem{name: "member_missing", member: "parts.bundle"}
	}
	// A file that lost its content with the power is no absent one: without its memory
	// an older bundle would come in.
	if memory, given := r.parts["memory"]; given && len(memory) == 0 {
		return nil, &problem{name: "memory_damaged", detail: "empty"}
	}
	i.loading.Lock()
	defer i.loading.Unlock()
	options := trustlist.LoadOptions{Clock: r.at.Unix(), Memory: r.parts["memory"], Status: r.status}
	if !r.known.IsZero() {
		options.Known = r.known.Unix()
	}
	if before := i.inForce.Load(); before != nil {
		options.Previous = before.trust
	}
	if bundle, p = whole(bundle, options.Previous); p != nil {
		return nil, p
	}
	trust, report, err := trustlist.Load(bundle, anchor, options)
	if err != nil {
		return nil, loadProblem(err)
	}
	over, err := verifier.New(trust, verifier.Options{StatusListRequired: r.listRequired})
	if err != nil {
		return nil, problemOf("bundle_document", err)
	}
	i.inForce.Store(&inForce{trust, over})
	return loaded(trust, report), nil
}

// trustAnchor returns where trust begins: a hash, or a root document.
func (r *request) trustAnchor() (anchor trustlist.Anchor, p *problem) {
	document, asPart := r.parts["anchor"]
	var err error
	switch asHash := contains(r.given, "anchor"); {
	case asHash == asPart:
		return anchor, &problem{name: "member_missing", member: "anchor", detail: "one of the member and the part"}
	case asHash:
		anchor, err = trustlist.ParseAnchorHash(r.anchor)
	case len(document) > maxAnchor:
		return anchor, &problem{name: "too_large", member: "parts.anchor"}
	default:
		anchor, err = trustlist.ParseAnchor(document)
	}
	if err != nil {
		return anchor, &problem{name: "anchor_invalid", member: "anchor", detail: err.Error()}
	}
	return anchor, nil
}

// whole returns a bundle as it is, and what a delta makes of the one in force.
func whole(data []byte, before *trustlist.Trust) ([]byte, *problem) {
	change, err := delta.Parse(data)
	switch {
	case errors.Is(err, delta.ErrNotADelta):
		return data, nil
	case err != nil:
		return nil, deltaProblem(err)
	case before == nil:
		return nil, &problem{name: "bundle_other_base", detail: "a delta, and nothing is in force"}
	}
	base, err := before.Bundle()
	if err != nil {
		return nil, problemOf("bundle_other_base", err)
	}
	if data, err = change.Apply(base); err != nil {
		return nil, deltaProblem(err)
	}
	return data, nil
}

// loaded says what is in force and what was not taken.
func loaded(trust *trustlist.Trust, report *trustlist.Report) []byte {
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	w.Value("versions", func(dst []byte) []byte {
		w := jsontext.Object(dst)
		w.Text("root", trust.RootVersion().String())
		w.Text("list", trust.ListVersion().String())
		if version := trust.PolicyVersion(); !version.IsZero() {
			w.Text("policy", version.String())
		}
		return w.End()
	})
	w.Value("report", report.AppendJSON)
	return w.End()
}

// stored returns what a host keeps over a restart.
func (i *Instance) stored(*request) ([]byte, *problem) {
	now := i.inForce.Load()
	if now == nil {
		return nil, &problem{name: "no_trust"}
	}
	bundle, err := now.trust.Bundle()
	if err != nil {
		return nil, problemOf("bundle_too_large", err)
	}
	memory := now.trust.Memory()
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	w.Value("parts", func(dst []byte) []byte {
		return jsontext.AppendList(dst, []part{{"bundle", uint64(len(bundle))}, {"memory", uint64(len(memory))}}, appendPart)
	})
	return append(append(append(w.End(), '\n'), bundle...), memory...), nil
}

func appendPart(dst []byte, p part) []byte {
	w := jsontext.Object(dst)
	w.Text("name", p.name)
	w.Int("length", int64(p.length))
	return w.End()
}

// inspect returns what is in force at a time, how old it is, and what is missing.
func (i *Instance) inspect(r *request) ([]byte, *problem) {
	now := i.inForce.Load()
	if now == nil {
		return nil, &problem{name: "no_trust"}
	}
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	w.Value("inspection", now.trust.Inspect(r.at.Unix()).AppendJSON)
	return w.End(), nil
}
