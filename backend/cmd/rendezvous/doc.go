// Command rendezvous introduces Tincan's devices to each other. Alone and with
// no configuration it listens at port 7117 (TCP, and UDP for STUN and TURN) and
// 7120 (TURN over TCP and TLS, where no UDP passes), makes its own key, and
// prints the address that people add in Tincan.
//
//	rendezvous [--listen :7117] [--data folder] [--engine solo|cluster|external|memory] [--tls self|files|acme|proxy|off] …
//	rendezvous cluster-secret FILE
//	rendezvous cluster-setup FOLDER
//	rendezvous migrate --data folder --engine cluster|external …
//
// It runs until SIGINT or SIGTERM, tells the devices that it stops, and exits
// with status 0. What it cannot do it says in a sentence, with status 1; wrong
// flags have status 2.
package main
