/** Over which connections are models, judges and embeddings asked? */
import type { EndpointChoice, Settings } from '../config/types.ts'
import {
  connect,
  EMBEDDING_FLAGS,
  type Endpoint,
  type Environment,
  JUDGE_FLAGS,
  unconnected,
} from '../provider/index.ts'
import type { Provider } from '../provider/types.ts'
import type { JudgeModel } from './judge-calls.ts'
import type { ModelPlan } from './models.ts'
import type { Prepared } from './prepare.ts'

/** Whether the built-in simulator has to be started. */
export function asksSimulator({ endpoint, scoreOnly, judging }: Settings): boolean {
  const asked = [
    ...(scoreOnly ? [] : [endpoint]),
    ...(judging.models.length > 0 ? [judging.endpoint] : []),
    ...(judging.embeddings === null ? [] : [judging.embeddings.endpoint]),
  ]
  return asked.some(({ profile }) => profile.name === 'simulator')
}

/** The endpoint of the models; nothing is sent where answers are recorded or only scored. */
export function connectModels(settings: Settings, simulatorUrl: string | null, env: Environment): Provider {
  const { endpoint, policy, replay, scoreOnly } = settings
  if (replay !== null || scoreOnly) return unconnected(endpoint.profile, endpoint.address)
  return connect({ ...placeOf(endpoint, simulatorUrl), concurrency: policy.concurrency, env })
}

/** Who may be asked by scorers. */
export interface JudgeConnections {
  readonly judges: readonly JudgeModel[]
  readonly embeddings: JudgeModel | null
  close(): Promise<void>
}

/** Connections of their own: judges must not wait for those of the models. */
export function connectJudges(
  prepared: Pick<Prepared, 'judges' | 'embeddings'>,
  { judging, policy }: Settings,
  simulatorUrl: string | null,
  env: Environment,
): JudgeConnections {
  const { concurrency } = policy
  const judges =
    judging.models.length === 0
      ? null
      : connect({ ...placeOf(judging.endpoint, simulatorUrl), concurrency, env, flags: JUDGE_FLAGS })
  const embeddings =
    judging.embeddings === null
      ? null
      : connect({ ...placeOf(judging.embeddings.endpoint, simulatorUrl), concurrency, env, flags: EMBEDDING_FLAGS })
  const at = (plan: ModelPlan, provider: Provider): JudgeModel => ({ plan, provider })
  return {
    judges: judges === null ? [] : prepared.judges.map((plan) => at(plan, judges)),
    embeddings: embeddings === null || prepared.embeddings === null ? null : at(prepared.embeddings, embeddings),
    close: async () => {
      await judges?.close()
      await embeddings?.close()
    },
  }
}

function placeOf(
  { profile, address }: EndpointChoice,
  simulatorUrl: string | null,
): Pick<EndpointChoice, 'profile'> & Endpoint {
  return { profile, ...(address ?? { baseUrl: simulatorUrl ?? '', apiKey: null, apiKeyEnv: null }) }
}
