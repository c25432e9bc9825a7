/** How is one way to misbehave written down, and what comes out of it? */
import type { ChaosServer, Charge, Play } from '../helpers/chaos-server.ts'
import type { Ended, Workdir } from '../helpers/workdir.ts'

export interface Script {
  /** What the server does, as the table says it; Markdown. */
  readonly server: string
  readonly play: Play
  /** What an honest server would charge for an attempt that meets this. */
  readonly charge: Charge
  /** `heals` when left out; both where going on may end otherwise. */
  readonly scenarios?: readonly Scenario[]
  /** How many questions are asked, 9 when left out, and how many of them are hit, a third when left out. */
  readonly questions?: number
  readonly hits?: number
  /** Further arguments of the program. */
  readonly args?: readonly string[]
  /** Longest time of one attempt as --timeout takes it; ample when left out. */
  readonly timeout?: string
  /** The wait in ms that the server asks for: a range where time passes until it is read. */
  readonly hintMs?: readonly [number, number]
  /** When the server heals, these are the requests that it hits, whoever asks. */
  readonly firstRequests?: number
  /** Further attempts after a failure; 3 when the server heals and else 1 when left out. */
  readonly retries?: number
  /** What the row of a trial that fails has to tell. */
  readonly says?: RegExp
  /** The answer as it has to be read when the attempt itself answers; the right one when left out. */
  readonly gives?: string
  /** The run ends early: what becomes of the other trials depends on the moment. */
  readonly endsRun?: true
  /** It depends on the moment how often a trial is tried. */
  readonly attemptsVary?: true
  /** The server listens only when `meanwhile` says so. */
  readonly isDown?: true
  /** How many of the first connections are closed as soon as they are there. */
  readonly connectionsClosed?: number
  /** Files of the folder beside the dataset, and a CommonJS module of them that the program has to load first. */
  readonly files?: Readonly<Record<string, string>>
  readonly preload?: string
  /** What happens while the program runs. */
  readonly meanwhile?: (server: ChaosServer, work: Workdir) => Promise<void>
  /** Looks at what the program has left. */
  readonly afterwards?: (work: Workdir, ended: Ended) => void
}

/** The server heals after the first attempt of a question that is hit, or goes on as it is. */
export type Scenario = 'heals' | 'goesOn'

export const BOTH: readonly Scenario[] = ['heals', 'goesOn']

/** What came out for the questions that were hit: the same for each. */
export interface Outcome {
  /** `answered`, the kind of the failure, or the status of a trial that was left open. */
  readonly trial: string
  /** Null: depends on the moment, here and below. */
  readonly attempts: number | null
  /** Whose wait came before the second attempt: the one that the server asked for, or our own; null: there was none. */
  readonly wait: 'told' | 'own' | null
  /** Attempts that the report calls possibly billed. */
  readonly possiblyBilled: number | null
  /** Attempts that an honest server would charge though no answer of them counts, by its own count. */
  readonly inVain: number | null
  /** Where tokens and cost of an answer come from; empty when there is none. */
  readonly tokens: string
  readonly cost: string
  readonly exitCode: number | null
}

/** One line of the table. */
export type Line = { readonly server: string } & { readonly [Key in Scenario]?: Outcome }
