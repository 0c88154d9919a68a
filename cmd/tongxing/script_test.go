package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/keys"
)

// The scripts of testdata/script run the program as a user does. Each begins in
// a folder of its own with what fixture made: keys/, whose passphrase is in
// keys/pass, and the finished documents of trust/.

func TestMain(m *testing.M) {
	testscript.Main(cleaning{m}, map[string]func(){
		"tongxing": func() { os.Exit(mainStatus()) },
	})
}

// cleaning removes the fixture when all tests have run.
type cleaning struct{ *testing.M }

func (c cleaning) Run() int {
	status := c.M.Run()
	if made != "" {
		os.RemoveAll(made)
	}
	return status
}

// made is the folder of the fixture, once there is one.
var made string

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			folder, err := fixture()
			if err != nil {
				return err
			}
			home := filepath.Join(env.WorkDir, ".home")
			env.Setenv("HOME", home)
			env.Setenv("LANG", "C")
			env.Setenv("LC_ALL", "")
			return errors.Join(os.Mkdir(home, 0o700), copyFixture(folder, env.WorkDir))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"refused": refused,
			"flip":    flip,
		},
	})
}

// copyFixture copies the fixture; key files are for their owner alone, or they
// are refused.
func copyFixture(from, to string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	for _, k := range fixtureKeys {
		if err := os.Chmod(filepath.Join(to, "keys", k.name), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// refused runs the program, which has to exit with the given status, say why in
// one line, print nothing else, and leave the folder as it was:
//
//	refused 1 root verify root.draft
//	stderr 'is not signed'
func refused(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) < 2 {
		ts.Fatalf("usage: refused STATUS ARGUMENT...")
	}
	before := listing(ts)
	err := ts.Exec("tongxing", args[1:]...)
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("printed beside an error: %q", out)
	}
	said := 0
	for line := range strings.Lines(ts.ReadFile("stderr")) {
		if strings.HasPrefix(line, "tongxing: ") || strings.HasPrefix(line, `{"detail":`) {
			said++
		} else if !strings.HasPrefix(line, "Careful: ") {
			ts.Fatalf("more than a sentence: %q", line)
		}
	}
	if said != 1 {
		ts.Fatalf("%d sentences, want one: %q", said, ts.ReadFile("stderr"))
	}
	if after := listing(ts); after != before {
		ts.Fatalf("left behind:\n%s\nbefore:\n%s", after, before)
	}
}

// listing names every file of the script's folder with its hash.
func listing(ts *testscript.TestScript) string {
	var all strings.Builder
	root := ts.MkAbs(".")
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !d.Type().IsRegular() {
			fmt.Fprintln(&all, path)
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s %x\n", path, sha256.Sum256(data))
		return err
	}))
	return all.String()
}

// flip changes one byte of a file: flip FILE OFFSET. A negative offset counts
// from the end.
func flip(ts *testscript.TestScript, negated bool, args []string) {
	if negated || len(args) != 2 {
		ts.Fatalf("usage: flip FILE OFFSET")
	}
	path := ts.MkAbs(args[0])
	data, err := os.ReadFile(path)
	ts.Check(err)
	offset, err := strconv.Atoi(args[1])
	ts.Check(err)
	if offset < 0 {
		offset += len(data)
	}
	data[offset] ^= 1
	ts.Check(os.WriteFile(path, data, 0o600))
}

// fixtureKeys are the keys of the scripts. They are made from their names, so
// that their identifiers can stand in a script.
var fixtureKeys = []struct {
	name      string
	algorithm sig.Algorithm
}{
	{"root-sm2-1", sig.SM2}, {"root-sm2-2", sig.SM2},
	{"root-es256-1", sig.ES256}, {"root-es256-2", sig.ES256},
	{"33-authority-1", sig.SM2}, {"33-authority-2", sig.SM2},
	{"41-authority", sig.ES256},
	{"33-sign-1", sig.SM2}, {"33-sign-2", sig.SM2}, {"41-sign", sig.ES256},
}

// fixture makes the keys and, by the commands of the program, the documents of a
// small nation, once for all scripts: opening a key is slow on purpose.
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
	return folder, errors.Join(f.keys(), f.documents())
})

const fixturePassphrase = "correct horse"

type fixtureMaker struct {
	folder string
	opened map[string]*keys.PrivateKey
}

func (f *fixtureMaker) path(name string) string { return filepath.Join(f.folder, name) }

func (f *fixtureMaker) keys() error {
	var workers sync.WaitGroup
	faults := make([]error, len(fixtureKeys))
	for i, k := range fixtureKeys {
		key, err := keys.Generate(k.algorithm, &nameReader{name: k.name})
		if err != nil {
			return err
		}
		path := f.path("keys/" + k.name)
		f.opened[path] = key
		workers.Go(func() {
			sealed, err := key.Marshal([]byte(fixturePassphrase))
			if err != nil {
				faults[i] = err
				return
			}
			public, err := keys.MarshalPublic(key.PublicKey())
			faults[i] = errors.Join(err, keys.SaveFile(path, sealed), os.WriteFile(path+".pub", public, 0o600))
		})
	}
	workers.Wait()
	return errors.Join(append(faults,
		os.WriteFile(f.path("keys/pass"), []byte(fixturePassphrase+"\n"), 0o600),
		os.WriteFile(f.path("rules.txt"), []byte("赋码规则\n"), 0o600))...)
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

// documents makes the root, the list with regions 33 and 41, their key sets and
// the bundle, with the drafts and signatures in between.
func (f *fixtureMaker) documents() error {
	for _, line := range strings.Split(strings.TrimSpace(fixtureScript), "\n") {
		args := strings.Fields(strings.ReplaceAll(line, "@", f.folder+"/"))
		var stdout, stderr bytes.Buffer
		a := &app{
			stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr,
			getenv: func(string) string { return "" }, clock: time.Now, opened: f.opened,
		}
		if status := a.run(context.Background(), args); status != statusOK {
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
trust csr --region 33 --authority 浙江省卫生健康委员会 --appeal 12345 --rules @rules.txt --usage status,adverse,test,vaccination --threshold 1 --key @keys/33-authority-1 --key @keys/33-authority-2 --at 2022-08-02 --out @trust/33.csr
trust csr --region 41 --authority 河南省卫生健康委员会 --appeal 12345 --rules @rules.txt --usage status,test --threshold 1 --key @keys/41-authority --at 2022-08-02 --out @trust/41.csr
trust admit --root @trust/root.cose --yes --at 2022-08-03 --out @trust/list.draft @trust/33.csr @trust/41.csr
trust sign @trust/list.draft --key @keys/root-sm2-1 --key @keys/root-es256-1 --out @trust/list-signatures
trust combine @trust/list.draft @trust/list-signatures --root @trust/root.cose --out @trust/list.cose
keyset new --region 33 --list @trust/list.cose --sign-key @keys/33-sign-1.pub:status+test --at 2022-08-04 --out @trust/33.draft
keyset sign @trust/33.draft --key @keys/33-authority-1 --out @trust/33.sig
keyset combine @trust/33.draft @trust/33.sig --list @trust/list.cose --out @trust/33.cose
keyset new --region 41 --list @trust/list.cose --sign-key @keys/41-sign.pub:status+test --at 2022-08-04 --out @trust/41.draft
keyset sign @trust/41.draft --key @keys/41-authority --out @trust/41.sig
keyset combine @trust/41.draft @trust/41.sig --list @trust/list.cose --out @trust/41.cose
bundle pack --root @trust/root.cose --list @trust/list.cose --keyset @trust/33.cose --keyset @trust/41.cose --out @trust/national.bundle
`
