/**
 * Every bound of the runtime in one place, with its reason and what happens when it is reached.
 *
 * Whatever is shed or skipped because of a limit is counted and shown by `status`.
 */

/** A record, trailing blanks included. Syslog daemons cut at 8 KiB; a longer record matches nothing. */
export const recordBytesMax = 65_536;
