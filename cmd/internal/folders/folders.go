// Package folders says where each system expects the data of a program, makes those
// folders for their owner alone, and checks them when a program begins.
//
//	what            a person, Linux                a service, Linux      a person, Windows
//	Configuration   ~/.config/tongxing             /etc/tongxing         %LOCALAPPDATA%\tongxing
//	Data            ~/.local/share/tongxing        /var/lib/tongxing     %LOCALAPPDATA%\tongxing\data
//	State           ~/.local/state/tongxing        /var/lib/tongxing     %LOCALAPPDATA%\tongxing\state
//	Runtime         $XDG_RUNTIME_DIR/tongxing      /run/tongxing         %LOCALAPPDATA%\tongxing\run
//
// On macOS all are below ~/Library/Application Support/tongxing, for a service below
// /Library/Application Support/tongxing; on Windows a service has %ProgramData%\tongxing.
// XDG_CONFIG_HOME and its like count wherever they are absolute, as the XDG Base
// Directory Specification 0.8 says, and so do the folders that systemd gives a service
// (systemd.exec(5), STATE_DIRECTORY and its like).
package folders

import "strings"

// name is the folder of the house in every one of the system's.
const name = "tongxing"

// Folders are where a program keeps what it has; "" where the system has no place.
type Folders struct {
	Configuration string // written by a person, read by programs
	Data          string // what must not be lost: registries, stores, keys
	State         string // what may be lost
	Runtime       string // sockets: gone with the next start of the machine
}

// System is what decides where things are: the operating system as runtime.GOOS names
// it, and the environment.
type System struct {
	GOOS   string
	Getenv func(string) string
}

// Service reports whether the program runs as a service of the system and not for a
// person: the service manager says so, or there is no home folder, or it is the folder
// of the services.
func (s System) Service() bool {
	if s.GOOS == "windows" {
		local := strings.ToLower(s.Getenv("LocalAppData"))
		return local == "" || strings.Contains(local, `\system32\config\systemprofile`) || strings.Contains(local, `\serviceprofiles\`)
	}
	home := s.Getenv("HOME")
	return s.managed() || !s.absolute(home) || home == "/" || home == "/nonexistent" || home == s.OfServices().Data
}

// managed reports whether a service manager says where things are.
func (s System) managed() bool {
	return s.Getenv("STATE_DIRECTORY") != "" || s.Getenv("CONFIGURATION_DIRECTORY") != "" || s.Getenv("RUNTIME_DIRECTORY") != ""
}

// Folders are those of a service, or of the person whom the program runs for.
func (s System) Folders() Folders {
	f := s.OfServices()
	if !s.Service() {
		f = s.ofPerson()
	}
	if s.managed() {
		return f
	}
	for _, given := range []struct {
		variable string
		folder   *string
	}{
		{"XDG_CONFIG_HOME", &f.Configuration}, {"XDG_DATA_HOME", &f.Data},
		{"XDG_STATE_HOME", &f.State}, {"XDG_RUNTIME_DIR", &f.Runtime},
	} {
		if base := s.Getenv(given.variable); s.absolute(base) { // the specification says so of relative ones
			*given.folder = s.join(base, name)
		}
	}
	return f
}

// OfServices are the folders of the system's services, whoever asks.
func (s System) OfServices() Folders {
	switch s.GOOS {
	case "windows":
		return s.below(s.or("ProgramData", `C:\ProgramData`))
	case "darwin", "ios":
		return s.below("/Library/Application Support")
	}
	return Folders{
		Configuration: s.or("CONFIGURATION_DIRECTORY", "/etc/tongxing"),
		Data:          s.or("STATE_DIRECTORY", "/var/lib/tongxing"),
		State:         s.or("STATE_DIRECTORY", "/var/lib/tongxing"),
		Runtime:       s.or("RUNTIME_DIRECTORY", "/run/tongxing"),
	}
}

// ofPerson are the folders of whoever has a home folder.
func (s System) ofPerson() Folders {
	home := s.Getenv("HOME")
	switch s.GOOS {
	case "windows":
		return s.below(s.Getenv("LocalAppData"))
	case "darwin", "ios":
		return s.below(s.join(home, "Library", "Application Support"))
	}
	return Folders{
		Configuration: s.join(home, ".config", name),
		Data:          s.join(home, ".local", "share", name),
		State:         s.join(home, ".local", "state", name),
	}
}

// below has everything in one folder of the house, where a system knows no other way.
func (s System) below(base string) Folders {
	if !s.absolute(base) {
		return Folders{}
	}
	own := s.join(base, name)
	return Folders{Configuration: own, Data: s.join(own, "data"), State: s.join(own, "state"), Runtime: s.join(own, "run")}
}

// or is the absolute path that a variable has, the first of several, else other.
func (s System) or(variable, other string) string {
	value, _, _ := strings.Cut(s.Getenv(variable), ":")
	if s.GOOS == "windows" {
		value = s.Getenv(variable)
	}
	if s.absolute(value) {
		return value
	}
	return other
}

// join joins as the system does, which need not be the one that this runs on.
func (s System) join(parts ...string) string {
	separator := "/"
	if s.GOOS == "windows" {
		separator = `\`
	}
	return strings.TrimRight(parts[0], separator) + separator + strings.Join(parts[1:], separator)
}

// absolute reports whether a path is one, as the system sees it.
func (s System) absolute(path string) bool {
	if s.GOOS == "windows" {
		return len(path) >= 3 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') || strings.HasPrefix(path, `\\`)
	}
	return strings.HasPrefix(path, "/")
}
