package transcript

import "slices"

// Document is what a transcript is held against: a signed document, and the keys
// whose signatures on it are good.
type Document struct {
	Kind, Region, Version string
	Hash                  Hash
	Signers               []Hash // thumbprints
}

// Findings are what transcripts and a document do not say alike.
type Findings struct {
	// Unrecorded are keys whose signature is on the document, and whose signing is
	// in no transcript.
	Unrecorded []Hash
	// Unused are keys that signed the document by a transcript, and whose
	// signature is not on it.
	Unused []Hash
	// Others are steps that signed or made another document of the same kind,
	// region and version.
	Others []Step
	// Absent: no step is about the document at all.
	Absent bool
	// Backwards are steps whose time lies before that of a step before them.
	Backwards []Step
}

// Good reports whether every signature on the document is accounted for. Unused
// signatures, drafts that were given up and clocks that differ are for people to
// judge.
func (f *Findings) Good() bool { return !f.Absent && len(f.Unrecorded) == 0 }

// Check holds a document against the transcripts of the machines that took part.
func Check(document Document, transcripts ...*Transcript) Findings {
	findings := Findings{Absent: true}
	var recorded []Hash
	for _, t := range transcripts {
		findings.Backwards = append(findings.Backwards, backwards(t.steps)...)
		for _, step := range t.steps {
			if step.Kind != document.Kind || step.Region != document.Region || step.Version != document.Version {
				continue
			}
			if step.Hash != document.Hash {
				findings.Others = append(findings.Others, step)
				continue
			}
			findings.Absent = false
			if step.Signs() {
				for _, signer := range step.Signers {
					recorded = append(recorded, signer.Thumbprint)
				}
			}
		}
	}
	for _, signer := range document.Signers {
		if !slices.Contains(recorded, signer) {
			findings.Unrecorded = append(findings.Unrecorded, signer)
		}
	}
	for _, signer := range recorded {
		if !slices.Contains(document.Signers, signer) && !slices.Contains(findings.Unused, signer) {
			findings.Unused = append(findings.Unused, signer)
		}
	}
	return findings
}

func backwards(steps []Step) []Step {
	var out []Step
	for i := range steps {
		if i > 0 && steps[i].Time.Before(steps[i-1].Time) {
			out = append(out, steps[i])
		}
	}
	return out
}
