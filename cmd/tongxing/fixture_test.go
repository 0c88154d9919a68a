package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/keys/keystest"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// fixtureKeys are the keys of the scripts. They are made from their names, so
// that their identifiers can stand in a script.
var fixtureKeys = []struct {
	name      string
	algorithm sig.Algorithm
}{
	{"root-sm2-1", sig.SM2}, {"root-sm2-2", sig.SM2},
	{"root-es256-1", sig.ES256}, {"root-es256-2", sig.ES256},
	{"root-sm2-3", sig.SM2}, {"root-sm2-4", sig.SM2}, {"root-sm2-5", sig.SM2},
	{"root-es256-3", sig.ES256}, {"root-es256-4", sig.ES256}, {"root-es256-5", sig.ES256},
	{"33-authority-1", sig.SM2}, {"33-authority-2", sig.SM2},
	{"41-authority", sig.ES256},
	{"33-sign-1", sig.SM2}, {"33-sign-2", sig.SM2}, {"41-sign", sig.ES256},
	{"33-approver", sig.ES256}, // in no key set
}

// fixture makes the keys and, by the commands of the program, the documents of a
// small nation, once for all scripts.
var fixture = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "tongxing-fixture-*")
	if err != nil {
		return "", err
	}
	made = folder
	f := &fixtureMaker{folder: folder, opened: map[string]*keys.PrivateKey{}}
	for _, sub := range []string{"keys", "trust"} {
		if err := os.Mkdir(filepath.Join(folder, sub), 0o700); err != nil {
			return "", err
		}
	}
	return folder, errors.Join(f.keys(), f.documents(), f.policy(), f.snapshot(), f.status())
})

const fixturePassphrase = "correct horse"

type fixtureMaker struct {
	folder string
	opened map[string]*keys.PrivateKey
}

func (f *fixtureMaker) path(name string) string { return filepath.Join(f.folder, name) }

func (f *fixtureMaker) keys() error {
	for _, k := range fixtureKeys {
		key, sealed, err := keystest.New(k.algorithm, &nameReader{name: k.name}, []byte(fixturePassphrase))
		if err != nil {
			return err
		}
		path := f.path("keys/" + k.name)
		f.opened[path] = key
		public, err := keys.MarshalPublic(key.PublicKey())
		if err := errors.Join(err, keys.SaveFile(path, sealed), os.WriteFile(path+".pub", public, 0o600)); err != nil {
			return err
		}
	}
	return errors.Join(
		os.WriteFile(f.path("keys/pass"), []byte(fixturePassphrase+"\n"), 0o600),
		os.WriteFile(f.path("rules.txt"), []byte("赋码规则\n"), 0o600))
}

// nameReader gives bytes that depend on a name alone.
type nameReader struct {
	name string
	n    int
}

func (r *nameReader) Read(p []byte) (int, error) {
	r.n++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", r.name, r.n))
	return copy(p, sum[:]), nil
}

// appWith is the program in this process.
func appWith(stdin io.Reader, stdout, stderr io.Writer) *app {
	return newApp(program.Surroundings{Stdin: stdin, Stdout: stdout, Stderr: stderr, Getenv: func(string) string { return "" }, Clock: time.Now})
}

// documents makes the root, the list with regions 33 and 41, their key sets and
// the bundle, with the drafts and signatures in between.
func (f *fixtureMaker) documents() error {
	for _, line := range strings.Split(strings.TrimSpace(fixtureScript), "\n") {
		args := strings.Fields(strings.ReplaceAll(line, "@", f.folder+"/"))
		var stdout, stderr bytes.Buffer
		a := appWith(strings.NewReader(""), &stdout, &stderr)
		a.opened = f.opened
		if status := a.run(context.Background(), args); status != program.StatusOK {
			return fmt.Errorf("%s: status %d: %s", line, status, stderr.String())
		}
	}
	return nil
}

const fixtureScript = `
root init --sm2 @keys/root-sm2-1.pub,@keys/root-sm2-2.pub --es256 @keys/root-es256-1.pub,@keys/root-es256-2.pub --threshold 1 --at 2022-08-01 --out @trust/root.draft
root sign @trust/root.draft --key @keys/root-sm2-1 --out @trust/root-sm2-1.sig
root sign @trust/root.draft --key @keys/root-es256-1 --out @trust/root-es256-1.sig
root combine @trust/root.draft @trust/root-sm2-1.sig @trust/root-es256-1.sig --out @trust/root.cose
trust csr --region 33 --authority 浙江省卫生健康委员会 --appeal 12345 --rules @rules.txt --usage status,adverse,test,vaccination,snapshot --threshold 1 --key @keys/33-authority-1 --key @keys/33-authority-2 --at 2022-08-02 --out @trust/33.csr
trust csr --region 41 --authority 河南省卫生健康委员会 --appeal 12345 --rules @rules.txt --usage status,test --threshold 1 --key @keys/41-authority --at 2022-08-02 --out @trust/41.csr
trust admit --root @trust/root.cose --yes --at 2022-08-03 --out @trust/list.draft @trust/33.csr @trust/41.csr
trust sign @trust/list.draft --key @keys/root-sm2-1 --key @keys/root-es256-1 --out @trust/list-signatures
trust combine @trust/list.draft @trust/list-signatures --root @trust/root.cose --out @trust/list.cose
keyset new --region 33 --list @trust/list.cose --sign-key @keys/33-sign-1.pub:status+test+snapshot --at 2022-08-04 --out @trust/33.draft
keyset sign @trust/33.draft --key @keys/33-authority-1 --out @trust/33.sig
keyset combine @trust/33.draft @trust/33.sig --list @trust/list.cose --out @trust/33.cose
keyset new --region 41 --list @trust/list.cose --sign-key @keys/41-sign.pub:status+test --at 2022-08-04 --out @trust/41.draft
keyset sign @trust/41.draft --key @keys/41-authority --out @trust/41.sig
keyset combine @trust/41.draft @trust/41.sig --list @trust/list.cose --out @trust/41.cose
bundle pack --root @trust/root.cose --list @trust/list.cose --keyset @trust/33.cose --keyset @trust/41.cose --out @trust/national.bundle
`

// fixtureAt is when the policy and the snapshot are issued, 2022-08-04 at UTC+8.
const fixtureAt = 1659542400

// policy makes the draft of a policy; no command does as yet.
func (f *fixtureMaker) policy() error {
	root, err := fixtureContent[*trustlist.Root](f, "trust/root.cose")
	if err != nil {
		return err
	}
	policy, err := publish.NewPolicy(nil, &trustlist.Policy{
		Editions: []trustlist.Edition{{EffectiveFrom: fixtureAt, Ladder: &trustlist.DefaultLadder}},
	}, root, fixtureAt)
	if err != nil {
		return err
	}
	message, err := publish.NewDraft(policy)
	if err != nil {
		return err
	}
	draft, err := publish.EncodeDraft(message)
	return errors.Join(err, os.WriteFile(f.path("trust/policy.draft"), draft, 0o600))
}

// snapshot makes the signed snapshot of region 33, which an online key signs.
func (f *fixtureMaker) snapshot() error {
	data, err := os.ReadFile(f.path("trust/33.cose"))
	if err != nil {
		return err
	}
	keySet, err := publish.ParseDraft(data)
	if err != nil {
		return err
	}
	snapshot, err := publish.NewSnapshot(nil, publish.RegionState{KeySet: keySet}, fixtureAt, fixtureAt+7*86400)
	if err != nil {
		return err
	}
	message, err := publish.NewDraft(snapshot)
	if err != nil {
		return err
	}
	if message, err = publish.Sign(message, f.opened[f.path("keys/33-sign-1")]); err != nil {
		return err
	}
	signed, err := message.Marshal()
	return errors.Join(err, os.WriteFile(f.path("trust/33-snapshot.cose"), signed, 0o600))
}

// status makes a status list of region 46, which no list admits yet, and the delta
// that follows on it, in which nothing happens. Their encoding is not this
// package's.
func (f *fixtureMaker) status() error {
	head := trustlist.RegionalHead{Region: "46",
		Head: trustlist.Head{Version: trustlist.NewVersion(1, 1), Issued: fixtureAt, Due: fixtureAt + 7*86400}}
	list := &trustlist.StatusList{RegionalHead: head, List: 31 << 8} // 2022-08
	base := trustlist.StatusHash([]*trustlist.StatusList{list})
	delta := &trustlist.StatusDelta{RegionalHead: head, Base: base, Result: base}
	for name, content := range map[string]trustlist.Document{"trust/46-status.cose": list, "trust/46-delta.cose": delta} {
		message, err := publish.NewDraft(content)
		if err != nil {
			return err
		}
		if message, err = publish.Sign(message, f.opened[f.path("keys/33-sign-2")]); err != nil {
			return err
		}
		signed, err := message.Marshal()
		if err = errors.Join(err, os.WriteFile(f.path(name), signed, 0o600)); err != nil {
			return err
		}
	}
	return nil
}

func fixtureContent[T trustlist.Document](f *fixtureMaker, name string) (T, error) {
	var none T
	data, err := os.ReadFile(f.path(name))
	if err != nil {
		return none, err
	}
	message, err := publish.ParseDraft(data)
	if err != nil {
		return none, err
	}
	return publish.Content[T](message)
}
