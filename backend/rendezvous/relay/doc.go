// Package relay says what the rendezvous server needs from STUN and TURN beside
// it, and what it gives them. Package turn implements it; a server without one
// links none of that, as the one inside the app, where the two people are on
// one machine or network anyway.
package relay
