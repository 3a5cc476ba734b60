"""A session with a rendezvous server over WebSocket, in the JSON form (subprotocol tincan.v1.json)."""

import asyncio
import base64
import itertools
import json
import os
import ssl

import websockets
from cryptography import x509
from cryptography.hazmat.primitives import serialization

import ed25519ctx
import identity
import mail

ANSWER = 15  # seconds
LARGEST = 256 << 10  # bytes of a message
BATCH = 256  # ids in one DeleteMail


class Refused(Exception):
    """What the server says when it does not do what it was asked."""


def b64(data):
    return base64.b64encode(data).decode()


def unb64(text):
    return base64.b64decode(text or "")


def signed(pair):
    return {"body": b64(pair[0]), "signature": b64(pair[1])}


def parse_address(text):
    """wss://host:port/#KEY or without the key: (url, key or None)."""
    url, _, key = text.strip().partition("#")
    if "://" not in url:
        url = "wss://" + url
    return url.rstrip("/") + "/", base64.b32decode(key.upper() + "====") if key else None


def pinned_tls():
    """The certificate is self-signed; certificate_key says whose it is, and the caller compares."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def certificate_key(socket):
    secured = socket.transport.get_extra_info("ssl_object")
    if secured is None:
        return None
    public = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True)).public_key()
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class Session:
    """Logged in. on_event(kind, body) is called with what the server says unasked: presence, deliver, mailArrived,
    serverList, drain."""

    def __init__(self, socket, keys, url, on_event):
        self.socket, self.keys, self.url = socket, keys, url
        self.on_event = on_event or (lambda kind, body: None)
        self.numbers, self.waiting, self.tasks = itertools.count(1), {}, []
        self.welcome, self.server_key, self.failure = {}, b"", None

    @classmethod
    async def open(cls, address, keys, on_event=None):
        url, pinned = parse_address(address)
        extra = {"ssl": pinned_tls(), "server_hostname": "rendezvous.tincan"} if url.startswith("wss://") else {}
        socket = await websockets.connect(url, subprotocols=["tincan.v1.json"], compression=None, max_size=LARGEST, ping_interval=None, **extra)
        session = cls(socket, keys, url, on_event)
        try:
            await session.log_in(pinned)
        except BaseException:
            await socket.close()
            raise
        session.tasks = [asyncio.create_task(session.read()), asyncio.create_task(session.beat())]
        return session

    async def next(self):
        """The next frame: (kind, body). An error is raised."""
        frame = json.loads(await self.socket.recv())
        if not frame:
            return "", {}  # a kind that this program does not know
        ((kind, body),) = frame.items()
        if kind == "error":
            raise Refused("%s: %s" % (body.get("code"), body.get("message")))
        return kind, body

    async def log_in(self, pinned):
        kind, challenge = await asyncio.wait_for(self.next(), ANSWER)
        if kind != "challenge" or challenge.get("major") != 1:
            raise Refused("not a rendezvous server of version 1")
        self.server_key, nonce = unb64(challenge.get("serverKey")), unb64(challenge.get("nonce"))
        for expected in (pinned, certificate_key(self.socket)):
            if expected is not None and expected != self.server_key:
                raise Refused("the server has another key than expected")
        own, keys = os.urandom(32), self.keys
        message = self.server_key + nonce + own + keys.identity + keys.device
        await self.say("login", {
            "major": 1, "minor": 0, "identity": b64(keys.identity), "device": b64(keys.device), "clientNonce": b64(own),
            "signature": b64(ed25519ctx.sign(keys.device_seed, "tincan/login/1", message)),
            "record": {"deviceList": signed(keys.device_list())},
        })
        kind, self.welcome = await asyncio.wait_for(self.next(), ANSWER)
        message = own + nonce + keys.identity + keys.device
        if kind != "welcome" or not ed25519ctx.verify(self.server_key, "tincan/welcome/1", message, unb64(self.welcome.get("signature"))):
            raise Refused("the server could not prove its key")

    async def say(self, kind, body):
        await self.socket.send(json.dumps({kind: body}))

    async def beat(self):
        every = int(self.welcome.get("heartbeatMs", 10_000)) / 1000
        while True:
            await asyncio.sleep(every)
            await self.say("heartbeat", {"id": "0"})

    async def read(self):
        try:
            while True:
                kind, body = await self.next()
                waiting = self.waiting.pop(int(body.get("id", 0)), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(body)
                elif kind:
                    self.on_event(kind, body)
        except (Refused, websockets.ConnectionClosed, ValueError) as problem:
            self.failure = problem
            for waiting in self.waiting.values():
                if not waiting.done():
                    waiting.set_exception(Refused(str(problem)))

    async def ask(self, kind, **body):
        """Sends a frame with an id of its own and waits for the answer with the same."""
        if self.failure is not None:
            raise Refused(str(self.failure))
        number = next(self.numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        await self.say(kind, {"id": str(number), **body})
        return await asyncio.wait_for(self.waiting[number], ANSWER)

    async def watch(self, *peers):
        await self.say("watch", {"add": [b64(peer) for peer in peers]})

    async def lookup(self, peer):
        """The record of a peer, or None."""
        return (await self.ask("lookup", identity=b64(peer))).get("record")

    def needs(self, what):
        if not self.welcome.get(what):
            raise Refused("this server has no " + what)

    async def claim(self, handle, server, version):
        self.needs("directory")
        return (await self.ask("claimHandle", claim=signed(self.keys.handle_claim(handle, server, version))))["outcome"]

    async def resolve(self, handle):
        """The identity that has a handle, or None. Its own signature says so, not the server."""
        self.needs("directory")
        answer = await self.ask("resolveHandle", handle=handle)
        if answer.get("outcome") != "HANDLE_OUTCOME_DONE":
            return None
        name, _, key, _ = identity.read_claim(unb64(answer["claim"]["body"]), unb64(answer["claim"]["signature"]))
        if name != handle:
            raise Refused("the server answers with another handle")
        return key

    async def list_entry(self, version, **fields):
        self.needs("directory")
        return (await self.ask("listEntry", entry=signed(self.keys.directory_entry(version, **fields))))["outcome"]

    async def search(self, query, limit=20):
        self.needs("directory")
        answer = await self.ask("search", query=query, limit=limit)
        return [identity.read_entry(unb64(entry["body"]), unb64(entry["signature"])) for entry in answer.get("entries", [])]

    async def register(self, tag, box, expires_ms):
        self.needs("mailbox")
        return (await self.ask("registerTags", tags=[{"tag": b64(tag), "box": box, "expiresMs": str(expires_ms)}]))["outcome"]

    async def put(self, envelope, stranger=False):
        self.needs("mailbox")
        proof = {}
        if stranger:
            day, nonce = await asyncio.get_running_loop().run_in_executor(None, mail.work, envelope)
            proof = {"work": {"day": day, "nonce": str(nonce)}}
        return (await self.ask("putMail", envelope=b64(envelope), **proof))["outcome"]

    async def fetch(self):
        """Everything in our boxes: a list of (id, envelope, box)."""
        self.needs("mailbox")
        found, after = [], ""
        while True:
            batch = await self.ask("fetchMail", **({"after": after} if after else {}))
            if batch.get("unavailable"):
                raise Refused("the server cannot read mail now; try again")
            found += [(unb64(one["id"]), unb64(one["envelope"]), one.get("box")) for one in batch.get("mails", [])]
            after = batch.get("next", "")
            if not after:
                return found

    async def delete(self, ids):
        for start in range(0, len(ids), BATCH):
            answer = await self.ask("deleteMail", mailIds=[b64(one) for one in ids[start : start + BATCH]])
            if answer.get("unavailable"):
                raise Refused("the server cannot delete mail now; try again")

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        try:
            await self.say("goodbye", {})
        except websockets.ConnectionClosed:
            pass
        await self.socket.close()
