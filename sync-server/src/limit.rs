//! Every limit of the hub, with its reason. Those of the messages' content stand in `form-document`.

use std::time::Duration;

// Memory.

/// How much memory the open ledgers may take before the least used are closed, in bytes, unless the
/// configuration says otherwise: about a hundred applications with 5,000 changes each. A closed one opens in 12 ms.
pub const LEDGERS_BYTES: u64 = 256 << 20;

/// What a ledger takes beside its changes, in bytes: the object table, the schema and the roster. An estimate.
pub const LEDGER_BASE_BYTES: u64 = 96 << 10;

/// What a change takes in an open ledger, in bytes: its place in the history graph, its operations with their
/// indexes. Measured on keystrokes: 2.4 MB for 5,000 changes.
pub const LEDGER_CHANGE_BYTES: u64 = 480;

/// How many parsed forms are kept: a hub serves a handful of forms; a parsed one is about as large as its files.
pub const FORMS_MAX: usize = 16;

// Rounds of the arbiter.

/// How many bytes of offers one round judges: one message of the largest size, so that a round with everybody's
/// keystrokes ends within milliseconds. A round takes at least one offer.
pub const ROUND_BYTES: usize = 4 << 20;

/// How many offers one round judges, one from each device: more waiting devices than an office has, few
/// enough that the first of them does not wait long for the last.
pub const ROUND_OFFERS: usize = 512;

/// How many requests of one device may wait for the arbiter: a desk has a push, a pull and a live stream under
/// way, for a few applications.
pub const WAITING_PER_DEVICE: usize = 32;

/// How many requests may wait for the arbiter in all: 16 MiB of bookkeeping at the very most, beside their bodies.
pub const WAITING_MAX: usize = 8_192;

// Final revisions.

/// The largest submission, in bytes: a manifest in base 64 with the roster's step. One of the sample with all its
/// evidence has a hundredth of that.
pub const SUBMISSION_MAX_BYTES: usize = 16 << 20;

/// The most bytes of held work that are kept for an application: some days of everybody's typing after a revision was
/// final. What comes beyond stays with its author.
pub const HELD_BYTES_PER_APPLICATION: u64 = 32 << 20;

// The log.

/// How many bytes of changes a page of the log carries: half of the largest message, since the signatures of
/// many authors come on top.
pub const PAGE_BYTES: usize = 2 << 20;

/// How many places of the log a page has: what a client verifies in a second.
pub const PAGE_PLACES: usize = 16_384;

/// How many places are read from the store at once while a page is made.
pub const PAGE_READ_PLACES: usize = 1_024;

/// How many places wait, unfolded, before the log is folded into a new snapshot: few enough that opening a closed
/// application is not made slow by them.
pub const FOLD_PLACES: u64 = 1_024;

/// A snapshot costs as much as the document is large, so a log is folded only when it grew by this part of it.
pub const FOLD_PART: u64 = 4;

/// How many places may be missing from a compact start before a fresh snapshot is made for it: the client
/// fetches them in its next exchange.
pub const START_TAIL_PLACES: u64 = 2_048;

/// After how many rounds without a pause the hub folds a log all the same.
pub const ROUNDS_BETWEEN_FOLDS: u32 = 64;

// Publishing.

/// The largest publication, in bytes: ten times the largest form package known.
pub const PUBLISH_MAX_BYTES: usize = 8 << 20;

/// How many files a form package may have: form, sections, layouts and messages of a form with 100 sections.
pub const PACKAGE_FILES_MAX: usize = 512;

/// How many applications one device may publish: one a year and zone for a whole province's staff.
pub const PUBLISHED_PER_DEVICE: u64 = 1_000;

// Requests.

/// The longest request id that is taken over from a proxy, in bytes: a UUID's 36 and some. It stands in every line of the
/// log about the request, and in the answer.
pub const REQUEST_ID_MAX_BYTES: usize = 64;

/// The largest body of a request that carries JSON or one roster entry, in bytes.
pub const SMALL_BODY_BYTES: usize = 128 << 10;

/// How much of a refused body is taken off the line and thrown away, so that the client learns why: the largest
/// publication, twice.
pub const DRAIN_BYTES: usize = 16 << 20;

/// How many challenges an address may ask for in a minute: an office of hundreds of desks behind one address
/// that all start at nine.
pub const CHALLENGES_PER_MINUTE: u32 = 600;

/// How many reads of invites an address may ask for in a minute: a class of people enrolling together.
pub const INVITES_PER_MINUTE: u32 = 240;

/// How many requests a device may send in a minute: ten a second for a burst, which one person's typing with
/// several applications open stays below.
pub const REQUESTS_PER_MINUTE: u32 = 6_000;

/// How many changes a device may hand over in a minute, on average: a desk that was offline for 90 days hands
/// over 100,000 at once, which the burst allows.
pub const CHANGES_PER_MINUTE: u32 = 60_000;

/// How many changes a device may hand over at once, beyond the average.
pub const CHANGES_BURST: u32 = 250_000;

/// How many live streams a device may have open: one an application that it has open, and a few that have not
/// noticed yet that the line is gone.
pub const STREAMS_PER_DEVICE: usize = 32;

/// How many live streams the hub has open in all: with 16 KiB each, 64 MiB.
pub const STREAMS_MAX: usize = 4_096;

/// How many messages a stream's receiver may lag behind before it is dropped; it catches up by an exchange.
pub const STREAM_QUEUE_MESSAGES: usize = 256;

/// How many bytes a stream's receiver may lag behind: two of the largest messages.
pub const STREAM_QUEUE_BYTES: usize = 8 << 20;

/// How often a stream is asked whether it is still there: proxies close idle connections after a minute.
pub const PING_INTERVAL: Duration = Duration::from_secs(20);

/// How long a stream may be silent: two pings and a slow line.
pub const SILENCE_MAX: Duration = Duration::from_secs(50);

/// How long an answer may be, in bytes of a name or place, in a presence message: an answer's id.
pub const PRESENCE_ANSWER_BYTES: usize = 256;

/// How many who are there already a newcomer is told of: half of [`STREAM_QUEUE_MESSAGES`], so that the pages that
/// are sent meanwhile find room; more than one form has ever seen.
pub const PRESENT_TOLD: usize = 128;

/// How many presence messages a stream passes on in a minute: a caret that moves five times a second.
pub const PRESENCES_PER_MINUTE: u32 = 300;

/// How many bytes of bodies one device may have under way: its applications, each with a message of the largest
/// size now and then.
pub const BODIES_PER_DEVICE_BYTES: usize = 16 << 20;

/// The largest stretch that a restored hub takes back at once, in bytes: what one device may have under way. It cannot
/// be cut into smaller ones where its client has begun compactly: the hub has signed its end alone.
pub const TOP_UP_BYTES: usize = BODIES_PER_DEVICE_BYTES;

/// How many bytes of bodies may be under way in all, in memory until they are judged.
pub const BODIES_BYTES: usize = 128 << 20;

/// How long a connection may be without a request, or take to send a request's head: longer than a client keeps
/// a connection for its next one.
pub const IDLE_MAX: Duration = Duration::from_secs(100);

/// How long a new connection may take for its first request's head.
pub const FIRST_REQUEST_MAX: Duration = Duration::from_secs(20);

/// How long a client may take to send its request, in all: the largest message over a slow line.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// How long the other side of a connection may take nothing of what is to be sent to it before it is let go: a
/// line that stalls, in a lift, is back within this.
pub const STALL_MAX: Duration = Duration::from_secs(60);

/// How many connections the hub holds in all: each live stream's, and one for its desk's requests.
pub const CONNECTIONS_MAX: usize = 2 * STREAMS_MAX;

/// How many connections one address may hold: an office of some hundreds of desks behind one address. Not counted
/// behind a proxy, where everybody has the proxy's.
pub const CONNECTIONS_PER_ADDRESS: usize = 1_024;

/// How many open files are kept for other things than connections: database, log, lock, listener, and some.
pub const FILES_RESERVED: usize = 64;

// Sessions.

/// How long a challenge may be answered.
pub const CHALLENGE_LIFE: Duration = Duration::from_secs(60);

/// How many challenges are open in all; the oldest go first.
pub const CHALLENGES_MAX: usize = 16_384;

/// How long a token works: a working day. It is no use without the device's key.
pub const TOKEN_LIFE: Duration = Duration::from_secs(12 * 3_600);

/// How far a request may be overtaken by later ones of its token before it counts as come already: four times
/// [`WAITING_PER_DEVICE`], and what one machine word remembers. Whoever falls behind takes a new token.
pub const REPLAY_WINDOW: u64 = 128;

/// How many tokens are kept in all; the oldest go first.
pub const TOKENS_MAX: usize = 65_536;

// Stopping and restoring.

/// How long open requests and streams may take to end when the hub stops.
pub const STOP_WAIT: Duration = Duration::from_secs(10);

/// When a client tries again at a hub that waits for what its other members know, in seconds: soon enough that
/// nobody notices when all of them are online.
pub const RECOVERY_RETRY_S: u64 = 5;

// Files of evidence.

/// The largest file, in bytes: what fits on the file systems of all memory sticks, as documents name none larger.
pub const FILE_MAX_BYTES: u64 = form_model::evidence::FILE_MAX_BYTES;

/// The largest piece of a file that bears its own checksum, in bytes. It counts only as a whole, so what a cut line
/// loses is bounded; a piece without a checksum may be as long as the file.
pub const CHECKED_PIECE_MAX_BYTES: u64 = 64 << 20;

/// How many bytes of a piece are gathered in memory before they are written: large enough that handing them to another
/// thread costs little beside it, few enough that a killed hub has them sent again. As many again are being written.
pub const WRITE_BYTES: usize = 128 << 10;

/// After how many bytes of a long piece what has come is made durable and counted: what a killed hub may ask for again.
pub const COUNT_BYTES: u64 = 16 << 20;

/// How many bytes are read from a file at once on their way out, or when it is looked through.
pub const READ_BYTES: usize = 256 << 10;

/// How many pieces of one device are taken at once: more make a line no faster.
pub const PIECES_PER_DEVICE: usize = 8;

/// How many pieces are taken at once in all: with [`WRITE_BYTES`] twice and what the line gives at once, 64 MiB.
pub const PIECES_MAX: usize = 128;

/// How long a request waits for an earlier one to let go of its upload: what that needs to make durable what it has.
pub const UPLOAD_TURN_WAIT: Duration = Duration::from_secs(20);

/// How many unfinished uploads one device may have: a memory card of photos that all were begun at once.
pub const UPLOADS_PER_DEVICE: u64 = 2_048;

/// How many bytes one device's unfinished uploads may come to: four of the largest files.
pub const UPLOAD_BYTES_PER_DEVICE: u64 = 4 * FILE_MAX_BYTES;

/// The files of one application, in MiB, unless the configuration says otherwise: 20 GiB, ten site visits of 500
/// photos and some films.
pub const QUOTA_MIB: u64 = 20 << 10;

/// What files leave free on the disk, in MiB, unless the configuration says otherwise: the database must go on when
/// photos no longer find room.
pub const DISK_FREE_MIB: u64 = 1 << 10;

/// How long an unfinished upload is kept: a site visit's week without a line.
pub const UPLOAD_LIFE: Duration = Duration::from_secs(7 * 24 * 3_600);

/// How often expired uploads are looked for, and at the start.
pub const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// The longest `Upload-Metadata`, in bytes: a hash and a long file name in base64.
pub const UPLOAD_METADATA_MAX_BYTES: usize = 2 << 10;

/// How long a ticket works: a working day.
pub const TICKET_LIFE: Duration = Duration::from_secs(12 * 3_600);

/// About how many hashes may be asked at once.
pub const KNOWN_MAX: usize = 1_024;

/// How large such a question may be, in bytes: each hash as CBOR text of 64 digits.
pub const KNOWN_MAX_BYTES: usize = KNOWN_MAX * 68;

/// How long a file that was read through once counts as sound for requests of parts: a large file is fetched in
/// hundreds of them, and reading it whole for each would make that quadratic.
pub const SOUND_FOR: Duration = Duration::from_secs(10 * 60);

/// How many files are remembered as sound.
pub const SOUND_MAX: usize = 4_096;

/// How long a file that no change names is kept: the change that names it may still be on a desk in the field.
pub const UNNAMED_LIFE: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How old a file is that lies here without being in the database before something is done about it: between both steps
/// of keeping a file lies less than this.
pub const FORGOTTEN_AGE: Duration = Duration::from_secs(3_600);

/// How often files that nobody names are looked for, and at the start.
pub const COLLECT_INTERVAL: Duration = Duration::from_secs(6 * 3_600);

/// How much of a file goes to an S3-compatible store at once, in bytes: its protocol takes 10,000 pieces, and none but
/// the last below 5 MiB.
pub const S3_PIECE_BYTES: usize = 8 << 20;
