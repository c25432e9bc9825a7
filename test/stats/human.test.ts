/** Are the words of people read as they mean them, and no others? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HUMAN_WORDS, parseHuman } from '../../src/stats/human.ts'

test('every word that errors name is read, in any capitals and with blanks around it', () => {
  for (const pair of HUMAN_WORDS.split(', ')) {
    const [pass = '', fail = ''] = pair.split(' or ')
    assert.equal([parseHuman(pass), parseHuman(fail)], [true, false], pair)
    assert.equal([parseHuman(` ${pass.toUpperCase()} `), parseHuman(`${fail.toUpperCase()}\n`)], [true, false], pair)
  }
})

test('an empty cell is no verdict, and any other word is none that is known', () => {
  assert.equal(['', '  '].map(parseHuman), [null, null])
  for (const cell of ['maybe', '2', '0.5', 'tru', 'n/a', '-', 'null']) assert.is(parseHuman(cell), undefined, cell)
})

test.run()
