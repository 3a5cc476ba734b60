package release

import "runtime/debug"

// version is of the source; a build of a commit adds its hash.
const version = "0.1.0"

// Version returns the version of this build, for example "0.1.0" or
// "0.1.0+1a2b3c4d".
func Version() string {
	info, known := debug.ReadBuildInfo()
	if !known {
		return version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 8 {
			return version + "+" + setting.Value[:8]
		}
	}
	return version
}
