/**
 * The state folder: 0700, ours, no link, and used by one daemon at a time.
 *
 * In: a path. Out: a checked folder and a lock on it, or an error that says what to do. Files in it are
 * opened without following links, so that nobody can point us at a file of somebody else's.
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { makeFolders } from "../make-folders.ts";

export interface Folder {
  readonly path: string;
  /** Opens a file of the folder; `flags` as in open(2), O_NOFOLLOW and O_CLOEXEC added. */
  openFile(name: string, flags: number): Promise<FileHandle>;
  /** Makes renames and new names durable. */
  sync(): Promise<void>;
  unlock(): Promise<void>;
}

export async function openFolder(path: string): Promise<Folder> {
  const found = await makeFolder(path);
  const unlock = await lockFolder(path, found);
  return {
    path,
    openFile: (name, flags) => open(join(path, name), flags | constants.O_NOFOLLOW, 0o600),
    async sync() {
      const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    unlock,
  };
}

async function makeFolder(path: string): Promise<Stats> {
  makeFolders("state folder", path, 0o700);
  const found = await lstat(path);
  if (found.isSymbolicLink()) {
    throw new Error(`state folder ${path} is a link: name the folder itself`);
  }
  if (!found.isDirectory()) throw new Error(`state folder ${path} is not a folder`);
  const uid = process.getuid?.() ?? found.uid;
  if (found.uid !== uid) {
    throw new Error(`state folder ${path} belongs to user ${found.uid}, the daemon is ${uid}`);
  }
  if ((found.mode & 0o077) !== 0) {
    throw new Error(
      `state folder ${path} is open to others (mode ${(found.mode & 0o777).toString(8)}): chmod 700 ${path}`,
    );
  }
  return found;
}

/**
 * Node has no flock(2): an abstract unix socket (unix(7)) named after the folder's device and inode is held
 * instead. The kernel frees it when the process ends, however it ends, and it leaves no file behind.
 */
function lockFolder(path: string, found: Stats): Promise<() => Promise<void>> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`another daemon uses the state folder ${path}`)
          : new Error(`state folder ${path} cannot be locked: ${error.message}`),
      );
    });
    server.listen(`\0f2b-state-${found.dev}-${found.ino}`, () => {
      server.unref();
      resolve(
        () =>
          new Promise((done) => {
            server.close(() => done());
          }),
      );
    });
  });
}
