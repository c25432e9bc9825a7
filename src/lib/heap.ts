/** How much memory may speed cost? */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Two habits of V8 that cost memory here and bring no speed (measured by bench:self). It would collect garbage only when the
 * heap is four times what is alive; once it has doubled is enough for runs of short requests. And it would compile
 * WebAssembly (the HTTP parser, the tokenizer) a second time, optimized, which takes 20 MB while it lasts. Call it before
 * anything is loaded.
 */
export function saveMemory(): void {
  setFlagsFromString('--heap-growing-percent=100')
  setFlagsFromString('--liftoff-only')
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
