// Package natsengine is the engine on NATS with JetStream: solo in one process
// that listens nowhere, as a node of a cluster, or on a NATS that somebody else
// runs. Published records are kept in a replicated bucket, mail and tables in
// the Store that is handed in.
//
// # Who is where
//
// A node with a device of a peer subscribes to peer.<peer>; that interest is the
// only directory there is. Nodes tell each other facts about pairs of peers:
// "A is with me and watches B" goes to peer.B; whoever has B and knows that B
// watches A notes the pair and answers with the same fact the other way round.
// A node that gets a fact it does not share takes it back, and what is taken back
// is cleared by both, whatever was under way. Two rules make this
// hold without a master:
//
//   - Nothing is told of a peer until every live node has answered a sync that
//     was sent after the subscription: of two peers that come at the same moment,
//     the later one's facts find the earlier one's subscription.
//   - What a node may have missed (it was frozen, a route was cut, a buffer ran
//     over) is mended by the roll: both sides send the list of who is with them,
//     and tell their facts about those anew.
//
// # Signals
//
// A signal goes to peer.<recipient>. Between peers who watch each other the sender's
// node usually knows on which one node the recipient is: then it goes to that node,
// in one message with whatever else leaves for it in the same millisecond, and so
// does the answer. If the recipient has more devices, or is no longer there, that
// node hands it on to peer.<recipient>.
//
// # When a node dies
//
// A node that is dead has no subscription, so that the next ping, 250 ms later,
// is answered by the server with "no responders"; one that is frozen is given up
// after 5 s. Either way the pairs noted for it are dropped, and watchers told.
package natsengine
