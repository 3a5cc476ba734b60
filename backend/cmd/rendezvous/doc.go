// Command rendezvous introduces Tincan's devices to each other. Alone and with
// no configuration it listens at port 7117 (TCP, and UDP for STUN and TURN) and
// 7120 (TURN over TCP and TLS, where no UDP passes), makes its own key, and
// prints the address that people add in Tincan.
//
//	rendezvous [--listen :7117] [--data folder] [--engine solo|cluster|external|memory] [--tls self|files|acme|proxy|off] …
//
// It runs until SIGINT or SIGTERM, tells the devices that it stops, and exits
// with status 0. What it cannot do it says in a sentence, with status 1; wrong
// flags have status 2. The commands have the same statuses.
//
// The operator's side is at 127.0.0.1:7118 (--operator). These commands ask it;
// they take --operator URL, --json, and the token from TINCAN_OPERATOR_TOKEN or --token-file:
//
//	rendezvous status | nodes | drain [NODE] [--end]
//	rendezvous bans | ban TARGET [--reason TEXT] [--for 7d] | unban TARGET
//	rendezvous listings [WORDS] [--removed] | remove-listing ID [--reason TEXT] | restore-listing ID
//	rendezvous reports | dismiss ID
//	rendezvous backup FILE
//
// These need no server that runs:
//
//	rendezvous cluster-secret FILE
//	rendezvous cluster-setup FOLDER
//	rendezvous migrate --data FOLDER --engine cluster|external …
//	rendezvous token --data FOLDER
//	rendezvous restore FILE --data FOLDER
package main
