package device_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fingerprint"
)

// keyOf is the key of an error's words.
func keyOf(err error) string {
	var own *program.UserError
	if errors.As(err, &own) {
		return own.Key
	}
	return ""
}

func TestAVenueIsReadAsItWasWritten(t *testing.T) {
	store := filepath.Join(t.TempDir(), "trust.store")
	for _, v := range []device.Venue{{}, {Class: 3}, {Class: 65535, Region: "37"}, {}, {}} {
		if err := device.WriteVenue(store, v); err != nil {
			t.Fatal(err)
		}
		if got, err := device.ReadVenue(store); err != nil || got != v {
			t.Errorf("%+v, %v, want %+v", got, err, v)
		}
		if _, err := os.Stat(store + ".venue"); (err == nil) != (v.Class != 0) {
			t.Errorf("%+v: %v", v, err)
		}
	}
	for _, version := range []string{"1", "2"} {
		if err := os.WriteFile(store+".venue", []byte(`{"version":`+version+`,"class":3}`), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := device.ReadVenue(store); version == "1" && (err != nil || got.Class != 3) || version == "2" && keyOf(err) != "venue_later" {
			t.Errorf("version %s: %+v, %v", version, got, err)
		}
	}
	for _, wrong := range []string{"", "{", "{}", `{"region":"37"}`, `{"class":65536}`, strings.Repeat(" ", 1<<10) + `{"class":3}`} {
		if err := os.WriteFile(store+".venue", []byte(wrong), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := device.ReadVenue(store); err == nil || got != (device.Venue{}) {
			t.Errorf("%q: %+v, %v", wrong, got, err)
		}
	}
}

func TestWhatAVenueDoesNotSayIsFilledIn(t *testing.T) {
	set := device.Venue{Class: 3, Region: "37"}
	for given, want := range map[device.Venue]device.Venue{
		{}: set, {Class: 5}: {Class: 5, Region: "37"}, {Region: "33"}: {Class: 3, Region: "33"}, {Class: 5, Region: "33"}: {Class: 5, Region: "33"},
	} {
		if got := given.Or(set); got != want {
			t.Errorf("%+v: %+v, want %+v", given, got, want)
		}
	}
}

func TestARootIsNamedByItsHashInEitherForm(t *testing.T) {
	hash := [32]byte{1, 2, 3}
	words := fingerprint.Words(hash)
	for _, text := range []string{fmt.Sprintf("%x", hash), words} {
		if anchor, err := device.Anchor(text); err != nil || anchor.Hash() != hash {
			t.Errorf("%s: %x, %v", text, anchor.Hash(), err)
		}
	}
	other := []rune(strings.ReplaceAll(words, " ", ""))
	other[0], other[2] = other[2], other[0]
	for text, want := range map[string]string{
		string(other): "fingerprint_checksum", string(other[:len(other)-1]): "fingerprint_length",
		"龘" + string(other[1:]): "fingerprint_word",
	} {
		if anchor, err := device.Anchor(text); keyOf(err) != want || anchor != (trustlist.Anchor{}) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if _, err := device.Anchor(string(other)); !errors.Is(err, fingerprint.ErrChecksum) {
		t.Errorf("error %v, want ErrChecksum", err)
	}
}

func TestAFaultIsToldByWhatItIs(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&fetch.StoreError{Path: "s", Err: fetch.ErrNoStore}, "store_missing"},
		{&fetch.StoreError{Path: "s", Err: fmt.Errorf("%w: %w", fetch.ErrUntrusted, trustlist.ErrLaterVersion)}, "store_later"},
		{&fetch.StoreError{Path: "s", Err: &fetch.LaterStoreError{Format: "tongxing/store/2"}}, "store_later_format"},
		{&fetch.FileError{Path: "f", Err: trustlist.ErrRollback}, "rollback"},
		{trustlist.ErrThreshold, "threshold_missed"},
		{errors.New("another"), "bundle_refused"},
		{program.Fail("pipe_closed"), "pipe_closed"},
	} {
		if got := keyOf(device.Fault("x", c.err)); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
	for _, system := range []error{fs.ErrPermission, syscall.ENOSPC, files.ErrTooLarge} {
		var about *files.PathError
		if err := device.Fault("x", fmt.Errorf("read: %w", system)); !errors.As(err, &about) || about.Path != "x" || !errors.Is(err, system) {
			t.Errorf("%v: %v", system, err)
		}
	}
	if err := device.Fault("x", nil); err != nil {
		t.Errorf("no fault: %v", err)
	}
	if err := device.Fault("x", context.Canceled); keyOf(err) != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
