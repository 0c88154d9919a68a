package spec_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/tongxing/tongxing/format"
)

// deriver asks the implementation from the text about lines of [name, class,
// number] and answers with lines of [masked, normalised, last two], "" for what is
// refused.
const deriver = `
import { createInterface } from 'node:readline'
import { deriveNumber, maskName } from './derive.js'
import { Refusal } from './refusal.js'
const orNothing = (compute, nothing) => {
  try { return compute() } catch (error) { if (error instanceof Refusal) return nothing; throw error }
}
for await (const line of createInterface({ input: process.stdin })) {
  const [name, documentClass, number] = JSON.parse(line)
  const { normalised, last_two: last } = orNothing(() => deriveNumber(documentClass, number), { normalised: '', last_two: '' })
  console.log(JSON.stringify([orNothing(() => maskName(name), ''), normalised, last]))
}`

// person is what an issuer derives from.
type person struct {
	name   string
	class  uint8
	number string
}

// oddPerson has a name and a number of any characters that Unicode 15 has.
func oddPerson(r *rand.Rand) person {
	usual := []rune("王明小 ··•*AbZ.-'’1\u0301\u0302\u3000\u00a0\u0327\u0345\u1161\u11a8\u1100ıİßﬁÅΩ\u200d\ufe0f\ufeff")
	spans := [][2]rune{{0x20, 0x24f}, {0x250, 0x7ff}, {0x900, 0x18ff}, {0x1e00, 0x26ff}, {0x3000, 0x318f}, {0x3400, 0x9fff},
		{0xa640, 0xa7ff}, {0xac00, 0xd7a3}, {0xf900, 0xffef}, {0x10000, 0x11fff}, {0x16f00, 0x17000}, {0x1d400, 0x1d7ff},
		{0x20000, 0x2fa1d}, {0x30000, 0x323af}, {0x1f000, 0x1f6ff}, {0xe0100, 0xe01ef}}
	character := func() rune {
		if r.IntN(2) == 0 {
			return usual[r.IntN(len(usual))]
		}
		for {
			span := spans[r.IntN(len(spans))]
			c := span[0] + r.Int32N(span[1]-span[0]+1)
			if unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf) {
				return c
			}
		}
	}
	text := func(most int) string {
		var out strings.Builder
		for range r.IntN(most + 1) {
			out.WriteRune(character())
		}
		return out.String()
	}
	number := []string{"E1234567", "339999199003070014", "339999900307001", "军字第0123456号", text(6)}[r.IntN(5)]
	if r.IntN(2) == 0 {
		at := r.IntN(len([]rune(number)) + 1)
		number = string([]rune(number)[:at]) + string(character()) + string([]rune(number)[at:])
	}
	return person{name: text(9), class: []uint8{1, 3, 4, 99}[r.IntN(4)], number: number}
}

// [CRED-81] [CRED-82] [CRED-83] [CRED-84] [CRED-90] [CRED-91] [CRED-92]
func TestTheImplementationFromTheTextDerivesTheSameFromOddNames(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 8949))
	var people []person
	var input bytes.Buffer
	encoder := json.NewEncoder(&input)
	for range 10000 {
		p := oddPerson(r)
		people = append(people, p)
		if err := encoder.Encode([]any{p.name, p.class, p.number}); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("node", "--input-type=module", "--eval", deriver)
	command.Dir = "reference-js"
	command.Stdin = &input
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(bytes.NewReader(output))
	masked, normalised := 0, 0
	for _, p := range people {
		var theirs, ours [3]string
		if err := answers.Decode(&theirs); err != nil {
			t.Fatal(err)
		}
		if name, err := format.MaskName(p.name); err == nil {
			ours[0] = name
			masked++
		}
		if d, err := format.NewDocument(p.class, p.number); err == nil {
			ours[1], ours[2] = d.Number(), d.LastTwo()
			normalised++
		}
		if ours != theirs {
			t.Errorf("%+q of class %d, %+q: ours %+q, from the text %+q", p.name, p.class, p.number, ours, theirs)
		}
	}
	if masked < 3000 || normalised < 1000 {
		t.Errorf("%d names masked and %d numbers normalised: too few to prove anything", masked, normalised)
	}
}
