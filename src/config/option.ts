/** What is one setting? An entry of the table of options. */
import type { z } from 'zod'

export type Group = 'data' | 'prompts' | 'models' | 'pace' | 'money' | 'scoring' | 'judges' | 'gate' | 'run' | 'output'

export interface Option<Schema extends z.ZodType = z.ZodType> {
  readonly group: Group
  readonly schema: Schema
  /** One sentence without a full stop at its end. */
  readonly about: string
  /** What stands for the value in the help; absent for switches. */
  readonly value?: string
  readonly alias?: string
  /** May be given several times. */
  readonly repeatable?: boolean
  /** As the help shows it; absent when there is none. */
  readonly standard?: string
  /** A switch that is on by default: its flag is --no-<name>. */
  readonly negated?: boolean
}

/** Keeps the type of the entry's schema. */
export const option = <Schema extends z.ZodType>(entry: Option<Schema>): Option<Schema> => entry
