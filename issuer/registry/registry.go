// Package registry states what a province keeps of the credentials that it
// issued, and how: the references that are taken, one entry for every credential
// that was committed, and one event for every change of its state. It keeps no
// personal data: no name, no number, no claim, and nothing that a person's data
// could be tried against.
//
// A reference lives so:
//
//	free -> leased -> committed
//	           \-> lost
//
// Lease takes references for records about to be signed. Commit writes the
// entries of a chunk of signed credentials, all of them or none, once for each
// job and chunk number. What was leased and not committed, because a process
// died between the two, is lost and never handed out again.
//
// A committed credential is changed by orders ([Order]), each recorded whole or
// not at all, and by reference alone:
//
//	         suspend
//	active <--------> suspended --+
//	   |     resume               |
//	   +--------------------------+--> revoked, superseded (final)
//
// Events are appended and never changed or deleted; a chain of hashes over them
// ([Mark]) tells an older copy of a registry from the registry.
//
// Bulk work is a job of chunks ([Jobs]). It is planned first: which part of the
// input is which chunk, and which references are its, leased for all chunks at
// once. Then any number of workers claim chunks ([Claims]), sign and commit them;
// a chunk is committed once, whoever does it first. A single issue is a chunk whose
// entries answer requests ([Answers]): the same request again finds its answer.
//
//	planned -> claimed -> committed        a claim that runs out: planned again
//
// What people did is in a journal that is only added to ([Journal]), and what needs
// two of them is a proposal ([Proposals]). Months that ended are purged ([Purger]);
// a copy that is older than what was handed out is raised ([Raiser], and package
// witness, which notices it).
//
// The references of one region whose credentials expire in one month form a
// pool. A pool is spread over lists (see the credential's reference: list
// number and index) so that a reference tells neither order nor place of issue:
// counters 0, 1, 2, ... of a bank of lists go through one secret permutation
// over all places of all of the bank's lists, and the result is cut into shard
// and index. Had each job filled lists of its own, a list would stand for a
// town. As it is, two neighbours' references are as far apart as any two, and a
// reference is turned back into its counter, and so into its entry, with the
// key alone.
//
// A bank's first list and number of lists are fixed when it is opened. A pool
// starts with as many lists as its registry was planned for; when they are
// full, another bank with as many lists as the pool has so far is opened. A
// shard then tells which bank a credential is of, so a registry is best planned
// for a whole month's credentials (Plan.Shards).
//
// Package sqlite has the implementation that needs no server, package postgres the
// one for many machines; each is a [Store]. Package registrytest has the tests that every implementation passes.
package registry

import (
	"context"
	"errors"
	"iter"
)

const (
	// DefaultPlaces is the number of places of a list where nothing else is
	// planned, and the least: an index is one of at least 2^20.
	DefaultPlaces = 1 << 20
	// MaxPlaces is the largest number of places of a list.
	MaxPlaces = 1 << 24
	// MaxShards is the number of lists that a region has for a month.
	MaxShards = 256
	// MaxLease is the largest number of references in one lease.
	MaxLease = 1 << 16
	// MaxChunk is the largest number of entries in a chunk.
	MaxChunk = 1 << 16
	// MaxJobLength is the length of the longest name of a job, in bytes.
	MaxJobLength = 64
)

var (
	// ErrFull reports a pool whose 256 lists are all used up.
	ErrFull = errors.New("registry: every list of the region and month is full")
	// ErrNotFound reports a reference, request or chunk that was not committed.
	ErrNotFound = errors.New("registry: not in the registry")
	// ErrNotLeased reports a commit of a reference that was not leased before.
	ErrNotLeased = errors.New("registry: reference was not leased")
	// ErrReferenceUsed reports a commit of a reference that another chunk, or
	// another entry of the same chunk, holds.
	ErrReferenceUsed = errors.New("registry: reference is used already")
	// ErrRequestUsed reports a commit whose request key another entry holds.
	// LookupRequest returns that entry.
	ErrRequestUsed = errors.New("registry: request key is used already")
	// ErrInvalid reports an argument outside the bounds that are documented
	// with it: the caller's fault, and nothing was changed.
	ErrInvalid = errors.New("registry: invalid argument")
	// ErrNotARegistry reports a file that is something else: a folder, another
	// program's database, no database, or one whose creation was cut short.
	ErrNotARegistry = errors.New("registry: not a registry")
	// ErrDamaged reports a registry whose content contradicts itself.
	ErrDamaged = errors.New("registry: damaged (restore a backup)")
	// ErrNewerSchema reports a registry that a newer version of the program
	// wrote.
	ErrNewerSchema = errors.New("registry: written by a newer version")
	// ErrUnavailable reports a storage on another machine that cannot be reached or
	// that went away. What was asked for may or may not have been done: it is to
	// be repeated.
	ErrUnavailable = errors.New("registry: the storage is not available")
	// ErrBusy reports a storage that somebody else held for longer than a caller
	// is kept waiting. Nothing was changed; it can be tried again.
	ErrBusy = errors.New("registry: another program holds the registry; try again")
	// ErrStorageFull reports a disk (or quota) without room. Nothing was
	// changed.
	ErrStorageFull = errors.New("registry: no room left on the storage")
)

// Pool names the references of one region and month.
type Pool struct {
	// Region is the GB/T 2260 number of the issuing region, 0 to 99.
	Region uint8
	// Month is the month in which the credentials expire, at UTC+8, counted
	// from January 2020 as 0. It is the list number without its last byte, the
	// shard.
	Month uint16
}

// Reference is the identity of a credential within its region.
type Reference struct {
	Region uint8  // GB/T 2260, 0 to 99
	List   uint32 // months since January 2020 x 256 + shard
	Index  uint32 // place within the list
}

// Pool returns the pool that the reference belongs to.
func (r Reference) Pool() Pool { return Pool{Region: r.Region, Month: uint16(r.List >> 8)} }

// KeyID is the first four bytes of the signing key's thumbprint.
type KeyID [4]byte

// RequestKey marks the request that a credential answers, so that a repeated
// request finds it. It is a keyed hash over what the requester sent, made by the
// caller, who alone holds that key: a bare hash over a person's number could be
// tried out. The zero key marks nothing.
type RequestKey [16]byte

// State is what an entry is. What became of the credential afterwards is in the
// events of its reference ([StateKeeper]). Numbers are stored and never reused.
type State uint8

// Issued is the state of every entry, from its commit on.
const Issued State = 1

// Entry is what is kept of one credential, 45 bytes (61 with a request key).
type Entry struct {
	Reference Reference
	KeyID     KeyID
	// Hash is the SHA-256 hash of the credential's bytes.
	Hash [32]byte
	// IssuedAt and ExpiresAt are the credential's iat and exp: seconds since
	// 1970 UTC, 0 to 2^32-1.
	IssuedAt, ExpiresAt int64
	State               State
	Request             RequestKey
}

// Chunk is a part of a job's entries. Job and number together are its identity.
type Chunk struct {
	// Job is 1 to 64 of the characters 0-9 A-Z a-z . _ : and -. A job over a
	// file of records is best named by a keyed hash of the file, the key kept
	// apart from the registry: the same file fed twice is then one job. A name
	// must not carry personal data, and a bare hash of one person's record is
	// that.
	Job    string
	Number uint32
	// Entries are 0 to MaxChunk in any order. A chunk may be empty: all of its
	// records were refused, and that is settled too.
	Entries []Entry
}

// Receipt tells what a commit left in the registry.
type Receipt struct {
	// AlreadyCommitted is true when the chunk was in the registry before, and
	// the commit changed nothing. Signatures are not deterministic, so the
	// credentials that the caller holds are then to be thrown away: those of
	// Entries are the issued ones.
	AlreadyCommitted bool
	// Entries are the chunk's entries, bank by bank in the order in which their
	// references were leased.
	Entries []Entry
}

// PoolCount counts the references of a pool.
type PoolCount struct {
	Pool   Pool
	Shards int    // lists open
	Places uint64 // references that these lists have
	Leased uint64 // references handed out
	Issued uint64 // entries committed
}

// Registry keeps references and entries. It is safe for concurrent use, and
// several processes may work on the same storage. Every method returns
// ErrInvalid for arguments out of bounds and the context's error when that ends
// first. A change is on stable storage when the method that made it returns nil.
// When it returns an error nothing was changed, unless the storage itself failed
// in the act: then a lease is at worst lost, and a commit is to be repeated, for
// it happens only once.
type Registry interface {
	// Lease takes n references, 1 to MaxLease, that nobody was or will be given
	// besides. It returns ErrFull when the pool has no place left.
	Lease(ctx context.Context, pool Pool, n int) (Range, error)
	// Commit writes the entries of a chunk, all or none. A chunk that was
	// committed before stays as it is and is no error. Errors are ErrNotLeased,
	// ErrReferenceUsed and ErrRequestUsed.
	Commit(ctx context.Context, chunk Chunk) (Receipt, error)
	// Committed returns the entries of a chunk in the order of Receipt, or
	// ErrNotFound.
	Committed(ctx context.Context, job string, number uint32) ([]Entry, error)
	// Entries goes through the entries of a job: chunks by number, entries as
	// in Receipt. Each chunk is read whole; chunks that are committed meanwhile
	// may or may not be seen. It ends after the first error.
	Entries(ctx context.Context, job string) iter.Seq2[Entry, error]
	// Lookup returns the entry of a reference, or ErrNotFound.
	Lookup(ctx context.Context, reference Reference) (Entry, error)
	// LookupRequest returns the entry of a request key, or ErrNotFound.
	LookupRequest(ctx context.Context, key RequestKey) (Entry, error)
	// Pools counts every pool that a lease was taken from, by region and month.
	Pools(ctx context.Context) ([]PoolCount, error)
	// Close releases the storage. No method may be called afterwards.
	Close() error
}
