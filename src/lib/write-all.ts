/** How do all bytes get into a file? */
import { writeSync } from 'node:fs'

/** Writes every byte at the file's position. A short write is legal; what is left follows. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written)
}
