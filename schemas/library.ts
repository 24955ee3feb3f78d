/** Generated from library.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One line of `f2b library --json`: a module of the standard library.
 */
export interface LibraryLine {
module: string
describe: (string | null)
filters: LibraryCallable[]
actions: LibraryCallable[]
jails: string[]
}
export interface LibraryCallable {
name: string
parameters: LibraryParameter[]
}
export interface LibraryParameter {
name: string
/**
 * The words to choose from, or one type.
 */
choices: string[]
/**
 * As written in the module; null: it must be given.
 */
default: (string | null)
}
