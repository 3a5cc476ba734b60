// Package archtest holds the shape of the repository as tests: which package
// may know which (docs/architecture.md), and habits that no linter checks.
// Files are parsed, not built, so that every system's files are seen.
package archtest
