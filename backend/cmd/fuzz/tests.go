package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// fuzzTest is one fuzz test and what is remembered of it.
type fuzzTest struct {
	folder string // with slashes, from the repository's root
	name   string
	// sources is a hash of the package's files and the test's: what was fuzzed.
	sources string
	present tally         // with these sources
	all     time.Duration // with any
	kept    int           // inputs under testdata/fuzz: each was a finding once, or is a seed
}

// tally is what came of fuzzing.
type tally struct {
	time       time.Duration
	executions int64
	fresh      int64 // inputs that reached code no input before them had reached
	failed     bool
	said       string // when it failed
}

// rate is executions a second.
func (t tally) rate() int64 {
	if t.time <= 0 {
		return 0
	}
	return int64(float64(t.executions) / t.time.Seconds())
}

// label is how -only and the record name it: without the root that all share.
func (f *fuzzTest) label() string {
	return strings.TrimPrefix(f.folder, "backend/") + "." + f.name
}

// add counts one more run. After a finding the time starts again: "so long
// without a finding" is what the record says.
func (f *fuzzTest) add(result tally) {
	f.all += result.time
	if result.failed {
		f.present = tally{}
		f.kept = keptInputs(f.folder, f.name)
		return
	}
	f.present.time += result.time
	f.present.executions += result.executions
	f.present.fresh += result.fresh
}

var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

// tests finds every fuzz test under root, in the order of their folders.
func tests(root string) ([]*fuzzTest, error) {
	var found []*fuzzTest
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path) //nolint:gosec // a source file of this repository
		if err != nil {
			return err
		}
		for _, match := range declaration.FindAllSubmatch(text, -1) {
			one := &fuzzTest{folder: filepath.ToSlash(filepath.Dir(path)), name: string(match[1])}
			if one.sources, err = hashSources(filepath.Dir(path), path); err != nil {
				return err
			}
			one.kept = keptInputs(one.folder, one.name)
			found = append(found, one)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("no fuzz test was found: run it from the top of the repository")
	}
	slices.SortFunc(found, func(a, b *fuzzTest) int { return strings.Compare(a.label(), b.label()) })
	return found, nil
}

// hashSources is over the package's files that are not tests, and the test's own.
func hashSources(folder, test string) (string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") && path != test {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(hash, "%s %d\n%s", filepath.Base(path), len(text), text) // a hash takes everything
	}
	return hex.EncodeToString(hash.Sum(nil)[:4]), nil
}

func keptInputs(folder, name string) int {
	inputs, err := os.ReadDir(filepath.Join(filepath.FromSlash(folder), "testdata", "fuzz", name))
	if err != nil {
		return 0
	}
	return len(inputs)
}
