// Command loadgen puts load on rendezvous servers and prints what it saw, as a
// table or with --json as JSON:
//
//	loadgen idle     --server ws://127.0.0.1:7117 --clients 10000 --for 1m
//	loadgen login    --server … --clients 8000 [--rate 500]
//	loadgen presence --server … --clients 200 --for 10s
//	loadgen signals  --server … --clients 2000 [--rate 5000] --for 10s
//	loadgen mail     --server … --writers 64 --count 20000 [--keep state.json]
//	loadgen mail     --server … --verify state.json
//
// --server may stand several times. It exits with 1 when something that should
// have worked did not: clients that were lost, mail that is missing or there twice.
package main
