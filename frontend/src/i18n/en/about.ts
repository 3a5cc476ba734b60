// What this program is, and the connection check.
export default {
  title: 'About',
  version: 'Tincan {{version}}',
  text: 'Free software under the MIT licence. Two people, one line, no account.',
  licences: 'Licences',
  licencesTitle: 'What is inside',
  licencesText: 'Tincan is built from the work of others. Each part keeps its own licence.',
  part: 'Part',
  licence: 'Licence',
  check: 'Connection check',
  run: 'Check now',
  again: 'Check again',
  checking: 'Checking',
  checkingText: 'Asking your servers and their relays, a few seconds.',
  before: 'Asks your introduction servers and their relays what works on this network. Nobody else hears of it.',
  took: 'Checked in {{seconds}} s',
  troubles_one: '{{count}} thing to look at',
  troubles_other: '{{count}} things to look at',
  fine: 'Everything works',
  copyReport: 'Copy report',
  reportCopied: 'Report copied. It names your servers and your address, no people and no messages.',
  grade: { good: 'Good', warn: 'With a loss', bad: 'Does not work', unknown: 'Not known' },
  part_network: 'Network',
  part_local: 'Close by',
  part_servers: 'Introduction',
  part_udp: 'Direct lines',
  part_router: 'Router',
  part_relay: 'Relay',
  part_clock: 'Clock',
  cause: {
    'network-none': 'This computer is in no network. Connect it by cable or Wi-Fi; what you write waits until then.',
    'network-up': 'Connected.',
    'local-failed': 'This app cannot introduce people on this network: {{reason}}',
    'local-hosting': 'People on this network find each other at {{address}}, also without internet.',
    'local-lines':
      'Lines to people on this network stay inside it. To find each other without internet, switch on “Introduce people on this network” under Network.',
    'local-none': 'This computer has no address of a local network, so nobody is reached inside one.',
    'servers-up': 'All {{all}} answer, the nearest in {{rtt}} ms.',
    'servers-own':
      'Only this app itself introduces people, and only on this network. Add a server under Network to be found from elsewhere.',
    'servers-unset': 'No introduction server is set, so nobody new can find you. Add one under Network.',
    'servers-silent':
      'No server answers. Open any page in a browser: if that fails, it is this network; if not, something keeps Tincan from {{hosts}}, or it is switched off.',
    'servers-some':
      '{{up}} of {{all}} answer, {{hosts}} does not. Who knows you only there cannot find you; ask whoever runs it.',
    'servers-portal':
      'Something else answers in place of {{host}}: the login page of this network, or a filter. Open any page in a browser and log in, or ask whoever runs the network.',
    'servers-refused': '{{host}}: {{reason}}',
    'udp-open': 'They get out of this network, seen as {{address}}.',
    'udp-blocked':
      'UDP does not get out of this network, so lines to people elsewhere are not direct. Let UDP out in the firewall, or use another network; until then they go through a relay.',
    'udp-unknown': 'Not known: no server that answers can tell. Check again when one does.',
    'router-none': 'None stands before this computer. Lines open directly.',
    'router-steady': 'It lets direct lines open by itself.',
    'router-changing':
      'It gives every line another port, so two people behind such routers only meet through a relay. Look for “full cone” or “NAT type” in its settings, or use IPv6.',
    'router-some': 'There is one. A second server is needed to tell how it treats direct lines.',
    'router-unknown': 'Not known, since nothing answered over UDP.',
    'relay-up': '{{host}} carries lines where no direct one opens, set up in {{rtt}} ms.',
    'relay-stream':
      '{{host}} is reached without UDP only: lines work, and stutter on a bad network. Let UDP out in the firewall.',
    'relay-refused':
      '{{host}} answers and refuses: it is full, or this computer’s clock is wrong. Try again later, or ask whoever runs it.',
    'relay-silent':
      '{{host}} does not answer, so only direct lines open. Ask whoever runs it whether its ports are open.',
    'relay-unset':
      'No server that answers offers one. Where no direct line opens, messages go through the mailbox; add a server with a relay for lines.',
    'clock-right': 'Right.',
    'clock-behind': '{{time}} behind. Switch on automatic time in the system’s settings.',
    'clock-ahead': '{{time}} ahead. Switch on automatic time in the system’s settings.',
    'clock-unknown': 'Not known: no server answers.',
  },
} as const;
