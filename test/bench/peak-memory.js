/** Loaded before a program (`node --import`): tells its peak resident memory in MB on file descriptor 3 when it ends. */
import { readFileSync, writeSync } from 'node:fs'

/** The kernel's own high-water mark where there is one: that of getrusage may be that of the parent. */
function peakMb() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
  } catch {
    return process.resourceUsage().maxRSS / 1024
  }
}

process.on('exit', () => writeSync(3, String(peakMb())))
