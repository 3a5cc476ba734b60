export default {
  title: 'Which way lines go',
  any: 'The best way',
  relayed: 'Only through relays',
  network: 'Only on this network',
  inherited: 'As for everybody: {{route}}',
  anyText: 'Direct where it works. A contact with an open line can see the address of this computer.',
  relayedText:
    'Contacts never see the address of this computer; the relay sees it. Without a relay there are no lines, and messages wait sealed in the mailbox.',
  networkText:
    'Lines only to computers in the same private network, past every server. Elsewhere messages go sealed through the mailbox.',
  port: 'Port for direct lines',
  portText: 'Automatic works with most routers.',
  portAny: 'Automatic',
  portChosen: 'Choose a port',
  portFirst: 'First UDP port',
  portRange: 'New lines use UDP {{first}} to {{last}}. Let these through to this computer in your router.',
  portWrong: 'Write a number from {{least}} to {{most}}.',
  proxy: 'Proxy',
  proxySet: 'Set up',
  proxyChange: 'Change',
  proxyText:
    'Servers are reached through it, and lines go over their relays by TCP. Nothing goes past it: no line is direct, and bans by domain do not learn the names of addresses.',
  proxyKind: { socks5: 'SOCKS 5', http: 'HTTP', https: 'HTTPS' },
  proxyPart: { kind: 'Kind', host: 'Host', port: 'Port', name: 'Name, if it wants one', password: 'Password' },
  proxyWrong: 'Write a host, such as proxy.example or 192.0.2.7, and a port from 1 to 65535.',
  proxyUse: 'Use it',
  proxyNone: 'Use none',
};
