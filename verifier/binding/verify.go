package binding

import (
	"github.com/tongxing/tongxing/internal/jsontext"
	"github.com/tongxing/tongxing/verifier"
)

// verify answers with the bytes of [verifier.Verdict.AppendJSON].
func (i *Instance) verify(r *request) ([]byte, *problem) {
	verdict := i.verifier().Verify(r.code, r.at, r.context)
	w := jsontext.Object(make([]byte, 0, 2048))
	w.Bool("ok", true)
	w.Value("verdict", verdict.AppendJSON)
	if r.explain != "" {
		appendSteps(&w, verdict.Explain(r.explain))
	}
	return w.End(), nil
}

// together answers for the codes that one person shows.
func (i *Instance) together(r *request) ([]byte, *problem) {
	person := i.verifier().VerifyTogether(r.codes, r.at, r.context)
	w := jsontext.Object(nil)
	w.Bool("ok", true)
	w.Value("person", person.AppendJSON)
	if r.explain != "" {
		appendSteps(&w, person.Explain(r.explain))
	}
	return w.End(), nil
}

// results are the names of what became of a check.
var results = map[verifier.StepResult]string{
	verifier.NotAsked: "not_asked", verifier.Held: "held", verifier.Failed: "failed", verifier.Undecided: "undecided",
}

func appendSteps(w *jsontext.Writer, steps []verifier.Step) {
	w.Value("steps", func(dst []byte) []byte {
		return jsontext.AppendList(dst, steps, func(dst []byte, step verifier.Step) []byte {
			w := jsontext.Object(dst)
			w.Text("check", step.Check.Name())
			w.Text("result", results[step.Result])
			w.Text("text", step.Text)
			return w.End()
		})
	})
}
