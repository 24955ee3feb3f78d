/**
 * What ends a command early, with its exit code: 1 the input has errors, 2 wrong usage, 3 a fault of
 * the host. A command throws one of these, main.ts prints it and sets the code; anything else that is
 * thrown is a fault of f2b itself.
 */

export class Fault extends Error {
  readonly exitCode: 1 | 2 | 3;
  /** What to do about it, in a line of its own. */
  readonly help: string | undefined;

  constructor(exitCode: 1 | 2 | 3, message: string, help?: string) {
    super(message);
    this.exitCode = exitCode;
    this.help = help;
  }
}

/** The policy, its tests or a log says something wrong. */
export function inputFault(message: string, help?: string): Fault {
  return new Fault(1, message, help);
}

/** The command line does. */
export function usageFault(message: string, help?: string): Fault {
  return new Fault(2, message, help);
}

/** The machine does not give what is needed; `error` is Node's. */
export function hostFault(what: string, error: unknown): Fault {
  const code = (error as NodeJS.ErrnoException).code;
  const why = code === undefined ? String((error as Error).message ?? error) : explainErrno(code);
  return new Fault(3, `${what}: ${why}`);
}

/** The errors one meets with files, in words (errno(3)). */
function explainErrno(code: string): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file or folder",
    EACCES: "permission denied",
    EPERM: "not permitted",
    EISDIR: "it is a directory",
    ENOTDIR: "a part of the path is no directory",
    ENOSPC: "no space is left on the device",
    EROFS: "the file system is read-only",
    ELOOP: "too many symbolic links",
    EMFILE: "too many open files",
  };
  return words[code] ?? code;
}
