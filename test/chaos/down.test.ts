/** What becomes of a run whose endpoint is down as a whole, for a while or for ever? */
import { test } from 'uvu'
import { matrix } from './matrix.ts'
import { answers, refuses } from './plays.ts'
import { BOTH } from './script.ts'

/** More questions than failures in a row open the circuit; it closes after a dozen requests, or the run gives up. */
const EVERY_QUESTION = {
  questions: 30,
  hits: 30,
  retries: 5,
  firstRequests: 12,
  attemptsVary: true,
  endsRun: true,
  scenarios: BOTH,
} as const

matrix('The endpoint is down', [
  {
    ...EVERY_QUESTION,
    server: 'refuses every connection',
    play: answers,
    charge: 'refused',
    isDown: true,
    scenarios: ['goesOn'],
  },
  { ...EVERY_QUESTION, server: '503 to all', play: refuses(503), charge: 'refused' },
  {
    ...EVERY_QUESTION,
    server: '429 to all, `Retry-After: 1`',
    play: refuses(429, { 'retry-after': '1' }),
    charge: 'refused',
  },
  { ...EVERY_QUESTION, server: 'says nothing to anybody', play: () => {}, charge: 'worked on', timeout: '1s' },
])

test.run()
