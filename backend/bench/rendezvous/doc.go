// Command rendezvous measures the rendezvous server as it is shipped, in one
// run and on one machine with PeerJS server and a bare WebSocket hub, through
// the same client code, and prints one table: each figure, what it should
// reach, and its ratio to the alternative. TINCAN_BIN has the built program.
//
//	go run ./backend/bench/rendezvous [--clients 10000] [MEASUREMENT...]
//
// Measurements: idle, relay, tls, start, mail, cluster, kill, restart; all of them
// when none is named. Another one, profile, records with --profiles FOLDER what
// our servers do under all these loads, for the compiler. Processors, network and disk are shared with the load.
package main
