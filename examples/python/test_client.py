"""Runs the client against a real server: make test-python. RENDEZVOUS names the server's program."""

import asyncio
import hashlib
import logging
import os
import stat
import subprocess
import sys
import tempfile
import unittest

import ed25519ctx
import identity
import mail
import protobuf
import rendezvous

FOLDER = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 30  # seconds


class Vectors(unittest.TestCase):
    def test_ed25519ctx(self):
        """RFC 8032, section 7.2, context foo."""
        seed = bytes.fromhex("0305334e381af78f141cb666f6199f57bc3495335a256a95bd2a55bf546663f6")
        message = bytes.fromhex("f726936d19c800494e3fdaff20b276a8")
        key = ed25519ctx.public_key(seed)
        self.assertEqual(key.hex(), "dfc9425e4f968f7f0c29f0259cf5f9aed6851c2bb4ad8bfb860cfee0ab248292")
        signature = ed25519ctx.sign(seed, "foo", message)
        self.assertEqual(signature.hex(), "55a4cc2f70a54e04288c5f4cd1e45a7bb520b36292911876cada7323198dd87a"
                                          "8b36950b95130022907a7fb7c4e9b2d5f6cca685a587b4b21f4b888e4e7edb0d")
        self.assertTrue(ed25519ctx.verify(key, "foo", message, signature))
        self.assertFalse(ed25519ctx.verify(key, "bar", message, signature))
        self.assertFalse(ed25519ctx.verify(key, "foo", message + b"x", signature))
        self.assertFalse(ed25519ctx.verify(bytes([1]) + bytes(31), "foo", message, signature), "a key of small order")

    def test_login(self):
        """The example of docs/protocol.md."""
        own, device, server = (bytes([number]) * 32 for number in (1, 2, 3))
        keys = [ed25519ctx.public_key(seed) for seed in (server, own, device)]
        nonce, client = bytes([4]) * 32, bytes([5]) * 32
        login = ed25519ctx.sign(device, "tincan/login/1", keys[0] + nonce + client + keys[1] + keys[2])
        self.assertEqual(login.hex(), "b9746fe05d4240a2843f2cac69861ced9dc24558d56e24f1268dd4e16d55f701"
                                      "cb328a2f02cdb427cf0a97e93b6602ac4eb46269ccdc60638b7a4cce17f4230d")
        welcome = ed25519ctx.sign(server, "tincan/welcome/1", client + nonce + keys[1] + keys[2])
        self.assertEqual(welcome.hex(), "4963047a45a459dae4e4a1622eb700c81e6bb6853732e5ec9969742e117c505f"
                                        "84e5d953b2e1dcc94d18a395b5fe63b3be9e40e07df60fb784b280e60f44f208")
        body, signature = identity.Keys(own, device, bytes(32)).device_list(1, 1_700_000_000_000)
        self.assertEqual(body.hex(), "0a208a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c10011a290a20"
                                     "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b3941080d095ffbc31")
        self.assertEqual(signature.hex(), "9278aa821961be1d02e7d53fc5fe0f58dcb148865b0b6fc620c7e9e4f0db307c"
                                          "2c023a38531a3a7b3ef5ef4c86e3bda7ec7b2f3f4ae4fab9f723c54824f75c0f")

    def test_work(self):
        """The example of docs/protocol.md."""
        envelope = mail.header(bytes(range(16)), bytes(range(16, 32)), 1_700_000_000_000, 528) + bytes(1120 + 528)
        self.assertEqual(hashlib.sha256(envelope).hexdigest(), "099246565646339dfbc62f8753d69bca65088ca25fc0ecf13c3f087689c86157")
        self.assertEqual(mail.work(envelope, 20_000), (20_000, 63_155))

    def test_protobuf(self):
        body = protobuf.encode([(2, 300), (1, b"\1"), (3, ["a", "b"]), (4, 0), (5, "")])
        self.assertEqual(body.hex(), "0a010110ac021a01611a0162")
        self.assertEqual(protobuf.decode(body), {1: [b"\1"], 2: [300], 3: [b"a", b"b"]})
        for cut in (1, 2, 4, 8):
            with self.assertRaises(ValueError):
                protobuf.decode(body[:cut])

    def test_text_form(self):
        key = bytes.fromhex("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c")
        text = "tc1rkeohxlubhyzl7ks3mwtzos5olfgocn7dwkbeg7toseadnapn5oa4ngq"
        self.assertEqual(identity.peer_text(key), text)
        self.assertEqual(identity.parse_peer(text.upper()), key)
        with self.assertRaises(ValueError):
            identity.parse_peer(text[:-1] + "a")

    def test_seal(self):
        ana, ben = identity.Keys.new(), identity.Keys.new()
        envelope = mail.seal(bytes(16), ben.sealing_public, "hello", 1)
        self.assertEqual(mail.unseal(ben.sealing, envelope), "hello")
        with self.assertRaises(ValueError):
            mail.unseal(ana.sealing, envelope)
        with self.assertRaises(ValueError):
            mail.unseal(ben.sealing, envelope[:10] + b"x" + envelope[11:])


class WithServer(unittest.IsolatedAsyncioTestCase):
    """A server of its own for the tests of a class."""

    @classmethod
    def setUpClass(cls):
        logging.getLogger("asyncio").setLevel(logging.ERROR)  # the arithmetic is slow, and that is known
        cls.folder = tempfile.TemporaryDirectory()
        program = os.environ.get("RENDEZVOUS", os.path.join(FOLDER, "../../build/bin/rendezvous"))
        arguments = ["--listen", "127.0.0.1:0", "--relay=false", "--operator", "off", "--host", "127.0.0.1", "--data", os.path.join(cls.folder.name, "server")]
        cls.server = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in cls.server.stdout:
            if line.startswith("address: "):
                cls.address = line.split()[1]
            if line.strip() == "ready":
                return
        raise RuntimeError("the server did not start")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait(PATIENCE)
        cls.server.stdout.close()
        cls.folder.cleanup()


class Sessions(WithServer):
    async def enter(self, keys=None):
        events = asyncio.Queue()
        session = await rendezvous.Session.open(self.address, keys or identity.Keys.new(), lambda *event: events.put_nowait(event))
        self.addAsyncCleanup(session.close)
        return session, events

    async def until(self, events, kind):
        while True:
            name, body = await asyncio.wait_for(events.get(), PATIENCE)
            if name == kind:
                return body

    async def test_wrong_server_key(self):
        address = self.address.split("#")[0] + "#" + "a" * 52
        with self.assertRaisesRegex(rendezvous.Refused, "another key"):
            await rendezvous.Session.open(address, identity.Keys.new())

    async def test_refused_login(self):
        keys = identity.Keys.new()
        keys.device_list = identity.Keys.new().device_list  # somebody else's
        with self.assertRaisesRegex(rendezvous.Refused, "ERROR_CODE_LOGIN"):
            await rendezvous.Session.open(self.address, keys)

    async def test_presence(self):
        ana, seen = await self.enter()
        ben, _ = await self.enter()
        await ana.watch(ben.keys.identity)
        self.assertIsNone(await ana.lookup(identity.Keys.new().identity))
        self.assertIsNotNone(await ana.lookup(ben.keys.identity))
        self.assertTrue(all(kind != "presence" for kind, _ in list(seen._queue)), "Ben does not watch back yet")
        await ben.watch(ana.keys.identity)
        body = await self.until(seen, "presence")
        self.assertEqual((rendezvous.unb64(body["identity"]), body.get("online")), (ben.keys.identity, True))
        await ben.close()
        self.assertFalse((await self.until(seen, "presence")).get("online", False))

    async def test_mail(self):
        ana, told = await self.enter()
        ben, _ = await self.enter()
        later = identity.now_ms() + identity.WEEK_MS
        for box in ("contact", "stranger"):
            tag = mail.stranger_tag(ana.keys.identity) if box == "stranger" else os.urandom(16)
            text = "for the box of a " + box
            self.assertEqual(await ana.register(tag, "MAIL_BOX_" + box.upper(), later), "TAGS_OUTCOME_DONE")
            envelope = mail.seal(tag, ana.keys.sealing_public, text, later)
            if box == "stranger":
                self.assertEqual(await ben.put(envelope), "PUT_OUTCOME_PROOF")
            for _ in range(2):  # the same envelope is stored once
                self.assertEqual(await ben.put(envelope, stranger=box == "stranger"), "PUT_OUTCOME_STORED")
            await self.until(told, "mailArrived")
            found = await ana.fetch()
            self.assertEqual([(mail.unseal(ana.keys.sealing, one), kind) for _, one, kind in found], [(text, "MAIL_BOX_" + box.upper())])
            await ana.delete([found[0][0]])
            self.assertEqual(await ana.fetch(), [])
        with_other_tag = await ana.register(os.urandom(16), "MAIL_BOX_STRANGER", later)
        self.assertEqual(with_other_tag, "TAGS_OUTCOME_TAKEN", "only the computed tag is for strangers")
        nobody = mail.seal(os.urandom(16), ana.keys.sealing_public, "lost", later)
        self.assertEqual(await ben.put(nobody), "PUT_OUTCOME_NO_SUCH_TAG")

    async def test_handle_and_directory(self):
        ana, _ = await self.enter()
        ben, _ = await self.enter()
        handle = "ana." + os.urandom(4).hex()
        self.assertIsNone(await ben.resolve(handle))
        self.assertEqual(await ana.claim(handle, "127.0.0.1", 1), "HANDLE_OUTCOME_DONE")
        self.assertEqual(await ben.claim(handle, "127.0.0.1", 2), "HANDLE_OUTCOME_TAKEN")
        self.assertEqual(await ben.claim("no spaces", "127.0.0.1", 1), "HANDLE_OUTCOME_INVALID")
        self.assertEqual(await ben.resolve(handle), ana.keys.identity)
        self.assertEqual(await ana.list_entry(1, name="Ana Example", handle=handle, about="collects kazoos"), "LIST_OUTCOME_DONE")
        for _ in range(100):  # the index follows the directory
            found = await ben.search("kazoo")
            if found:
                break
            await asyncio.sleep(0.1)
        self.assertEqual([(entry["name"], entry["identity"]) for entry in found], [("Ana Example", ana.keys.identity)])


class CommandLine(WithServer):
    """The commands of README.md."""

    def tincan(self, who, *arguments):
        program = [sys.executable, os.path.join(FOLDER, "tincan.py"), "--server", self.address, "--keys", os.path.join(self.folder.name, who)]
        return subprocess.run(program + list(arguments), capture_output=True, text=True, timeout=PATIENCE, check=False)

    async def test_whoami(self):
        said = self.tincan("ana", "whoami")
        self.assertEqual((said.returncode, said.stdout.startswith("identity: tc1")), (0, True), said.stderr)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.folder.name, "ana")).st_mode), 0o600)
        self.assertEqual(self.tincan("ana", "whoami").stdout.splitlines()[0], said.stdout.splitlines()[0], "the keys stay")
        said = self.tincan("ana", "lookup", "nobody")
        self.assertEqual((said.returncode, said.stderr.strip()), (1, "tincan: not an identity: nobody"))

    async def test_mail(self):
        box = self.tincan("ana", "open-box", "contact").stdout.strip()
        self.assertEqual(self.tincan("ben", "send", box, "hello Ana").stdout.strip(), "PUT_OUTCOME_STORED")
        self.assertIn("hello Ana", self.tincan("ana", "fetch", "--delete").stdout)
        self.assertEqual(self.tincan("ana", "fetch").stdout, "")


if __name__ == "__main__":
    unittest.main()
