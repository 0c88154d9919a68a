package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/registry"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/publish"
)

// A folder of status holds what a region has published of its revocations:
//
//	list-7936.cose    every list whole, by number
//	delta-1.5.cose    the deltas after them, by version
//	state.json        what the next publication follows on
//
// One that status publish has written has the region's other documents too, and
// is what bundle pack takes: keyset.cose, overlay.cose, snapshot.cose.
const (
	listPrefix, deltaPrefix, coseSuffix = "list-", "delta-", ".cose"

	stateName    = "state.json"
	keySetName   = "keyset" + coseSuffix
	overlayName  = "overlay" + coseSuffix
	snapshotName = "snapshot" + coseSuffix

	maxStateFile = 1 << 16
)

// statusState is the file state.json. Nobody signs it: the documents beside it are
// held to it and to the registry.
type statusState struct {
	Region  string    `json:"region"`
	Version [2]uint32 `json:"version"` // of the newest document: epoch, counter
	Issued  int64     `json:"issued"`
	Due     int64     `json:"due"`
	Hash    string    `json:"status_hash"`
	Mark    markView  `json:"mark"` // of the registry, as it was published
}

func (s *statusState) head() *trustlist.Head {
	return &trustlist.Head{Version: trustlist.NewVersion(s.Version[0], s.Version[1]), Issued: s.Issued, Due: s.Due}
}

func (s *statusState) mark() (registry.Mark, error) {
	hash, err := hex.DecodeString(s.Mark.Hash)
	if err != nil || len(hash) != len(registry.Mark{}.Hash) {
		return registry.Mark{}, errStateFile
	}
	return registry.Mark{Sequence: s.Mark.Sequence, Hash: [32]byte(hash)}, nil
}

var errStateFile = errors.New("not the state of a folder of status")

// publication is a folder of status that was read.
type publication struct {
	path  string
	state statusState
	mark  registry.Mark
	regionStatus
	current revocation.Lists // with the deltas
}

// readPublication reads a folder of status and holds its documents to its state: a
// document that is missing or another is told here.
func (a *app) readPublication(path string) (*publication, error) {
	data, err := files.Read(filepath.Join(path, stateName), maxStateFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, program.FailFor(err, "not_a_status_folder", path)
	}
	if err != nil {
		return nil, err
	}
	p := &publication{path: path}
	if err := json.Unmarshal(data, &p.state); err != nil {
		return nil, program.FailFor(err, "not_a_status_folder", path)
	}
	if p.mark, err = p.state.mark(); err != nil {
		return nil, program.FailFor(err, "not_a_status_folder", path)
	}
	regions, err := a.readStatus([]string{path})
	if err != nil {
		return nil, err
	}
	if len(regions) != 1 || regions[0].code != p.state.Region {
		return nil, program.Fail("status_other_region", path, p.state.Region)
	}
	p.regionStatus = *regions[0]
	if p.current, err = p.apply(); err != nil {
		return nil, program.FailWith(err, "status_folder_broken", path)
	}
	hash, err := p.current.Hash()
	if err != nil {
		return nil, program.FailWith(err, "status_folder_broken", path)
	}
	if hexHash(hash) != p.state.Hash || !p.namesNewest() {
		return nil, program.Fail("status_folder_other", path)
	}
	return p, nil
}

// namesNewest reports whether the state has version and times of the newest
// document: the next one would else take a version that is taken, or a time before.
func (p *publication) namesNewest() bool { return *p.state.head() == p.newest() }

// regionStatus is the status lists and deltas of one region, whoever signed them.
type regionStatus struct {
	code   string
	lists  []*document // ascending by number
	deltas []*document // ascending by version
}

func (s *regionStatus) listContents() []*trustlist.StatusList {
	all := make([]*trustlist.StatusList, len(s.lists))
	for i, d := range s.lists {
		all[i], _ = d.content.(*trustlist.StatusList)
	}
	return all
}

func (s *regionStatus) deltaContents() []*trustlist.StatusDelta {
	all := make([]*trustlist.StatusDelta, len(s.deltas))
	for i, d := range s.deltas {
		all[i], _ = d.content.(*trustlist.StatusDelta)
	}
	return all
}

// apply returns the lists with the deltas.
func (s *regionStatus) apply() (revocation.Lists, error) {
	lists, err := revocation.ReadLists(s.listContents())
	if err != nil {
		return nil, err
	}
	for _, delta := range s.deltaContents() {
		if lists, err = lists.Apply(delta); err != nil {
			return nil, fmt.Errorf("delta %s: %w", delta.Version, err)
		}
	}
	return lists, nil
}

// newest is the head of the document that speaks for all lists last.
func (s *regionStatus) newest() trustlist.Head {
	var newest trustlist.Head
	for _, d := range slices.Concat(s.lists, s.deltas) {
		if head, _ := headOf(d.content); newest.Version.Compare(head.Version) < 0 {
			newest = head
		}
	}
	return newest
}

// readStatus reads status lists and deltas from files, bundles and folders, by
// region, ascending.
func (a *app) readStatus(paths []string) ([]*regionStatus, error) {
	var documents []*document
	for _, path := range paths {
		found, err := a.statusDocuments(path)
		if err != nil {
			return nil, err
		}
		documents = append(documents, found...)
	}
	byCode := map[string]*regionStatus{}
	var all []*regionStatus
	for _, d := range documents {
		_, code := headOf(d.content)
		if byCode[code] == nil {
			byCode[code] = &regionStatus{code: code}
			all = append(all, byCode[code])
		}
		byCode[code].add(d)
	}
	for _, s := range all {
		if err := s.order(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(x, y *regionStatus) int { return strings.Compare(x.code, y.code) })
	return all, nil
}

func (s *regionStatus) add(d *document) {
	if d.kind == trustlist.KindStatusList {
		s.lists = append(s.lists, d)
	} else {
		s.deltas = append(s.deltas, d)
	}
}

// order sorts the documents; a delta that stands twice counts once, a list is there
// once.
func (s *regionStatus) order() error {
	number := func(d *document) uint32 { return d.content.(*trustlist.StatusList).List }
	slices.SortStableFunc(s.lists, func(x, y *document) int { return int(number(x)) - int(number(y)) })
	for i := 1; i < len(s.lists); i++ {
		if x, y := s.lists[i-1], s.lists[i]; number(x) == number(y) {
			return program.Fail("status_twice", y.path, x.path, fmt.Sprintf("%s/%d", s.code, number(y)))
		}
	}
	version := func(d *document) trustlist.Version { return d.content.(*trustlist.StatusDelta).Version }
	slices.SortStableFunc(s.deltas, func(x, y *document) int { return version(x).Compare(version(y)) })
	s.deltas = slices.CompactFunc(s.deltas, func(x, y *document) bool { return x.message.Hash() == y.message.Hash() })
	return nil
}

// statusDocuments reads the status of a file, a bundle or a folder.
func (a *app) statusDocuments(path string) ([]*document, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		return a.statusIn(path)
	}
	data, err := files.Read(path, maxBundle)
	if err != nil {
		return nil, err
	}
	parts, err := trustlist.ParseBundle(data)
	if err == nil {
		return a.statusOfBundle(path, parts)
	}
	d, err := a.readDocument(path, trustlist.KindStatusList, trustlist.KindStatusDelta)
	if err != nil {
		return nil, err
	}
	if len(d.message.Signatures()) == 0 {
		return nil, program.Fail("not_signed_yet", path)
	}
	return []*document{d}, nil
}

// statusIn reads the status documents of a folder.
func (a *app) statusIn(folder string) ([]*document, error) {
	lists, deltas, err := statusFiles(folder)
	if err != nil {
		return nil, err
	}
	var all []*document
	for _, group := range []struct {
		paths []string
		kind  trustlist.Kind
	}{{lists, trustlist.KindStatusList}, {deltas, trustlist.KindStatusDelta}} {
		for _, path := range group.paths {
			d, _, err := a.part(path, group.kind)
			if err != nil {
				return nil, err
			}
			all = append(all, d)
		}
	}
	if len(all) == 0 {
		return nil, program.Fail("folder_without_status", folder)
	}
	return all, nil
}

// statusFiles are the files of a folder that are named as its lists and deltas are.
func statusFiles(folder string) (lists, deltas []string, err error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, program.AboutFile(folder, errors.Unwrap(err))
	}
	for _, entry := range entries {
		name := entry.Name()
		switch path := filepath.Join(folder, name); {
		case entry.IsDir() || filepath.Ext(name) != coseSuffix:
		case strings.HasPrefix(name, listPrefix):
			lists = append(lists, path)
		case strings.HasPrefix(name, deltaPrefix):
			deltas = append(deltas, path)
		}
	}
	return lists, deltas, nil
}

// statusOfBundle reads the status documents of all regions of a bundle.
func (a *app) statusOfBundle(path string, parts *trustlist.Parts) ([]*document, error) {
	var all []*document
	for i := range parts.Regions {
		region := &parts.Regions[i]
		for _, raw := range slices.Concat(region.StatusLists, region.Deltas) {
			message, err := publish.ParseDraft(raw)
			if err != nil {
				return nil, a.documentError(path, err)
			}
			u, err := trustlist.FromMessage(message)
			if err != nil {
				return nil, a.documentError(path, err)
			}
			content, err := u.UnverifiedContent()
			if err != nil {
				return nil, a.documentError(path, err)
			}
			if _, code := headOf(content); code != region.Code {
				return nil, a.documentError(path, trustlist.ErrWrongRegion)
			}
			all = append(all, &document{path, message, u.Kind(), content})
		}
	}
	if len(all) == 0 {
		return nil, program.Fail("bundle_without_status", path)
	}
	return all, nil
}
