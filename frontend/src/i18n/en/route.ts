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
};
