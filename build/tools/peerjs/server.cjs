// PeerJS server for measuring: on a port of the kernel's choice on loopback, without a line of log for each client.
const { PeerServer } = require("peer");

PeerServer({ host: "127.0.0.1", port: 0, concurrent_limit: 20_000 }, (server) => {
  console.log(`listening 127.0.0.1:${server.address().port}`);
});
