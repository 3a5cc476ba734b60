package desktop

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	loginFolder = "autostart"
	loginFile   = "tincan.desktop"
	// maxLogin is the most bytes of the file that are read.
	maxLogin = 16 << 10
)

// Login is the start with the person's session: the Desktop Application Autostart
// Specification.
type Login struct {
	Folder  string   // the one for configurations, $XDG_CONFIG_HOME
	Command []string // what is started: an absolute path, and arguments
}

func (l Login) path() string { return filepath.Join(l.Folder, loginFolder, loginFile) }

// Possible tells whether it can be set.
func (l Login) Possible() bool {
	return filepath.IsAbs(l.Folder) && len(l.Command) > 0 && filepath.IsAbs(l.Command[0])
}

// On tells whether it is set. Desktops switch it off without removing the file.
func (l Login) On() bool {
	file, err := os.Open(l.path())
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }() // only read
	on := false
	lines := bufio.NewScanner(io.LimitReader(file, maxLogin))
	for lines.Scan() {
		switch key, value, _ := strings.Cut(lines.Text(), "="); strings.TrimSpace(key) {
		case "Exec":
			on = true
		case "Hidden":
			if strings.TrimSpace(value) == "true" {
				return false
			}
		case "X-GNOME-Autostart-enabled":
			if strings.TrimSpace(value) == "false" {
				return false
			}
		}
	}
	return on
}

// Set sets it or takes it away. The file is replaced as a whole.
func (l Login) Set(on bool) error {
	if !on {
		if err := os.Remove(l.path()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("desktop: %w", err)
		}
		return nil
	}
	if !l.Possible() {
		return errors.New("desktop: it is not known what to start")
	}
	command := make([]string, 0, len(l.Command))
	for _, one := range l.Command {
		quoted, err := quote(one)
		if err != nil {
			return err
		}
		command = append(command, quoted)
	}
	text := "[Desktop Entry]\nType=Application\nName=Tincan\nExec=" + strings.Join(command, " ") + "\nIcon=" + appID +
		"\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
	if err := os.MkdirAll(filepath.Dir(l.path()), 0o700); err != nil {
		return fmt.Errorf("desktop: %w", err)
	}
	return replace(l.path(), []byte(text))
}

// quote writes an argument for the key Exec of the Desktop Entry Specification
// 1.5: quoted, and then escaped as every text is.
func quote(argument string) (string, error) {
	for _, r := range argument {
		if r < ' ' || r == 0x7f {
			return "", errors.New("desktop: a path with a control character cannot be started")
		}
	}
	inQuotes := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(argument)
	return `"` + strings.NewReplacer(`\`, `\\`, `%`, `%%`).Replace(inQuotes) + `"`, nil
}
