package batch

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/tongxing/tongxing/issuer/registry"
)

// KeySize is the length in bytes of the key of the jobs' names and digests.
const KeySize = 32

// Key makes hashes of inputs that cannot be tried out: a bare hash over the record
// of one person could. It is kept apart from the registry, which has the hashes.
type Key [KeySize]byte

type hash = [sha256.Size]byte

// blueprint is what workers have to know of a job beside its plan in the
// registry: where the input is, how long credentials last, and the keyed hash of
// every chunk's part of the input. It stands in the job's folder, in a file that
// is named by the job's digest:
//
//	{"input":"/var/lib/tongxing/33.jsonl","lifetime":604800000000000,"chunk":1000,...}
//	32 bytes for each chunk
//
// The digest covers all of it that decides what is issued, so that a worker holds
// the file to the registry, and then every part of the input to the file.
type blueprint struct {
	Input    string        `json:"input"` // path
	Region   uint8         `json:"region"`
	At       int64         `json:"at"` // unix seconds
	Lifetime time.Duration `json:"lifetime"`
	Chunk    int           `json:"chunk"` // records
	Records  uint64        `json:"records"`
	Pieces   []hash        `json:"-"` // of each chunk

	// The job's name, and the registry that it is planned in, where that is known:
	// they tell whose a plan is that no registry has a job for (TidyPlans).
	Job      string `json:"job,omitempty"`
	Registry string `json:"registry,omitempty"` // its identity in hex
}

// pieceHash is the keyed hash of a chunk's part of the input.
func (k Key) pieceHash(data []byte) hash {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte("tongxing/batch/piece/1"))
	mac.Write(data)
	return hash(mac.Sum(nil))
}

// digest is the job's: a keyed hash over everything that decides what it issues.
func (b *blueprint) digest(k Key) hash {
	mac := hmac.New(sha256.New, k[:])
	mac.Write([]byte("tongxing/batch/job/1"))
	for _, n := range [...]uint64{uint64(b.Region), uint64(b.At), uint64(b.Lifetime), uint64(b.Chunk), b.Records, uint64(len(b.Pieces))} {
		mac.Write(binary.BigEndian.AppendUint64(nil, n))
	}
	for _, piece := range b.Pieces {
		mac.Write(piece[:])
	}
	return hash(mac.Sum(nil))
}

// check refuses a job of nothing, and one that is too large.
func (b *blueprint) check() error {
	if len(b.Pieces) == 0 {
		return ErrNoRecords
	}
	if len(b.Pieces) > registry.MaxJobChunks {
		return fmt.Errorf("batch: %w: %d chunks, want at most %d", registry.ErrInvalid, len(b.Pieces), registry.MaxJobChunks)
	}
	return nil
}

// job is what the registry has of the job; "" names it by its digest.
func (b *blueprint) job(k Key, name string) registry.Job {
	digest := b.digest(k)
	if name == "" {
		name = fmt.Sprintf("%02d-%x", b.Region, digest[:16])
	}
	return registry.Job{Name: name, Digest: digest, Region: b.Region, At: b.At, Chunks: uint32(len(b.Pieces)), Records: b.Records}
}

// belongsTo names the job and the registry in the plan.
func (b *blueprint) belongsTo(job registry.Job, jobs registry.Jobs) {
	b.Job = job.Name
	if r, ok := jobs.(PlannedRegistry); ok {
		b.Registry = identityOf(r)
	}
}

func identityOf(r PlannedRegistry) string {
	identity := r.Identity()
	return hex.EncodeToString(identity[:])
}

// blueprintName names the file by the job's digest: two jobs that are given one
// name do not write over each other's before the registry refuses the second.
func blueprintName(digest hash) string { return "plan-" + hex.EncodeToString(digest[:8]) }

// store writes the blueprint into the job's folder.
func (b *blueprint) store(parts partStore, digest hash) error {
	content, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	content = append(content, '\n')
	for _, piece := range b.Pieces {
		content = append(content, piece[:]...)
	}
	if err := parts.writeSynced(blueprintName(digest), content); err != nil {
		return fmt.Errorf("batch: write the plan: %w", err)
	}
	return nil
}

// ErrNoBlueprint reports a job whose plan is in the registry while the file with
// the rest of it is not in the folder for parts, or is another job's. Planning the
// same input again writes it anew.
var ErrNoBlueprint = errors.New("batch: the file with the plan of the job is missing or damaged")

// loadBlueprint reads the blueprint of a job and holds it to the registry's digest.
func loadBlueprint(parts partStore, job registry.Job, key Key) (*blueprint, error) {
	f, err := os.Open(filepath.Join(parts.folder, blueprintName(job.Digest)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoBlueprint, err)
	}
	defer f.Close()
	reader := bufio.NewReader(io.LimitReader(f, maxBlueprintHead+int64(job.Chunks)*sha256.Size))
	head, err := reader.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoBlueprint, err)
	}
	b := &blueprint{Pieces: make([]hash, job.Chunks)}
	if err := json.Unmarshal(head, b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoBlueprint, err)
	}
	for i := range b.Pieces {
		if _, err := io.ReadFull(reader, b.Pieces[i][:]); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoBlueprint, err)
		}
	}
	if b.Region != job.Region || b.At != job.At || b.Records != job.Records || b.digest(key) != job.Digest {
		return nil, fmt.Errorf("%w: it is not that of job %s", ErrNoBlueprint, job.Name)
	}
	return b, nil
}

// maxBlueprintHead bounds the first line, most of which is the path of the input.
const maxBlueprintHead = 64 << 10
