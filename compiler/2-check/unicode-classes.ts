/**
 * What `\d`, `\w` and `\s` stand for under the flag `u`, as the inside of a JavaScript character class
 * with that flag: decimal digits, letters and numbers and `_`, white space, of all of Unicode.
 */

export const unicodeDigit = "\\p{Nd}";
export const unicodeWord = "\\p{L}\\p{N}_";
export const unicodeBlank =
  "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
/** All characters that are not blank: a class has no complement within itself. */
export const unicodeNoBlank =
  "\\0-\\x08\\x0e-\\x1b\\x21-\\x84\\x86-\\x9f\\xa1-\\u167f\\u1681-\\u1fff\\u200b-\\u2027\\u202a-\\u202e\\u2030-\\u205e\\u2060-\\u2fff\\u3001-\\u{10ffff}";
