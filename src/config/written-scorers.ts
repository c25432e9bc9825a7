/** How are scorers written in a config file? By name as on the command line, or as an object with a function in it. */
import { z } from 'zod'
import { isObject } from '../lib/json.ts'
import type { UserScorer } from '../score/index.ts'
import { text } from './values.ts'

/** A scorer as it stands in the config: text as on the command line, or `scorer({ … })`. */
export type WrittenScorer = string | UserScorer

const writtenScorer = z.union([text, z.custom<UserScorer>(isObject)], {
  error: ({ input }) => `expected the name of a scorer or scorer({ name, score }), found ${JSON.stringify(input)}`,
})

/** One scorer or several. */
export const writtenScorers = z.union([writtenScorer.transform((one) => [one]), z.array(writtenScorer)], {
  error: ({ input }) => `expected a scorer or a list of scorers, found ${JSON.stringify(input)}`,
})
