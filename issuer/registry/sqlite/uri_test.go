package sqlite

import "testing"

func TestADriveOfWindowsIsNoHost(t *testing.T) {
	for path, want := range map[string]string{
		"C:/my data/33.db":       "/C:/my data/33.db",
		"//server/share/33.db":   "//server/share/33.db",
		"/var/lib/tongxing/3.db": "/var/lib/tongxing/3.db",
	} {
		if got := uriPath(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
