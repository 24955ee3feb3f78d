/**
 * The bounds of reading, each with its reason. All are hard: what is over a bound is counted or not
 * read, and never a fault. Bounds of one part alone stand in that part's file.
 */

/**
 * A longer record counts as a line and matches nothing. A web server takes 32 KiB of headers, Go's a megabyte, and
 * writes up to four bytes for one of them: a client that could make its line too long would never be counted.
 */
export const recordBytesMax = 2 * 1024 * 1024;

/** A longer message or value is seen by no frame and no pattern: syslog daemons cut far below this. */
export const messageBytesMax = 65_536;

/** How deep JSON may nest: the reader recurses, and no log needs more. */
export const jsonDepthMax = 64;

/** The longest run of an `int`: what a double holds without loss, and room for an epoch in ns. */
export const intDigitsMax = 18;

/** A TAG longer than this is prose with a colon in it. */
export const programBytesMax = 128;

/** Sessions of one filter on one source; the one seen longest ago goes first, and is counted. */
export const sessionsMax = 10_000;

/** Failures a session holds until it is known who caused them; more are shed and counted. */
export const heldPerSessionMax = 20;

/** Identities in the windows of one ban sentence; the weakest go first, and are counted. */
export const trackedMax = 1_000_000;

/** A capture by which something is counted or told apart, in UTF-16 units; longer ones are their beginning and a digest. */
export const keptTextMax = 256;

/** Identities of one jail whose offences are remembered; the one that offended longest ago goes first. */
export const offendersMax = 1_000_000;

/** Offences kept of one identity: no ladder is longer, and doubling is at its bound by then. */
export const offencesPerIdentityMax = 64;

/** Records of one source kept in mind, where a held failure may come back to one counted already. */
export const countedRecordsMax = 65_536;

/** A list of protected or trusted addresses: `file "..."` of `never ban` and `behind`. */
export const listBytesMax = 16 * 1024 * 1024;

/** A capture or another text of the log, in what we report; the rest is cut. */
export const reportedTextMax = 4096;

/** Identities whose last lines are kept for `bans --why` before they are banned; the oldest goes first. */
export const recentIdentitiesMax = 5_000;

/** Bans whose lines are kept for `bans --why`; of older ones the rule and the place remain. */
export const explainedBansMax = 10_000;

/** Lines kept a host, and characters of each: enough to see what happened. */
export const recentLinesMax = 10;
export const recentLineCharsMax = 300;

/** Changes of a firewall that go out in one transaction. */
export const firewallBatchMax = 20_000;

/** Changes that may wait for a firewall that works before sources are held back. */
export const firewallWaitingMax = 4_000;

/** Bytes of frames that may wait for a disk that works before sources are held back. */
export const journalWaitingBytesMax = 1024 * 1024;
