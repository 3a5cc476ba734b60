// Package ban decides who is banned: people, everybody who came by an invite,
// addresses, ranges of addresses and domains.
//
// # What a domain means
//
// "example.net" means the host of exactly that name. "*.example.net" means every
// name below it, however deep, and not example.net itself: whoever wants both
// bans both. A domain is compared in the form that resolvers use: small letters,
// international names in ASCII (RFC 5891), without the dot at the end.
//
// An [Engine] does not look anything up. Of a host it is told the names that
// were confirmed, and the addresses that banned domains have today
// ([Engine.WithHosts]).
package ban
