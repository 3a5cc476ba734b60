import verification from './errors-verification';

// One sentence for each code that a call may be refused with: what happened, then what to do. A code with the parameter
// `what` may have a sentence of its own for it, after a second dash.
export default {
  ...verification,
  'show-folder': 'Nothing shows folders here. It is {{path}}.',
  'show-folder-browser': 'A browser shows no folders. Look into the data folder that Tincan was started with.',
  login: 'The start at login cannot be changed here. Allow Tincan to write to the folder for it, then try again.',
  internal: 'Something went wrong inside Tincan. Try again; if it stays, restart the app.',
  'name-empty': 'A name is missing. Write what your contacts should call you.',
  'name-long': 'That name is too long. It may have up to 64 characters.',
  color: 'That colour is not one of the eight lids. Choose another.',
  route: 'Lines cannot go this way. Choose another one.',
  'no-conversation': 'This conversation is not here any more.',
  pins: 'At most {{limit}} conversations can be pinned. Unpin one first.',
  forgotten: '{{name}} is not a contact any more. One of you has to ask the other again before you can write.',
  'text-empty': 'There is nothing to send yet. Write a message first.',
  'text-long': 'This message is too long. It may have up to 32 KiB; send it in two parts.',
  banned: 'You banned this person. Undo the ban to write again.',
  'disk-full': 'The disk is full. Free some space, then try again.',
  'read-only': 'The data folder cannot be written. Change its permissions, then try again.',
  'invite-options': 'An invite works for 1, 7 or 30 days and for 1 to 100 people. Change the choice.',
  'no-server':
    'There is no introduction server to be found by. Add one, or introduce people on this network, in Settings, Network.',
  'invite-empty': 'The link is missing. Paste the invite you were sent.',
  'invite-not': 'This is not a Tincan invite. Paste the whole link that you were sent.',
  'invite-truncated': 'This link is cut off. Copy all of it and paste it again.',
  'invite-damaged': 'This link is damaged. Ask for it to be sent again.',
  'invite-expired': 'This link expired on {{date}}. Ask {{name}} for a new one.',
  'invite-own': 'This is your own invite. Send it to somebody else.',
  'invite-newer': 'This invite was made by a newer Tincan. Update yours, then paste it again.',
  'invite-banned': 'You banned the person who made this invite. Undo the ban in Settings, Ban list, then try again.',
  'request-long': 'The first message is too long. It may have up to 1 KiB; shorten it.',
  'ban-target':
    'That is neither a person, an address, a range nor a domain. Write for example 198.51.100.7, 198.51.100.0/24 or *.example.net.',
  'ban-prefix': '{{prefix}} is too long for {{family}}, the most is {{most}}. Did you mean {{suggestion}}?',
  'ban-self': 'This would ban you. Choose somebody else.',
  'ban-server': 'Your introduction server {{server}} is there. Remove the server first, or ban a smaller range.',
  'ban-exists': 'This is banned already.',
  'ban-ended': 'This ban would have ended already. Choose a later day, or none.',
  'ban-by-invite': 'They came by a link that is banned. End that ban in Settings, Ban list.',
  'bans-large': 'This list is too long: the most is 200,000 lines. Split it, and import the parts.',
  'ban-domain': 'This is not a domain. Write example.net, or *.example.net for everything below it.',
  'ban-domain-empty':
    'There is nothing to ban yet. Write a domain like example.net, or *.example.net for everything below it.',
  'ban-domain-address': 'This is an address and not a domain. Write it without *, and it is banned as an address.',
  'ban-domain-wildcard': 'A star can stand only at the beginning, before a dot: *.example.net.',
  'ban-domain-all': 'A star alone would be everybody. Write which domain: *.example.net.',
  'ban-domain-suffix':
    'Anybody can have a name below this one, so the ban would hit far too many. Ban a domain of somebody, like example.net.',
  'ban-domain-single': 'One word is not a domain of the internet. Write it in full, like host.example.net.',
  'ban-domain-long': 'No domain is that long: the most is 253 characters, and 63 between two dots.',
  'reason-long': 'The reason is too long. It may have up to 200 characters.',
  'server-address': 'That is not the address of a server. Write it as host:port, for example tin.example.org:7443.',
  'server-down': 'The server does not answer. Check the address, or try again later.',
  'server-not': 'Something answers there, but not an introduction server. Check the address and the port.',
  'server-version': 'This server speaks another version. Update Tincan, or ask its operator to update.',
  'server-key':
    'The server shows another key than before. Ask its operator whether it was changed; until then it is not used.',
  'server-refused': 'The server does not let this device in. Ask its operator.',
  'server-replaced': 'This profile is open somewhere else, which took over at the server. Close one of the two.',
  'server-limit': 'The server is busy and asked to wait. Tincan tries again by itself.',
  'server-stopped': 'The server was stopped. Tincan tries again by itself.',
  'server-banned':
    'The operator of this server banned this device or its address. Ask them why, or use another server.',
  'server-certificate':
    'The certificate of this server expired, or is not for this name. Ask its operator to renew it.',
  'server-proxy': 'The proxy does not answer, or refuses. Check it below, or use none.',
  'proxy-address':
    'That is not the address of a proxy, or its name or password is too long. It has a host, such as proxy.example or 192.0.2.7, and a port from 1 to 65535.',
  'link-scheme': 'Only http and https links can be opened.',
  'no-browser': 'No browser was found. Copy the link and open it yourself.',
  'ban-target-empty':
    'There is nothing to ban yet. Write an address like 198.51.100.7, a range like 198.51.100.0/24, a domain like *.example.net, or an identity.',
  'ban-target-range': 'This is not a range. Write it as 198.51.100.0/24.',
  'ban-target-peer': 'This is not a Tincan identity. Copy it again from their details: it begins with tc1.',
  'contact-already': '{{name}} is a contact already.',
  'delete-asked': 'What was sent with a request can be deleted for everyone only after {{name}} answered.',
  'contact-pending': 'This person is being made a contact just now.',
  'version-newer': '{{name}} uses a newer Tincan that this one does not understand. Update Tincan to chat.',
  'version-older': '{{name}} uses an older Tincan. They need to update it to chat.',
  delivered: 'This message is on their computer already. You can still delete it for everyone.',
  'cancel-request':
    'This message is your request to them, which cannot be taken back. You can delete the conversation.',
  'no-message': 'This message is not on this computer any more.',
  'not-mine': 'Only your own messages can be changed, or deleted for everyone. You can still hide this one here.',
  emoji: 'This is not one emoji. Choose one from the list.',
  'reactions-many': 'You put very many emoji on this message already. Take one away first.',
  timer: 'Messages can disappear after 1 second to 90 days. Choose a time in between.',
  'about-long': 'This text about you is longer than {{limit}} characters. Shorten it.',
  picture: 'This picture cannot be used. Choose a JPEG, PNG or GIF image of up to 20 MiB.',
  'no-request': 'This request is not here any more. It may have been answered already.',
  'no-invite': 'This link is not here any more.',
  'no-ban': 'This ban is not on the list any more.',
  'no-server-here': 'This server is not in the list any more.',
  'no-profile': 'Choose a name first.',
  'profile-exists': 'This profile has a name already. Change it in the settings.',
  'draft-long': 'This draft is too long to be kept. Shorten it.',
  closing: 'Tincan is closing. Start it again to go on.',
  late: 'This took too long and was given up. Try again.',
  order: 'This place in the conversation does not exist. Go to the latest message.',
  peer: 'This is not a Tincan identity. It begins with tc1.',
  settings: 'This setting does not exist in this version. Choose another.',
  disk: 'The disk refused an earlier write, so this was not kept. Try again.',
  host: 'The introduction server in this app could not start. Tincan tries again by itself.',
  fork: 'Two different messages of {{name}} claim the same place. One copy of their Tincan may have been restored from an old backup. New messages go on.',
  'fork-own':
    'Two different messages of yours to {{name}} claim the same place: a second copy of your Tincan wrote with the same keys. Each side keeps the one that came first. Use one copy only; new messages go on.',
  copies:
    "Two copies of {{name}}'s Tincan are writing at the same time. Every message is kept; ask them to use one copy only.",
  'copies-own':
    'Another copy of your Tincan is writing to {{name}} with the same keys. Use one copy only. Every message is kept.',
  flood:
    '{{name}} sends more than anybody can read. You are not told of it until you unmute them. Nothing that they send is lost.',
  copied:
    'These files are a copy: they were moved, or restored from a backup. What is missing here comes back from your contacts, as far as they have it. If the other copy is still used, stop using one of the two.',
  'salvaged-whole':
    'Your history was repaired: {{entries}} entries came over, and none is known to be missing. The damaged file is in your data folder as {{file}}, with everything that you delete from now on still in it. Delete it when you do not need it any more.',
  'salvaged-short':
    'Your history was repaired: {{entries}} of {{all}} entries came over. The rest comes back from your contacts, as far as they have it. The damaged file is in your data folder as {{file}}, with everything that you delete from now on still in it. Delete it when nothing is missing.',
  'not-damaged': 'The history is not damaged, so there is nothing to repair.',
  repairing: 'The history is being repaired already.',
  'repair-room':
    'There is not enough room on the disk: a repair needs about as much as the history takes. Nothing was changed. Free some space, then try again.',
  'repair-read-only':
    'The data folder cannot be written to, so nothing was changed. Change its permissions, then try again.',
  'salvage-nothing':
    'Nothing of this history can be read, so nothing was changed. The folder “snapshots” in the data folder may hold an older copy.',
  gap: 'Some messages of {{name}} cannot be shown yet: {{count}} came, and what stands before them is missing. It is asked for again on every line.',
  'host-port':
    'No port from {{first}} to {{last}} is free, so nobody can be introduced here. Close the program that uses them.',
  'text-invalid': 'This text holds characters that cannot be sent. Remove them, then try again.',
  'bundle-asked': 'They have not accepted yet. A file can be made when they have.',
  'bundle-key': 'No key of theirs is known that is valid today. Both need to be online once before a file can be made.',
  'bundle-stranger': 'This file is from somebody who is not a contact. Nothing was taken from it.',
  'bundle-banned': 'This file is from somebody you banned. Nothing was taken from it.',
  'bundle-expired': 'This file is too old to be opened. Ask for a new one.',
  'bundle-clock': 'This file was made at a time that has not come yet. Check the clocks of both computers.',
  'bundle-version': 'This file was made by a newer Tincan. Update Tincan to open it.',
  'bundle-foreign': 'This file was not made for this computer, or it is damaged. Nothing was taken from it.',
  'bundle-none': 'This is not a file that Tincan made for sending messages. Choose one that ends with .tincan.',
  'bundle-folder':
    'The file cannot be written to the folder for downloads. Make room there, or allow Tincan to write to it, then try again.',
  'handle-empty': 'There is no handle yet. Write it as name@server.',
  'handle-name':
    'This is not a handle. The name before the @ has 3 to 32 letters or digits of one script, with . _ - only between them.',
  'handle-host':
    'What stands after the @ is not the name of a server. Write the handle as name@server, without a port.',
  'handle-no-server':
    'None of your introduction servers that answer has handles. Add one that does in Settings, Network.',
  'handle-which': 'Several of your introduction servers have handles. Write the whole handle: name@server.',
  'handle-server-unknown':
    '{{host}} is not one of your introduction servers, so it cannot be asked. Add it under that name in Settings, Network, then look again.',
  'handle-server-down': '{{host}} does not answer now. Try again when it does; Settings, Network says why.',
  'handle-server-banned': 'The operator of {{host}} does not let this device in. Ask them why, or use another server.',
  'handle-not-offered': '{{host}} has no handles. Use another server, or ask for an invite.',
  'handle-not-found': 'Nobody has the handle {{handle}}. Look at how it is written, or ask for an invite.',
  'handle-elsewhere':
    '{{host}} says that this handle is written {{other}}. Look it up as that; if need be, add that server first in Settings, Network.',
  'handle-forged':
    '{{host}} answered what nobody signed, so nothing of it was believed. Tell its operator, and ask for an invite instead.',
  'handle-later': '{{host}} cannot answer now, or was asked too often. Wait a minute, then try again.',
  'handle-taken': '{{handle}} is taken, kept back, or looks like one that is. Choose another name.',
  'handle-many': 'You have 3 handles at {{host}}, or took 5 today. Release one, or try again tomorrow.',
  'handle-not-here':
    'The server does not go by the name {{host}}. Ask its operator which name its handles have, and add it under that name.',
  'handle-not-own': '{{handle}} is not one of your handles any more.',
  'handle-own': '{{handle}} is your own handle. Give it to somebody else.',
  'handle-moved': '{{handle}} belongs to somebody else than a moment ago. Nothing was sent. Look it up again.',
  'handle-changed':
    '{{host}} says that {{handle}} is another person now than your contact {{name}}. Nothing was changed here. Ask {{name}} before you trust either.',
  locked: 'This profile is locked. Unlock it first; until then nothing is received.',
  'no-lock': 'This cannot be done here.',
  busy: 'A backup or a restore is under way. Wait until it is done.',
  'no-passphrase': 'There is no passphrase to lock with. Set one under Storage & backup.',
  'passphrase-wrong': 'That passphrase does not open this profile. Check for a missing word.',
  'passphrase-needed': 'This profile is locked with a passphrase. Type it to go on.',
  'passphrase-short': 'A passphrase has 8 to 1000 characters. Use several words.',
  'keyring-missing':
    'The keyring of this system does not answer. Start it (on Linux a secret service such as GNOME Keyring or KWallet), then try again.',
  'keyring-locked': 'The keyring of this system is locked. Unlock it, then try again.',
  'keyring-entry':
    'The keyring of this system no longer holds the key to this profile. Put the files of the keyring back, or restore a backup into a new folder.',
  'key-newer': 'A newer Tincan made the key file. Update Tincan to open this profile.',
  'key-damaged': 'The key file is damaged. Put back a copy of it, or restore a backup into a new folder.',
  'backup-none': 'This is not a backup that Tincan made. Choose the file that ends with .tincan-backup.',
  'backup-newer': 'A newer Tincan made this backup. Update Tincan, then try again.',
  'backup-passphrase': 'That passphrase does not open this backup. Check for a missing word.',
  'backup-damaged':
    'This backup is cut short or was changed, so nothing was restored. Copy it again from where it was made, or use another one.',
  'automatic-key': 'Your key changed. Choose the passphrase for automatic backups again.',
  'restore-profile':
    'There is a profile on this computer already. Start Tincan with a new folder (--data) to restore a backup there.',
  'disk-room': 'The disk is full: {{free}} free, {{needed}} needed. Free some space, then try again.',
  'database-newer': 'A newer Tincan wrote this history. Update Tincan, then try again.',
  'export-unknown':
    'Nothing is known of their devices yet, so nobody could check what is exported. Try again when they have answered.',
} as const;
