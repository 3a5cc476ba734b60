// Command fuzz runs the fuzz tests of the backend, those fuzzed least first,
// and writes down after each how long it was fuzzed and what was found.
package main
