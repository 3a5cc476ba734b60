// Package operatorwire is the operator's service on the wire: messages, client
// and handler generated from tincan/operator/v1/operator.proto. Times are Unix
// milliseconds. It stands apart from package wire so that devices do not link it.
package operatorwire
