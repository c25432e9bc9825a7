/** Reads a file of lines from its start, in pieces: nothing is held but one piece and the line that it cuts. */
import { open } from 'node:fs/promises'

const PIECE_BYTES = 512 * 1024
const LINE_FEED = 0x0a

/** One line without its line feed, with the byte at which it starts and its number from 1. */
export type Visit = (text: string, offset: number, number: number) => void

/**
 * Visits every line that ends with a line feed; resolves with the number of bytes they take, so that what is left over is a
 * torn last line. Between two pieces signals and timers have their turn. Rejects with the error of the file system, with what
 * `visit` throws, and with the reason of the signal. `from` is a byte at which a line starts; numbers count from there.
 */
export async function visitLines(path: string, visit: Visit, signal?: AbortSignal, from = 0): Promise<number> {
  const file = await open(path, 'r')
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES)
    /** Pieces of a line whose end is still to come. */
    let begun: Buffer[] = []
    let offset = from
    let number = 0
    for (let position = from; ; ) {
      signal?.throwIfAborted()
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, position)
      if (bytesRead === 0) return offset
      position += bytesRead
      let start = 0
      for (;;) {
        const end = piece.subarray(0, bytesRead).indexOf(LINE_FEED, start)
        if (end < 0) break
        const rest = piece.subarray(start, end)
        const line = begun.length === 0 ? rest : Buffer.concat([...begun, rest])
        begun = []
        number += 1
        visit(line.toString('utf8'), offset, number)
        offset += line.length + 1
        start = end + 1
      }
      if (start < bytesRead) begun.push(Buffer.from(piece.subarray(start, bytesRead)))
    }
  } finally {
    await file.close()
  }
}
