#!/usr/bin/env python3
"""A small client for Tincan's rendezvous servers, made from docs/protocol.md alone. See README.md."""

import argparse
import asyncio
import os
import sys
import urllib.parse

import identity
import mail
import rendezvous

BOXES = {"contact": "MAIL_BOX_CONTACT", "stranger": "MAIL_BOX_STRANGER"}


async def whoami(session, _):
    print("identity:", identity.peer_text(session.keys.identity))
    print("server sees:", session.welcome.get("observedAddress", "nothing"))
    print("it has:", ", ".join(name for name in ("mailbox", "directory") if session.welcome.get(name)) or "presence and signals only")


async def watch(session, options):
    await session.watch(*(identity.parse_peer(peer) for peer in options.peer))
    print("watching; who does not watch back stays unseen")
    await asyncio.sleep(options.seconds)


async def lookup(session, options):
    record = await session.lookup(identity.parse_peer(options.peer))
    print("no record" if record is None else "there is a record, with %d keys" % len(record.get("keyRecords", [])))


async def claim(session, options):
    server = options.host or urllib.parse.urlsplit(session.url).hostname
    print(await session.claim(options.handle, server, identity.now_ms()))


async def resolve(session, options):
    key = await session.resolve(options.handle)
    print("nobody has it" if key is None else identity.peer_text(key))


async def list_me(session, options):
    fields = {"name": options.name, "about": options.about, "handle": options.handle, "tags": options.tag}
    print(await session.list_entry(identity.now_ms(), **fields))


async def search(session, options):
    for entry in await session.search(" ".join(options.word)):
        print(entry["name"], identity.peer_text(entry["identity"]), entry["about"], sep="  ")


async def open_box(session, options):
    tag = mail.stranger_tag(session.keys.identity) if options.box == "stranger" else os.urandom(16)
    outcome = await session.register(tag, BOXES[options.box], identity.now_ms() + identity.WEEK_MS)
    if outcome != "TAGS_OUTCOME_DONE":
        raise rendezvous.Refused(outcome)
    print("%s:%s:%s" % (options.box, tag.hex(), session.keys.sealing_public.hex()))


async def send(session, options):
    box, tag, key = options.box.split(":")
    envelope = mail.seal(bytes.fromhex(tag), bytes.fromhex(key), options.text, identity.now_ms() + identity.WEEK_MS)
    print(await session.put(envelope, stranger=box == "stranger"))


async def fetch(session, options):
    found = await session.fetch()
    for _, envelope, box in found:
        try:
            print(box, mail.unseal(session.keys.sealing, envelope), sep="  ")
        except ValueError as problem:
            print(box, "(cannot be opened: %s)" % problem, sep="  ")
    if options.delete:
        await session.delete([one[0] for one in found])


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True, help="wss://host:port/#KEY, as the server prints it")
    parser.add_argument("--keys", default="keys.json", help="file with our keys; made when new")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, run, description, *options):
        one = commands.add_parser(name, help=description)
        one.set_defaults(run=run)
        for names, settings in options:
            one.add_argument(*names, **settings)

    command("whoami", whoami, "log in and say what the server says")
    command("watch", watch, "show who comes and goes", (["peer"], {"nargs": "+"}), (["--seconds"], {"type": float, "default": 60}))
    command("lookup", lookup, "ask for a peer's record", (["peer"], {}))
    command("claim", claim, "take a handle", (["handle"], {}), (["--host"], {"help": "the server's host, if it calls itself otherwise"}))
    command("resolve", resolve, "ask who has a handle", (["handle"], {}))
    command("list", list_me, "show ourselves in the directory", (["name"], {}), (["--about"], {"default": ""}),
            (["--handle"], {"default": ""}), (["--tag"], {"action": "append", "default": []}))
    command("search", search, "search the directory", (["word"], {"nargs": "+"}))
    command("open-box", open_box, "make a tag where mail can be left, and print what to give to others", (["box"], {"choices": sorted(BOXES)}))
    command("send", send, "leave mail", (["box"], {"help": "what open-box printed"}), (["text"], {}))
    command("fetch", fetch, "read one's mail", (["--delete"], {"action": "store_true"}))
    return parser.parse_args(arguments)


def show(kind, body):
    if kind == "presence":
        peer = identity.peer_text(rendezvous.unb64(body["identity"]))
        print(peer, "is here" if body.get("online") else "is gone", flush=True)
    elif kind in ("mailArrived", "drain"):
        print(kind, flush=True)


async def main(arguments):
    options = parse(arguments)
    session = await rendezvous.Session.open(options.server, identity.Keys.load(options.keys), show)
    try:
        await options.run(session, options)
    finally:
        await session.close()


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1:]))
    except (rendezvous.Refused, OSError, ValueError) as error:
        sys.exit("tincan: %s" % error)
    except KeyboardInterrupt:
        pass
