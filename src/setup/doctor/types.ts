/** What is checked, on what, and what may be found? */
import type { Settings } from '../../config/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { ExitCode } from '../../lib/errors.ts'
import type { EndpointFlags, Environment } from '../../provider/index.ts'
import type { ProviderProfile } from '../../provider/types.ts'

/** One line of what was found. */
export interface Finding {
  /** `warning`: a run works, but may surprise; `failure`: it would not. */
  readonly level: 'ok' | 'warning' | 'failure'
  /** One sentence. */
  readonly text: string
  /** What to do about it; null where nothing is to be done. */
  readonly fix: string | null
  /** What `assay eval` would end with for this; null unless it is a failure. */
  readonly exitCode: ExitCode | null
}

/** One entry of the list of checks. */
export interface Check {
  /** A noun of one or two words, also for programs. */
  readonly name: string
  /** A finding for each endpoint, model or folder; none where there is nothing to look at. */
  run(subject: Subject): Promise<readonly Finding[]> | readonly Finding[]
}

/** What came of one request. */
export type Reply =
  | {
      readonly kind: 'answered'
      readonly status: number
      readonly body: string
      /** The header `date`; empty when there is none. */
      readonly date: string
      /** By the clock of this machine, in the middle between request and answer. */
      readonly askedAt: Date
      readonly tookMs: number
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly fix: string }

/** One endpoint that a run would ask. */
export interface Place {
  /** Whose endpoint it is: of the models under evaluation, of the judges, of embeddings. */
  readonly role: 'models' | 'judges' | 'embeddings'
  readonly profile: ProviderProfile
  readonly flags: EndpointFlags
  readonly models: readonly string[]
  /** It is started for the run, on this machine: any model is played, and nothing is billed. */
  readonly isSimulator: boolean
  /** As messages show it: host, or "the simulator". */
  readonly name: string
  /** Without secrets; null: it has no address, or not so far. */
  readonly url: URL | null
  /** What is wrong with address or key, in the words of `assay eval`; null: nothing. */
  readonly problem: string | null
  /** Environment variable of the key; null when none is read. */
  readonly apiKeyEnv: string | null
  readonly hasKey: boolean
  /** What it says when it is asked which models it has; null: it is not asked. */
  readonly listing: Promise<Reply> | null
  /** What it says of the key, where it has a page for that; null: it is not asked. */
  readonly account: Promise<Reply> | null
  /** What is said by the server for people, as one line without the key. */
  readonly shown: (text: string) => string
}

/** What the terminal is. */
export interface Terminal {
  readonly isTTY: boolean
  readonly columns: number
  readonly hasColors: boolean
}

/** Everything that checks look at. */
export interface Subject {
  readonly cwd: string
  readonly env: Environment
  readonly clock: Clock
  readonly terminal: Terminal
  /** Name of the config file; null: there is none. */
  readonly configFile: string | null
  /** What is wrong with the config file or with what was typed; null: nothing. */
  readonly problem: string | null
  /** Null when they cannot be used. The dataset is `-` where none is named. */
  readonly settings: Settings | null
  readonly hasDataset: boolean
  /** Nothing is sent. */
  readonly isOffline: boolean
  readonly places: readonly Place[]
}
