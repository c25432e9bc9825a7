/**
 * The journal file, `journal.jsonl`.
 *
 * One JSON object per line, UTF-8, LF. The first line is the header:
 *
 *     {"type":"journal","formatVersion":1,"crc32":"…"}
 *
 * and every further line one of journal/types.ts: `started` before an attempt is sent, `retrying` after an attempt that will
 * be repeated, `settled` after the attempt that decides the trial. Calls of judges and embeddings have `started` and `retrying`
 * lines of their own, and one `judged` line when they are answered. The file is only ever appended to.
 *
 * `crc32` is the last field of every line, a checksum of what stands before it (lib/checked-line.ts). A line is valid when it
 * holds.
 *
 * After a crash: lines are handed to the operating system before what they announce happens, so a killed process loses none
 * of them; a machine that loses power may lose those of the last group commit. The last line may be torn: it has no line
 * feed, and is cut off before the next append. Anything else that is not a valid line is damage, an error that names line and
 * byte.
 *
 * A judge call that is given up leaves `retrying` lines alone, the last attempt included: a later session asks again.
 *
 * A resumed run goes on in the same file. Attempts of one trial follow each other, so a `started` line that no `retrying` or
 * `settled` line of its trial follows is an attempt that was cut off: possibly billed. Of two `settled` lines of one trial (a
 * failure that was asked again) the last holds, and its money covers all attempts of the trial.
 */
import { checkedLine, isIntact } from '../lib/checked-line.ts'
import { UserError } from '../lib/errors.ts'
import type { JournalLine } from './types.ts'

export const JOURNAL_FILE = 'journal.jsonl'
export const SCORES_FILE = 'scores.jsonl'

export const HEADER = { type: 'journal', formatVersion: 1 } as const

/** One line with its checksum and line feed. */
export function encodeLine(line: JournalLine | typeof HEADER): string {
  return checkedLine(line)
}

/** Reads one line (without its line feed); `where` names file and line in the error. */
export function decodeLine(text: string, where: string): JournalLine | typeof HEADER {
  if (!isIntact(text)) {
    throw new UserError(
      `${where}: damaged line (its checksum does not hold). Restore the file from a copy: to cut it off there would lose all that follows.`,
    )
  }
  return JSON.parse(text) as JournalLine | typeof HEADER
}
