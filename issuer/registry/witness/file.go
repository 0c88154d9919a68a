package witness

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tongxing/tongxing/issuer/registry"
)

const (
	// Format is the first thing that a witness says of itself: its name and the
	// version of its form, which rises with every change of it.
	Format      = formatStart + "1"
	formatStart = "tongxing/registry/witness/"
	// maxFile is the size in bytes of the largest file: thirty years of a hundred
	// regions.
	maxFile = 8 << 20
)

// content is what a witness says.
type content struct {
	Format   string  `json:"format"`
	Registry hexText `json:"registry"`
	Banks    []bank  `json:"banks"` // by region, month and first shard
	Events   point   `json:"events"`
	Journal  point   `json:"journal"`
}

// bank is a bank and how many of its references were handed out.
type bank struct {
	Region     uint8  `json:"region"`
	Month      uint16 `json:"month"`
	FirstShard uint16 `json:"first_shard"`
	Shards     uint16 `json:"shards"`
	Places     uint32 `json:"places"`
	Leased     uint64 `json:"leased"`
}

// point is the end of a chain of hashes.
type point struct {
	Sequence uint64  `json:"sequence"`
	Hash     hexText `json:"hash"`
}

// sealed is the file: what the witness says and the SHA-256 hash of those bytes.
// It guards against damage, not against who can write the file.
type sealed struct {
	Witness json.RawMessage `json:"witness"`
	SHA256  hexText         `json:"sha256"`
}

// hexText is bytes as lower-case hex.
type hexText []byte

// MarshalText implements encoding.TextMarshaler.
func (h hexText) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *hexText) UnmarshalText(text []byte) error {
	data, err := hex.AppendDecode(nil, text)
	if err != nil {
		return err
	}
	*h = data
	return nil
}

// state is what a witness knows of a registry.
type state struct {
	identity registry.Identity
	banks    []registry.BankCount // by region, month and first shard; Issued is not kept
	mark     registry.Mark
	journal  registry.JournalHead
}

// encode writes a state as a file.
func (s state) encode() ([]byte, error) {
	c := content{
		Format: Format, Registry: s.identity[:], Banks: make([]bank, len(s.banks)),
		Events:  point{s.mark.Sequence, s.mark.Hash[:]},
		Journal: point{s.journal.Sequence, s.journal.Hash[:]},
	}
	for i, b := range s.banks {
		c.Banks[i] = bank{b.Pool.Region, b.Pool.Month, b.FirstShard, b.Shards, b.Places, b.Leased}
	}
	inner, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(inner)
	data, err := json.Marshal(sealed{Witness: inner, SHA256: sum[:]})
	return append(data, '\n'), err
}

// laterFormat returns the format of a witness of a later version, which may have
// members that this one does not know; "" for any other file.
func laterFormat(data []byte) string {
	var file struct {
		Witness struct {
			Format string `json:"format"`
		} `json:"witness"`
	}
	if json.Unmarshal(data, &file) != nil || !strings.HasPrefix(file.Witness.Format, formatStart) || len(file.Witness.Format) > 64 {
		return ""
	}
	number, err := strconv.Atoi(strings.TrimPrefix(file.Witness.Format, formatStart))
	if own, _ := strconv.Atoi(strings.TrimPrefix(Format, formatStart)); err != nil || number <= own {
		return ""
	}
	return file.Witness.Format
}

// decode reads what encode wrote, and nothing else.
func decode(data []byte) (state, error) {
	var file sealed
	if err := strict(data, &file); err != nil {
		return state{}, err
	}
	if sum := sha256.Sum256(file.Witness); !bytes.Equal(sum[:], file.SHA256) {
		return state{}, errors.New("its checksum is another")
	}
	var c content
	if err := strict(file.Witness, &c); err != nil {
		return state{}, err
	}
	s := state{mark: registry.Mark{Sequence: c.Events.Sequence}, journal: registry.JournalHead{Sequence: c.Journal.Sequence}}
	if c.Format != Format {
		return state{}, fmt.Errorf("its format is %q, this program knows %q", c.Format, Format)
	}
	if len(c.Registry) != len(s.identity) || len(c.Events.Hash) != len(s.mark.Hash) || len(c.Journal.Hash) != len(s.journal.Hash) {
		return state{}, errors.New("an identity or hash is too short or too long")
	}
	copy(s.identity[:], c.Registry)
	copy(s.mark.Hash[:], c.Events.Hash)
	copy(s.journal.Hash[:], c.Journal.Hash)
	for _, b := range c.Banks {
		s.banks = append(s.banks, registry.BankCount{
			Geometry: registry.Geometry{Pool: registry.Pool{Region: b.Region, Month: b.Month}, FirstShard: b.FirstShard, Shards: b.Shards, Places: b.Places},
			Leased:   b.Leased,
		})
	}
	_, err := registry.CheckRaise(nil, s.banks)
	if err != nil {
		return state{}, err
	}
	if again, err := s.encode(); err != nil || !bytes.Equal(again, data) {
		return state{}, errors.Join(errors.New("it is not as a witness is written"), err)
	}
	return s, nil
}

func strict(data []byte, to any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(to); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the end")
	}
	return nil
}

// read returns the state in a file; ok is false where there is none.
func read(path string) (s state, ok bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return state{}, false, nil
	}
	if err != nil {
		return state{}, false, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it has more than %d bytes", maxFile)
	}
	if later := laterFormat(data); err == nil && later != "" {
		return state{}, false, &LaterError{Path: path, Format: later}
	}
	if err == nil {
		s, err = decode(data)
	}
	if err != nil {
		return state{}, false, &DamagedError{Path: path, Reason: err}
	}
	return s, true, nil
}

// write replaces the file by one with the state. Afterwards it and its name are on
// stable storage; when it fails the old file is there as it was.
func (s state) write(path string) (err error) {
	data, err := s.encode()
	if err != nil {
		return err
	}
	partial := path + ".partial" // one is enough: the lock is held
	if err := os.Remove(partial); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(partial, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(partial))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(syncFolder(folder), folder.Close())
}
