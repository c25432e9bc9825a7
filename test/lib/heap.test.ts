import { setImmediate } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { collectGarbage } from '../../src/lib/heap.ts'

test('what nobody holds any more is gone after a collection, again and again', async () => {
  for (let round = 0; round < 2; round++) {
    const reference = new WeakRef({ round })
    // What a WeakRef has been made of is held until the end of the turn.
    await setImmediate()
    assert.is.not(reference.deref(), undefined)
    await setImmediate()
    collectGarbage()
    assert.is(reference.deref(), undefined)
  }
})

test.run()
