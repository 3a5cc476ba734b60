export namespace app {
	
	export enum AddressFamily {
	    IPv4 = "ipv4",
	    IPv6 = "ipv6",
	    Unknown = "",
	}
	export enum BanColumn {
	    Added = "added",
	    Blocked = "blocked",
	    Ends = "ends",
	    Kind = "kind",
	    Reason = "reason",
	    Target = "target",
	}
	export enum BanFilter {
	    Addresses = "addresses",
	    All = "all",
	    Domains = "domains",
	    People = "people",
	}
	export enum BanKind {
	    Address = "address",
	    Domain = "domain",
	    Invite = "invite",
	    Peer = "peer",
	    Range = "range",
	}
	export enum CancelOutcome {
	    Here = "here",
	    Late = "late",
	    Server = "server",
	}
	export enum CheckGrade {
	    Bad = "bad",
	    Good = "good",
	    Unknown = "unknown",
	    Warn = "warn",
	}
	export enum CheckState {
	    Asked = "asked",
	    Comparing = "comparing",
	    Done = "done",
	    Ended = "ended",
	    Preparing = "preparing",
	    Waiting = "waiting",
	}
	export enum CompareMethod {
	    Emoji = "emoji",
	    None = "",
	    Number = "number",
	}
	export enum ContactState {
	    Asked = "asked",
	    Banned = "banned",
	    Forgotten = "forgotten",
	    Mutual = "mutual",
	}
	export enum Every {
	    Day = "day",
	    Never = "",
	    Week = "week",
	}
	export enum Folder {
	    Archived = "archived",
	    Hidden = "hidden",
	    List = "",
	}
	export enum LineState {
	    Banned = "banned",
	    Connecting = "connecting",
	    Direct = "direct",
	    Held = "held",
	    Idle = "idle",
	    LAN = "lan",
	    NoNetwork = "no-network",
	    Relayed = "relayed",
	    Waiting = "waiting",
	}
	export enum LogKind {
	    Ban = "ban",
	    Check = "check",
	    LineClosed = "line-closed",
	    LineFailed = "line-failed",
	    LineLost = "line-lost",
	    LineOpen = "line-open",
	    MailFetched = "mail-fetched",
	    MailKept = "mail-kept",
	    MailRefused = "mail-refused",
	    ServerDown = "server-down",
	    ServerUp = "server-up",
	}
	export enum MessageState {
	    Delivered = "delivered",
	    Queued = "queued",
	    Read = "read",
	    Received = "received",
	    Stored = "stored",
	}
	export enum NotifyAbout {
	    Everything = "everything",
	    Nothing = "nothing",
	}
	export enum NotifyShow {
	    Name = "name",
	    Neither = "neither",
	    Text = "text",
	}
	export enum Presence {
	    Offline = "offline",
	    Online = "online",
	    Unknown = "unknown",
	}
	export enum ProblemCode {
	    ClockWrong = "clock-wrong",
	    DatabaseDamaged = "database-damaged",
	    DiskFull = "disk-full",
	    FolderReadOnly = "folder-read-only",
	}
	export enum ProgressStep {
	    Check = "check",
	    Copy = "copy",
	    Place = "place",
	    Read = "read",
	    Write = "write",
	}
	export enum Protection {
	    File = "file",
	    Keyring = "keyring",
	    Passphrase = "passphrase",
	}
	export enum Route {
	    Any = "any",
	    Inherited = "",
	    Network = "network",
	    Relayed = "relayed",
	}
	export enum ServerState {
	    Connecting = "connecting",
	    Down = "down",
	    Online = "online",
	}
	export enum StepKind {
	    Delivered = "delivered",
	    Read = "read",
	    Saved = "saved",
	    Stored = "stored",
	    TooLate = "too-late",
	    Tried = "tried",
	    Written = "written",
	}
	export enum Theme {
	    Dark = "dark",
	    Light = "light",
	    System = "system",
	}
	export enum Trust {
	    Changed = "changed",
	    Compared = "compared",
	    Differs = "differs",
	    Forked = "forked",
	    Link = "link",
	    None = "none",
	}
	export enum WaitCode {
	    Asked = "asked",
	    Banned = "banned",
	    Full = "full",
	    Held = "held",
	    Line = "line",
	    Many = "many",
	    NoKey = "no-key",
	    NoMailbox = "no-mailbox",
	    NoNetwork = "no-network",
	    NoServer = "no-server",
	    Refused = "refused",
	    Sent = "sent",
	    Stored = "stored",
	    Trying = "trying",
	}
	export enum Way {
	    Direct = "direct",
	    File = "file",
	    LAN = "lan",
	    Mail = "mail",
	    Relayed = "relayed",
	    Unknown = "unknown",
	}
	export class Error {
	    code: string;
	    message: string;
	    params: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new Error(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.message = source["message"];
	        this.params = source["params"];
	    }
	}
	export class Automatic {
	    every: Every;
	    last: boolean;
	    next: string;
	    failedAt: string;
	    problem?: Error;
	
	    static createFrom(source: any = {}) {
	        return new Automatic(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.every = source["every"];
	        this.last = source["last"];
	        this.next = source["next"];
	        this.failedAt = source["failedAt"];
	        this.problem = this.convertValues(source["problem"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Ban {
	    id: string;
	    kind: BanKind;
	    target: string;
	    name: string;
	    color: number;
	    reason: string;
	    added: string;
	    ends: string;
	    ended: boolean;
	    tell: boolean;
	    blocked: number;
	
	    static createFrom(source: any = {}) {
	        return new Ban(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.kind = source["kind"];
	        this.target = source["target"];
	        this.name = source["name"];
	        this.color = source["color"];
	        this.reason = source["reason"];
	        this.added = source["added"];
	        this.ends = source["ends"];
	        this.ended = source["ended"];
	        this.tell = source["tell"];
	        this.blocked = source["blocked"];
	    }
	}
	export class BanCheck {
	    kind: BanKind;
	    target: string;
	    touches: string[];
	    known: string[];
	    came: string[];
	    asking: number;
	    count: number;
	    suggestion: string;
	    error?: Error;
	
	    static createFrom(source: any = {}) {
	        return new BanCheck(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.target = source["target"];
	        this.touches = source["touches"];
	        this.known = source["known"];
	        this.came = source["came"];
	        this.asking = source["asking"];
	        this.count = source["count"];
	        this.suggestion = source["suggestion"];
	        this.error = this.convertValues(source["error"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BanEdit {
	    reason: string;
	    ends: string;
	    tell: boolean;
	
	    static createFrom(source: any = {}) {
	        return new BanEdit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.reason = source["reason"];
	        this.ends = source["ends"];
	        this.tell = source["tell"];
	    }
	}
	export class BanLine {
	    line: number;
	    text: string;
	    error?: Error;
	
	    static createFrom(source: any = {}) {
	        return new BanLine(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.line = source["line"];
	        this.text = source["text"];
	        this.error = this.convertValues(source["error"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BanOptions {
	    kind: BanKind;
	    target: string;
	    reason: string;
	    ends: string;
	    tell: boolean;
	
	    static createFrom(source: any = {}) {
	        return new BanOptions(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.target = source["target"];
	        this.reason = source["reason"];
	        this.ends = source["ends"];
	        this.tell = source["tell"];
	    }
	}
	export class BanPage {
	    bans: Ban[];
	    offset: number;
	    found: number;
	    all: number;
	    blocked: number;
	
	    static createFrom(source: any = {}) {
	        return new BanPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.bans = this.convertValues(source["bans"], Ban);
	        this.offset = source["offset"];
	        this.found = source["found"];
	        this.all = source["all"];
	        this.blocked = source["blocked"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class BanQuery {
	    search: string;
	    filter: BanFilter;
	    column: BanColumn;
	    descending: boolean;
	    offset: number;
	    limit: number;
	
	    static createFrom(source: any = {}) {
	        return new BanQuery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.search = source["search"];
	        this.filter = source["filter"];
	        this.column = source["column"];
	        this.descending = source["descending"];
	        this.offset = source["offset"];
	        this.limit = source["limit"];
	    }
	}
	export class Cancelled {
	    outcome: CancelOutcome;
	    server: string;
	
	    static createFrom(source: any = {}) {
	        return new Cancelled(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.outcome = source["outcome"];
	        this.server = source["server"];
	    }
	}
	export class Repair {
	    running: boolean;
	    saved: number;
	    of: number;
	    error?: Error;
	
	    static createFrom(source: any = {}) {
	        return new Repair(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.running = source["running"];
	        this.saved = source["saved"];
	        this.of = source["of"];
	        this.error = this.convertValues(source["error"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Progress {
	    step: ProgressStep;
	    done: number;
	    total: number;
	
	    static createFrom(source: any = {}) {
	        return new Progress(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.step = source["step"];
	        this.done = source["done"];
	        this.total = source["total"];
	    }
	}
	export class Request {
	    id: string;
	    peerId: string;
	    name: string;
	    color: number;
	    text: string;
	    time: string;
	    inviteLabel: string;
	    inviteMade: string;
	    stranger?: boolean;
	    safetyNumber: string;
	
	    static createFrom(source: any = {}) {
	        return new Request(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.peerId = source["peerId"];
	        this.name = source["name"];
	        this.color = source["color"];
	        this.text = source["text"];
	        this.time = source["time"];
	        this.inviteLabel = source["inviteLabel"];
	        this.inviteMade = source["inviteMade"];
	        this.stranger = source["stranger"];
	        this.safetyNumber = source["safetyNumber"];
	    }
	}
	export class Reaction {
	    emoji: string;
	    count: number;
	    mine: boolean;
	    authors: string[];
	
	    static createFrom(source: any = {}) {
	        return new Reaction(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.emoji = source["emoji"];
	        this.count = source["count"];
	        this.mine = source["mine"];
	        this.authors = source["authors"];
	    }
	}
	export class Reply {
	    id: string;
	    here: boolean;
	    deleted: boolean;
	    mine: boolean;
	    author: string;
	    text: string;
	
	    static createFrom(source: any = {}) {
	        return new Reply(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.here = source["here"];
	        this.deleted = source["deleted"];
	        this.mine = source["mine"];
	        this.author = source["author"];
	        this.text = source["text"];
	    }
	}
	export class Message {
	    id: string;
	    conversation: string;
	    order: string;
	    mine: boolean;
	    author: string;
	    text: string;
	    time: string;
	    state: MessageState;
	    claimedTime?: string;
	    arrivedTime?: string;
	    deleted?: boolean;
	    edited?: string;
	    reply?: Reply;
	    reactions?: Reaction[];
	    timer?: number;
	    expires?: string;
	
	    static createFrom(source: any = {}) {
	        return new Message(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.conversation = source["conversation"];
	        this.order = source["order"];
	        this.mine = source["mine"];
	        this.author = source["author"];
	        this.text = source["text"];
	        this.time = source["time"];
	        this.state = source["state"];
	        this.claimedTime = source["claimedTime"];
	        this.arrivedTime = source["arrivedTime"];
	        this.deleted = source["deleted"];
	        this.edited = source["edited"];
	        this.reply = this.convertValues(source["reply"], Reply);
	        this.reactions = this.convertValues(source["reactions"], Reaction);
	        this.timer = source["timer"];
	        this.expires = source["expires"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class CheckEmoji {
	    number: number;
	    emoji: string;
	
	    static createFrom(source: any = {}) {
	        return new CheckEmoji(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.number = source["number"];
	        this.emoji = source["emoji"];
	    }
	}
	export class Check {
	    state: CheckState;
	    emoji: CheckEmoji[];
	    said: boolean;
	    theySaid: boolean;
	    error?: Error;
	
	    static createFrom(source: any = {}) {
	        return new Check(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.emoji = this.convertValues(source["emoji"], CheckEmoji);
	        this.said = source["said"];
	        this.theySaid = source["theySaid"];
	        this.error = this.convertValues(source["error"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Verification {
	    trust: Trust;
	    method: CompareMethod;
	    since: string;
	
	    static createFrom(source: any = {}) {
	        return new Verification(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.trust = source["trust"];
	        this.method = source["method"];
	        this.since = source["since"];
	    }
	}
	export class Notice {
	    id: string;
	    code: string;
	    message: string;
	    params: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new Notice(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.code = source["code"];
	        this.message = source["message"];
	        this.params = source["params"];
	    }
	}
	export class Line {
	    state: LineState;
	    rtt: number;
	    host: string;
	
	    static createFrom(source: any = {}) {
	        return new Line(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.state = source["state"];
	        this.rtt = source["rtt"];
	        this.host = source["host"];
	    }
	}
	export class Conversation {
	    id: string;
	    peerId: string;
	    name: string;
	    color: number;
	    contact: ContactState;
	    presence: Presence;
	    line: Line;
	    typing: boolean;
	    preview: string;
	    previewMine: boolean;
	    previewState: MessageState;
	    lastTime: string;
	    unread: number;
	    queued: number;
	    draft: string;
	    since: string;
	    invite: string;
	    handle?: string;
	    stranger?: boolean;
	    notice?: Notice;
	    previewDeleted?: boolean;
	    timer?: number;
	    timerSince?: string;
	    timerMine?: boolean;
	    about?: string;
	    picture?: string;
	    route?: Route;
	    verified: Verification;
	    check?: Check;
	    retired?: string;
	    muted?: string;
	    next?: string;
	    former?: boolean;
	    following?: boolean;
	    pinned?: number;
	    folder?: Folder;
	    quiet?: boolean;
	    marked?: boolean;
	    cleared?: string;
	
	    static createFrom(source: any = {}) {
	        return new Conversation(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.peerId = source["peerId"];
	        this.name = source["name"];
	        this.color = source["color"];
	        this.contact = source["contact"];
	        this.presence = source["presence"];
	        this.line = this.convertValues(source["line"], Line);
	        this.typing = source["typing"];
	        this.preview = source["preview"];
	        this.previewMine = source["previewMine"];
	        this.previewState = source["previewState"];
	        this.lastTime = source["lastTime"];
	        this.unread = source["unread"];
	        this.queued = source["queued"];
	        this.draft = source["draft"];
	        this.since = source["since"];
	        this.invite = source["invite"];
	        this.handle = source["handle"];
	        this.stranger = source["stranger"];
	        this.notice = this.convertValues(source["notice"], Notice);
	        this.previewDeleted = source["previewDeleted"];
	        this.timer = source["timer"];
	        this.timerSince = source["timerSince"];
	        this.timerMine = source["timerMine"];
	        this.about = source["about"];
	        this.picture = source["picture"];
	        this.route = source["route"];
	        this.verified = this.convertValues(source["verified"], Verification);
	        this.check = this.convertValues(source["check"], Check);
	        this.retired = source["retired"];
	        this.muted = source["muted"];
	        this.next = source["next"];
	        this.former = source["former"];
	        this.following = source["following"];
	        this.pinned = source["pinned"];
	        this.folder = source["folder"];
	        this.quiet = source["quiet"];
	        this.marked = source["marked"];
	        this.cleared = source["cleared"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Server {
	    id: string;
	    address: string;
	    mine: boolean;
	    guest: boolean;
	    state: ServerState;
	    rtt: number;
	    since: string;
	    error?: Error;
	    retryAt: string;
	    rtts?: number[];
	    handles?: string;
	
	    static createFrom(source: any = {}) {
	        return new Server(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.address = source["address"];
	        this.mine = source["mine"];
	        this.guest = source["guest"];
	        this.state = source["state"];
	        this.rtt = source["rtt"];
	        this.since = source["since"];
	        this.error = this.convertValues(source["error"], Error);
	        this.retryAt = source["retryAt"];
	        this.rtts = source["rtts"];
	        this.handles = source["handles"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Network {
	    online: boolean;
	    servers: Server[];
	    lines: number;
	    hostAddress: string;
	    hostError?: Error;
	
	    static createFrom(source: any = {}) {
	        return new Network(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.online = source["online"];
	        this.servers = this.convertValues(source["servers"], Server);
	        this.lines = source["lines"];
	        this.hostAddress = source["hostAddress"];
	        this.hostError = this.convertValues(source["hostError"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Notifications {
	    about: NotifyAbout;
	    show: NotifyShow;
	    sound: boolean;
	    count: boolean;
	    quiet: boolean;
	    quietFrom: number;
	    quietTo: number;
	
	    static createFrom(source: any = {}) {
	        return new Notifications(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.about = source["about"];
	        this.show = source["show"];
	        this.sound = source["sound"];
	        this.count = source["count"];
	        this.quiet = source["quiet"];
	        this.quietFrom = source["quietFrom"];
	        this.quietTo = source["quietTo"];
	    }
	}
	export class Settings {
	    theme: Theme;
	    language: string;
	    textSize: number;
	    compact: boolean;
	    hosting: boolean;
	    details: boolean;
	    linePort?: number;
	    proxy?: string;
	    asWritten?: boolean;
	    still?: boolean;
	    ownLeft?: boolean;
	    spelling?: boolean;
	    emojiTone?: number;
	    recentEmoji?: string;
	    lockAfter?: number;
	    notifications: Notifications;
	    tray: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Settings(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.theme = source["theme"];
	        this.language = source["language"];
	        this.textSize = source["textSize"];
	        this.compact = source["compact"];
	        this.hosting = source["hosting"];
	        this.details = source["details"];
	        this.linePort = source["linePort"];
	        this.proxy = source["proxy"];
	        this.asWritten = source["asWritten"];
	        this.still = source["still"];
	        this.ownLeft = source["ownLeft"];
	        this.spelling = source["spelling"];
	        this.emojiTone = source["emojiTone"];
	        this.recentEmoji = source["recentEmoji"];
	        this.lockAfter = source["lockAfter"];
	        this.notifications = this.convertValues(source["notifications"], Notifications);
	        this.tray = source["tray"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class OwnHandle {
	    handle: string;
	    host: string;
	    lost?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new OwnHandle(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.handle = source["handle"];
	        this.host = source["host"];
	        this.lost = source["lost"];
	    }
	}
	export class Privacy {
	    readReceipts: boolean;
	    presence: boolean;
	    typing: boolean;
	    route: Route;
	
	    static createFrom(source: any = {}) {
	        return new Privacy(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.readReceipts = source["readReceipts"];
	        this.presence = source["presence"];
	        this.typing = source["typing"];
	        this.route = source["route"];
	    }
	}
	export class Profile {
	    peerId: string;
	    name: string;
	    color: number;
	    privacy: Privacy;
	    about?: string;
	    picture?: string;
	    handles: OwnHandle[];
	    retired?: string;
	
	    static createFrom(source: any = {}) {
	        return new Profile(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.peerId = source["peerId"];
	        this.name = source["name"];
	        this.color = source["color"];
	        this.privacy = this.convertValues(source["privacy"], Privacy);
	        this.about = source["about"];
	        this.picture = source["picture"];
	        this.handles = this.convertValues(source["handles"], OwnHandle);
	        this.retired = source["retired"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Problem {
	    code: ProblemCode;
	    message: string;
	    params: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new Problem(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.message = source["message"];
	        this.params = source["params"];
	    }
	}
	export class Changes {
	    sequence: number;
	    reset?: boolean;
	    problem?: Problem;
	    profile?: Profile;
	    settings?: Settings;
	    network?: Network;
	    conversations?: Conversation[];
	    removedConversations?: string[];
	    messages?: Message[];
	    removedMessages?: string[];
	    clearedConversations?: string[];
	    requests?: Request[];
	    removedRequests?: string[];
	    bansChanged?: boolean;
	    openConversation?: string;
	    openMessage?: string;
	    openRequests?: boolean;
	    pasteInvite?: string;
	    notice?: Notice;
	    locked?: boolean;
	    progress?: Progress;
	    repair?: Repair;
	
	    static createFrom(source: any = {}) {
	        return new Changes(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.sequence = source["sequence"];
	        this.reset = source["reset"];
	        this.problem = this.convertValues(source["problem"], Problem);
	        this.profile = this.convertValues(source["profile"], Profile);
	        this.settings = this.convertValues(source["settings"], Settings);
	        this.network = this.convertValues(source["network"], Network);
	        this.conversations = this.convertValues(source["conversations"], Conversation);
	        this.removedConversations = source["removedConversations"];
	        this.messages = this.convertValues(source["messages"], Message);
	        this.removedMessages = source["removedMessages"];
	        this.clearedConversations = source["clearedConversations"];
	        this.requests = this.convertValues(source["requests"], Request);
	        this.removedRequests = source["removedRequests"];
	        this.bansChanged = source["bansChanged"];
	        this.openConversation = source["openConversation"];
	        this.openMessage = source["openMessage"];
	        this.openRequests = source["openRequests"];
	        this.pasteInvite = source["pasteInvite"];
	        this.notice = this.convertValues(source["notice"], Notice);
	        this.locked = source["locked"];
	        this.progress = this.convertValues(source["progress"], Progress);
	        this.repair = this.convertValues(source["repair"], Repair);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	export class Finding {
	    code: string;
	    grade: CheckGrade;
	    message: string;
	    params: Record<string, string>;
	
	    static createFrom(source: any = {}) {
	        return new Finding(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.grade = source["grade"];
	        this.message = source["message"];
	        this.params = source["params"];
	    }
	}
	export class ConnectionCheck {
	    findings: Finding[];
	    took: number;
	
	    static createFrom(source: any = {}) {
	        return new ConnectionCheck(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.findings = this.convertValues(source["findings"], Finding);
	        this.took = source["took"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class Waiting {
	    code: WaitCode;
	    server: string;
	    nextAt: string;
	    canSave: boolean;
	    canCancel: boolean;
	
	    static createFrom(source: any = {}) {
	        return new Waiting(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.code = source["code"];
	        this.server = source["server"];
	        this.nextAt = source["nextAt"];
	        this.canSave = source["canSave"];
	        this.canCancel = source["canCancel"];
	    }
	}
	export class DeliveryStep {
	    kind: StepKind;
	    way: Way;
	    time: string;
	    until: string;
	    server: string;
	
	    static createFrom(source: any = {}) {
	        return new DeliveryStep(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.kind = source["kind"];
	        this.way = source["way"];
	        this.time = source["time"];
	        this.until = source["until"];
	        this.server = source["server"];
	    }
	}
	export class Delivery {
	    message: string;
	    state: MessageState;
	    steps: DeliveryStep[];
	    waiting?: Waiting;
	
	    static createFrom(source: any = {}) {
	        return new Delivery(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.message = source["message"];
	        this.state = source["state"];
	        this.steps = this.convertValues(source["steps"], DeliveryStep);
	        this.waiting = this.convertValues(source["waiting"], Waiting);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class DesktopState {
	    window: boolean;
	    notifications: boolean;
	    tray: boolean;
	    login: boolean;
	    startsAtLogin: boolean;
	
	    static createFrom(source: any = {}) {
	        return new DesktopState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.window = source["window"];
	        this.notifications = source["notifications"];
	        this.tray = source["tray"];
	        this.login = source["login"];
	        this.startsAtLogin = source["startsAtLogin"];
	    }
	}
	
	
	export class FoundPerson {
	    handle: string;
	    peerId: string;
	    name: string;
	    color: number;
	    safetyNumber: string;
	    conversation?: string;
	    asking?: boolean;
	
	    static createFrom(source: any = {}) {
	        return new FoundPerson(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.handle = source["handle"];
	        this.peerId = source["peerId"];
	        this.name = source["name"];
	        this.color = source["color"];
	        this.safetyNumber = source["safetyNumber"];
	        this.conversation = source["conversation"];
	        this.asking = source["asking"];
	    }
	}
	export class ImportedBans {
	    added: number;
	    already: number;
	    refused: number;
	    errors: BanLine[];
	
	    static createFrom(source: any = {}) {
	        return new ImportedBans(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.added = source["added"];
	        this.already = source["already"];
	        this.refused = source["refused"];
	        this.errors = this.convertValues(source["errors"], BanLine);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class ImportedBundle {
	    conversation: string;
	    entries: number;
	    known: boolean;
	    damaged: boolean;
	
	    static createFrom(source: any = {}) {
	        return new ImportedBundle(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation = source["conversation"];
	        this.entries = source["entries"];
	        this.known = source["known"];
	        this.damaged = source["damaged"];
	    }
	}
	export class Invite {
	    id: string;
	    label: string;
	    link: string;
	    short: string;
	    qr: string;
	    qrSize: number;
	    created: string;
	    expires: string;
	    uses: number;
	    used: number;
	    active: boolean;
	    people: string[];
	
	    static createFrom(source: any = {}) {
	        return new Invite(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.label = source["label"];
	        this.link = source["link"];
	        this.short = source["short"];
	        this.qr = source["qr"];
	        this.qrSize = source["qrSize"];
	        this.created = source["created"];
	        this.expires = source["expires"];
	        this.uses = source["uses"];
	        this.used = source["used"];
	        this.active = source["active"];
	        this.people = source["people"];
	    }
	}
	export class InviteOptions {
	    label: string;
	    days: number;
	    uses: number;
	
	    static createFrom(source: any = {}) {
	        return new InviteOptions(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.label = source["label"];
	        this.days = source["days"];
	        this.uses = source["uses"];
	    }
	}
	export class InvitePreview {
	    peerId: string;
	    name: string;
	    color: number;
	    servers: string[];
	    expires: string;
	    safetyNumber: string;
	    conversation?: string;
	
	    static createFrom(source: any = {}) {
	        return new InvitePreview(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.peerId = source["peerId"];
	        this.name = source["name"];
	        this.color = source["color"];
	        this.servers = source["servers"];
	        this.expires = source["expires"];
	        this.safetyNumber = source["safetyNumber"];
	        this.conversation = source["conversation"];
	    }
	}
	
	export class LineTraffic {
	    conversation: string;
	    received: number;
	    sent: number;
	    opened: string;
	    family: AddressFamily;
	    delays: number[];
	
	    static createFrom(source: any = {}) {
	        return new LineTraffic(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation = source["conversation"];
	        this.received = source["received"];
	        this.sent = source["sent"];
	        this.opened = source["opened"];
	        this.family = source["family"];
	        this.delays = source["delays"];
	    }
	}
	export class LockState {
	    locked: boolean;
	    protection: Protection;
	    problem?: Error;
	
	    static createFrom(source: any = {}) {
	        return new LockState(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.locked = source["locked"];
	        this.protection = source["protection"];
	        this.problem = this.convertValues(source["problem"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class LogLine {
	    time: string;
	    kind: LogKind;
	    problem: boolean;
	    conversation: string;
	    server: string;
	    rule: string;
	    from: string;
	    path: string;
	    rtt: number;
	    code: string;
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new LogLine(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.time = source["time"];
	        this.kind = source["kind"];
	        this.problem = source["problem"];
	        this.conversation = source["conversation"];
	        this.server = source["server"];
	        this.rule = source["rule"];
	        this.from = source["from"];
	        this.path = source["path"];
	        this.rtt = source["rtt"];
	        this.code = source["code"];
	        this.count = source["count"];
	    }
	}
	export class MatchRange {
	    start: number;
	    end: number;
	
	    static createFrom(source: any = {}) {
	        return new MatchRange(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.start = source["start"];
	        this.end = source["end"];
	    }
	}
	
	
	
	
	export class NumberCheck {
	    same: boolean;
	    digits: number;
	    group: number;
	    clean: boolean;
	
	    static createFrom(source: any = {}) {
	        return new NumberCheck(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.same = source["same"];
	        this.digits = source["digits"];
	        this.group = source["group"];
	        this.clean = source["clean"];
	    }
	}
	
	export class Page {
	    conversation: Conversation;
	    messages: Message[];
	    hasBefore: boolean;
	    hasAfter: boolean;
	    firstUnread: string;
	    unreadCount: number;
	
	    static createFrom(source: any = {}) {
	        return new Page(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.conversation = this.convertValues(source["conversation"], Conversation);
	        this.messages = this.convertValues(source["messages"], Message);
	        this.hasBefore = source["hasBefore"];
	        this.hasAfter = source["hasAfter"];
	        this.firstUnread = source["firstUnread"];
	        this.unreadCount = source["unreadCount"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	
	
	
	export class Protecting {
	    protection: Protection;
	    old: string;
	    new: string;
	
	    static createFrom(source: any = {}) {
	        return new Protecting(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.protection = source["protection"];
	        this.old = source["old"];
	        this.new = source["new"];
	    }
	}
	
	
	
	
	export class Safety {
	    number: string;
	    qr: string;
	    qrSize: number;
	
	    static createFrom(source: any = {}) {
	        return new Safety(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.number = source["number"];
	        this.qr = source["qr"];
	        this.qrSize = source["qrSize"];
	    }
	}
	export class SavedBackup {
	    path: string;
	    size: number;
	
	    static createFrom(source: any = {}) {
	        return new SavedBackup(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.size = source["size"];
	    }
	}
	export class SavedBans {
	    path: string;
	    count: number;
	
	    static createFrom(source: any = {}) {
	        return new SavedBans(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.count = source["count"];
	    }
	}
	export class SavedBundle {
	    path: string;
	    entries: number;
	    until: string;
	    more: boolean;
	
	    static createFrom(source: any = {}) {
	        return new SavedBundle(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.entries = source["entries"];
	        this.until = source["until"];
	        this.more = source["more"];
	    }
	}
	export class SavedExport {
	    path: string;
	    messages: number;
	
	    static createFrom(source: any = {}) {
	        return new SavedExport(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.path = source["path"];
	        this.messages = source["messages"];
	    }
	}
	export class SearchHit {
	    id: string;
	    conversation: string;
	    order: string;
	    mine: boolean;
	    author: string;
	    time: string;
	    snippet: string;
	    matches: MatchRange[];
	
	    static createFrom(source: any = {}) {
	        return new SearchHit(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.id = source["id"];
	        this.conversation = source["conversation"];
	        this.order = source["order"];
	        this.mine = source["mine"];
	        this.author = source["author"];
	        this.time = source["time"];
	        this.snippet = source["snippet"];
	        this.matches = this.convertValues(source["matches"], MatchRange);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class SearchPage {
	    hits: SearchHit[];
	    before: string;
	    waiting: number;
	    meant: string;
	
	    static createFrom(source: any = {}) {
	        return new SearchPage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.hits = this.convertValues(source["hits"], SearchHit);
	        this.before = source["before"];
	        this.waiting = source["waiting"];
	        this.meant = source["meant"];
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class ServerCheck {
	    address: string;
	    key: string;
	    rtt: number;
	    error?: Error;
	
	    static createFrom(source: any = {}) {
	        return new ServerCheck(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.address = source["address"];
	        this.key = source["key"];
	        this.rtt = source["rtt"];
	        this.error = this.convertValues(source["error"], Error);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	
	export class State {
	    version: string;
	    sequence: number;
	    firstRun: boolean;
	    problem?: Problem;
	    profile: Profile;
	    settings: Settings;
	    network: Network;
	    conversations: Conversation[];
	    requests: Request[];
	    notice?: Notice;
	    repair?: Repair;
	
	    static createFrom(source: any = {}) {
	        return new State(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.version = source["version"];
	        this.sequence = source["sequence"];
	        this.firstRun = source["firstRun"];
	        this.problem = this.convertValues(source["problem"], Problem);
	        this.profile = this.convertValues(source["profile"], Profile);
	        this.settings = this.convertValues(source["settings"], Settings);
	        this.network = this.convertValues(source["network"], Network);
	        this.conversations = this.convertValues(source["conversations"], Conversation);
	        this.requests = this.convertValues(source["requests"], Request);
	        this.notice = this.convertValues(source["notice"], Notice);
	        this.repair = this.convertValues(source["repair"], Repair);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Storage {
	    database: number;
	    search: number;
	    pictures: number;
	    snapshots: number;
	    other: number;
	    total: number;
	    free: number;
	    backupAt: string;
	    backupSize: number;
	    backupName: string;
	    automatic: Automatic;
	
	    static createFrom(source: any = {}) {
	        return new Storage(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.database = source["database"];
	        this.search = source["search"];
	        this.pictures = source["pictures"];
	        this.snapshots = source["snapshots"];
	        this.other = source["other"];
	        this.total = source["total"];
	        this.free = source["free"];
	        this.backupAt = source["backupAt"];
	        this.backupSize = source["backupSize"];
	        this.backupName = source["backupName"];
	        this.automatic = this.convertValues(source["automatic"], Automatic);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	export class Traffic {
	    received: number;
	    sent: number;
	    lines: LineTraffic[];
	
	    static createFrom(source: any = {}) {
	        return new Traffic(source);
	    }
	
	    constructor(source: any = {}) {
	        if ('string' === typeof source) source = JSON.parse(source);
	        this.received = source["received"];
	        this.sent = source["sent"];
	        this.lines = this.convertValues(source["lines"], LineTraffic);
	    }
	
		convertValues(a: any, classs: any, asMap: boolean = false): any {
		    if (!a) {
		        return a;
		    }
		    if (a.slice && a.map) {
		        return (a as any[]).map(elem => this.convertValues(elem, classs));
		    } else if ("object" === typeof a) {
		        if (asMap) {
		            for (const key of Object.keys(a)) {
		                a[key] = new classs(a[key]);
		            }
		            return a;
		        }
		        return new classs(a);
		    }
		    return a;
		}
	}
	

}

