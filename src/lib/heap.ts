/** How much memory may speed cost? */
import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** The young generation at its largest in Node 20. Node 24 lets it grow to 128 MiB. */
const MOST_YOUNG_BYTES = 32 * 2 ** 20

/**
 * Three habits of V8 that cost memory here and bring no speed (measured by bench:self and bench:memory). It would collect
 * garbage only when the heap is four times what is alive; once it has doubled is enough for runs of short requests. It would
 * compile WebAssembly (the HTTP parser, the tokenizer) a second time, optimized, which takes 20 MB while it lasts. And later
 * versions let the young generation grow to four times what it was. Call it before anything is loaded.
 */
export function saveMemory(): void {
  setFlagsFromString('--heap-growing-percent=100')
  setFlagsFromString('--liftoff-only')
  // The size itself is fixed when the process starts; the factor by which it grows is read each time.
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')
    if (young === undefined || young.space_size < MOST_YOUNG_BYTES) return
    setFlagsFromString('--semi-space-growth-factor=1')
    observer.disconnect()
  })
  observer.observe({ entryTypes: ['gc'] })
}

let collect: (() => void) | undefined

/**
 * Collects garbage now, which takes tens of milliseconds. For what V8 does not count when it decides whether it is time: the
 * table of short strings that JSON.parse makes of ids and answers, 16 bytes each and gone only with a collection.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  collect ??= runInNewContext('gc') as () => void
  collect()
}
