package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/asn1"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
	"github.com/tongxing/tongxing/format/status"
	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/internal/ratiotest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/trusttest"
)

const (
	queueLength = 10_000     // codes that a run of the program judges
	queueIssued = 1660089600 // 2022-08-10T08:00:00+08:00
	queueList   = 31<<8 | 7  // of a code that expires a week later
	queueCores  = 2
)

// queue is 10,000 codes of as many people with what a venue judges them by, in
// the forms in which the program takes them, and their bare signatures.
type queue struct {
	folder string
	bare   []bareSignature
}

type bareSignature struct {
	key         *ecdsa.PublicKey
	digest, der []byte
}

func (q *queue) path(name string) string { return filepath.Join(q.folder, name) }

// newQueue writes codes.txt, the folder codes with a file for each code,
// queue.bundle with a policy and a status list, and root.cose.
func newQueue(b *testing.B, algorithm sig.Algorithm) *queue {
	b.Helper()
	q := &queue{folder: b.TempDir()}
	signer := sigtest.New(algorithm, "province 33")
	q.trust(b, signer)
	if err := os.Mkdir(q.path("codes"), 0o700); err != nil {
		b.Fatal(err)
	}
	var all strings.Builder
	for n := range queueLength {
		text := q.code(b, n, signer) + "\n"
		all.WriteString(text)
		q.write(b, fmt.Sprintf("codes/%05d.txt", n), text)
	}
	q.write(b, "codes.txt", all.String())
	return q
}

func (q *queue) write(b *testing.B, name, text string) {
	b.Helper()
	if err := os.WriteFile(q.path(name), []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
}

// trust writes the bundle: a station asks for a test or three doses, and a
// hundredth of the list's places are revoked, none of them in the queue.
func (q *queue) trust(b *testing.B, signer sig.Signer) {
	b.Helper()
	const day = 86400
	usage := trustlist.UsageStatus | trustlist.UsageTest | trustlist.UsageVaccination
	var revoked []uint32
	for place := uint32(queueLength); place < 1<<20; place += 100 {
		revoked = append(revoked, place)
	}
	asked := trustlist.Demand{Pass: []uint16{0}, Check: []uint16{1}, Restrict: []uint16{2}, NoList: trustlist.NoListPass,
		Requirement: &trustlist.Requirement{Op: trustlist.AnyOf, Of: []trustlist.Requirement{
			{Op: trustlist.Test, Arguments: []uint32{1, 48 * 3600}}, {Op: trustlist.Doses, Arguments: []uint32{3}},
		}}}
	m := &trusttest.Material{Issued: queueIssued - 3600,
		Policy: &trustlist.Policy{Editions: []trustlist.Edition{{
			EffectiveFrom: queueIssued - 20*day,
			Classes:       []trustlist.ClassPolicy{{Class: 3, Floor: asked, Ceiling: asked}},
		}}},
		Regions: []trusttest.Region{{
			Code: "33", Usage: usage | trustlist.UsageStatusList | trustlist.UsageSnapshot,
			StatusLists:  map[uint32]status.Sets{queueList: {Revoked: revoked}},
			Laboratories: []trustlist.Laboratory{{Number: 3, Name: "杭州", Admitted: queueIssued - 90*day}},
			Keys: []trustlist.Key{{
				Public: signer.PublicKey(), Usage: usage,
				SignFrom: format.DayStart(format.Day(queueIssued) - 30), SignUntil: format.DayStart(format.Day(queueIssued) + 365),
			}},
		}},
	}
	bundle, _, err := m.Bundle()
	if err != nil {
		b.Fatal(err)
	}
	parts, err := trustlist.ParseBundle(bundle)
	if err != nil {
		b.Fatal(err)
	}
	q.write(b, "queue.bundle", string(bundle))
	q.write(b, "root.cose", string(parts.Roots[0]))
}

// code returns the text of the nth code and keeps its bare signature.
func (q *queue) code(b *testing.B, n int, signer sig.Signer) string {
	b.Helper()
	ref := format.Ref{List: queueList, Index: uint32(n)}
	document, err := format.NewDocument(99, fmt.Sprintf("QUEUE%05d", n))
	if err != nil {
		b.Fatal(err)
	}
	holder, err := format.NewHolder("33", ref, "廖浩然", document)
	if err != nil {
		b.Fatal(err)
	}
	data, err := format.Encode(&format.Credential{
		Issuer: "33", IssuedAt: queueIssued, Expires: queueIssued + 7*86400, Holder: holder, Ref: ref,
		Status:       &format.Status{Minutes: 1260},
		Tests:        []format.Test{{Kind: 1, Minutes: uint16(n % 2000), Laboratory: 33<<16 | 3}},
		Vaccinations: []format.Vaccination{{Product: 1, Dose: 3, Course: 2, Day: 708}},
	}, signer)
	if err != nil {
		b.Fatal(err)
	}
	message, err := cose.ParseSign1(data)
	if err != nil {
		b.Fatal(err)
	}
	digest := signer.PublicKey().Digest(message.ToBeSigned())
	q.bare = append(q.bare, bareSignature{bareKey(b, signer.PublicKey()), digest[:], derOf(b, message.Signature())})
	return transport.Encode(data)
}

func bareKey(b *testing.B, key *sig.PublicKey) *ecdsa.PublicKey {
	b.Helper()
	parse := func(point []byte) (*ecdsa.PublicKey, error) {
		return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	}
	if key.Algorithm() == sig.SM2 {
		parse = sm2.NewPublicKey
	}
	public, err := parse(key.Uncompressed())
	if err != nil {
		b.Fatal(err)
	}
	return public
}

func derOf(b *testing.B, signature []byte) []byte {
	b.Helper()
	r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
	der, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		b.Fatal(err)
	}
	return der
}

// verifyBare verifies the bare signatures of the queue on two cores, with their
// digests and keys at hand.
func (q *queue) verifyBare(verify func(bareSignature) bool) func() {
	return func() {
		var group sync.WaitGroup
		for core := range queueCores {
			group.Go(func() {
				for i := core; i < len(q.bare); i += queueCores {
					if !verify(q.bare[i]) {
						panic("bare verification failed")
					}
				}
			})
		}
		group.Wait()
	}
}

// arguments are those of a venue's run over one of the forms.
func (q *queue) arguments(what string) []string {
	return []string{"verify", "--json", "--bundle", q.path("queue.bundle"), "--root", q.path("root.cose"),
		"--at", "2022-08-10T09:00:00+08:00", "--class", "3", "--region", "41", what}
}

// whole runs the program as a process of its own, from start to end.
func (q *queue) whole(b *testing.B, what string, spent *time.Duration) func() {
	out, err := os.Create(q.path("out.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { out.Close() })
	return func() {
		input, err := os.Open(q.path("codes.txt"))
		if err != nil {
			b.Fatal(err)
		}
		defer input.Close()
		if _, err := out.Seek(0, 0); err != nil {
			b.Fatal(err)
		}
		c := exec.Command("tongxing", q.arguments(what)...)
		c.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", queueCores))
		c.Stdin, c.Stdout, c.Stderr = input, out, os.Stderr
		if err := c.Run(); err != nil {
			b.Fatal(err)
		}
		*spent += c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
}

// within runs the command in this process.
func (q *queue) within(b *testing.B, what string) func() {
	return func() {
		input, err := os.Open(q.path("codes.txt"))
		if err != nil {
			b.Fatal(err)
		}
		defer input.Close()
		var stdout, stderr bytes.Buffer
		a := appWith(input, &stdout, &stderr)
		if status := a.run(context.Background(), q.arguments(what)); status != program.StatusOK || bytes.Count(stdout.Bytes(), []byte("\n")) != queueLength {
			b.Fatal(status, stderr.String())
		}
	}
}

// cpuTime is what this process has spent on all cores.
func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkVerifyQueue is 10,000 codes from text to verdicts as JSON, by a
// process from its start to its end and by the command alone, against their bare
// signatures on as many cores: the plan allows 1.4 times that for lines and 1.6
// times for a folder of files. The metric x-cpu is the ratio of the processor
// time of a whole process, which a machine that others use too disturbs less.
func BenchmarkVerifyQueue(b *testing.B) {
	for _, algorithm := range []sig.Algorithm{sig.ES256, sig.SM2} {
		q := newQueue(b, algorithm)
		verify := func(s bareSignature) bool { return ecdsa.VerifyASN1(s.key, s.digest, s.der) }
		if algorithm == sig.SM2 {
			verify = func(s bareSignature) bool { return sm2.VerifyASN1(s.key, s.digest, s.der) }
		}
		bare := q.verifyBare(verify)
		for _, form := range []struct {
			name, what string
			limit      float64
		}{{"lines", "-", 1.4}, {"folder", q.path("codes"), 1.6}} {
			b.Run(algorithm.String()+"/"+form.name+"/process", func(b *testing.B) {
				var ours, base time.Duration
				ratiotest.CompareTurns(b, queueTurns, q.whole(b, form.what, &ours), func() {
					begun := cpuTime(b)
					bare()
					base += cpuTime(b) - begun
				}, form.limit)
				b.ReportMetric(float64(ours)/float64(base), "x-cpu")
			})
			b.Run(algorithm.String()+"/"+form.name+"/command", func(b *testing.B) {
				ratiotest.CompareTurns(b, queueTurns, q.within(b, form.what), bare, form.limit)
			})
		}
	}
}

// queueTurns is how many turns of half a second each make a median.
const queueTurns = 9
