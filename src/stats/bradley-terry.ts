/**
 * Who is stronger, when only pairs were compared? Strengths θ with P(i beats j) = 1/(1 + e^{−(θ_i − θ_j)}) (Bradley & Terry 1952;
 * Hunter 2004, "MM algorithms for generalized Bradley-Terry models"; statistics.md 15).
 *
 * A tie is half a win for each. Differences are what is known: the standard error of a single strength depends on the
 * convention that they sum to 0.
 */
import { solveInPlace } from './linear-system.ts'

export interface BradleyTerry {
  /** θ of each model, sum 0; null for a model without games. */
  readonly strengths: readonly (number | null)[]
  readonly standardErrors: readonly (number | null)[]
  /** Games per pair that were added, half a win each way. */
  readonly prior: number
  /** The prior had to be added: some group of models never lost, or never won, against the rest, which no finite strengths explain. */
  readonly isPriorNeeded: boolean
  /** Of all games, those of the prior included. */
  readonly logLikelihood: number
  /** θ_i − θ_j with its standard error; null where one of them has no games. */
  difference(one: number, other: number): { estimate: number; standardError: number } | null
}

const MOST_STEPS = 100
const MOST_HALVINGS = 40
/** A step below this changes no figure that anybody shows. */
const CONVERGED = 1e-12
/** Of a sum of logarithms, relative. */
const ROUNDING = 1e-13

/** The strengths of the largest likelihood, `wins[i][j]` how often i beat j. `prior` games are added to each pair. */
export function bradleyTerry(wins: readonly (readonly number[])[], prior = 0): BradleyTerry {
  const players = wins.flatMap((_, player) => (hasGames(wins, player) ? [player] : []))
  const isPriorNeeded = prior === 0 && !isConnected(wins, players)
  const added = isPriorNeeded ? 1 : prior
  const games = players.map((one) =>
    Float64Array.from(players, (other) => (one === other ? 0 : (wins[one]?.[other] ?? 0) + added / 2)),
  )
  const strengths = fitted(games)
  const covariance = covarianceOf(games, strengths)
  const placeOf = new Map(players.map((player, place) => [player, place]))
  const at = <T>(player: number, value: (place: number) => T): T | null => {
    const place = placeOf.get(player)
    return place === undefined ? null : value(place)
  }
  const covers = (one: number, other: number): number => covariance[one]?.[other] ?? 0
  return {
    strengths: wins.map((_, player) => at(player, (place) => strengths[place] ?? 0)),
    standardErrors: wins.map((_, player) => at(player, (place) => Math.sqrt(Math.max(0, covers(place, place))))),
    prior: added,
    isPriorNeeded,
    logLikelihood: logLikelihood(games, strengths),
    difference: (one, other) =>
      at(one, (i) =>
        at(other, (j) => ({
          estimate: (strengths[i] ?? 0) - (strengths[j] ?? 0),
          standardError: Math.sqrt(Math.max(0, covers(i, i) + covers(j, j) - 2 * covers(i, j))),
        })),
      ),
  }
}

/** Strengths on the scale of chess ratings around 1000: 400 points are odds of ten to one. */
export function elo(strength: number): number {
  return 1000 + (400 * strength) / Math.LN10
}

function hasGames(wins: readonly (readonly number[])[], player: number): boolean {
  return wins.some((row, other) => other !== player && ((row[player] ?? 0) > 0 || (wins[player]?.[other] ?? 0) > 0))
}

/** Whether every player has beaten every other one, if only over others: then the largest likelihood has finite strengths. */
function isConnected(wins: readonly (readonly number[])[], players: readonly number[]): boolean {
  const beats = (one: number, other: number): boolean => (wins[one]?.[other] ?? 0) > 0
  return reachesAll(players, beats) && reachesAll(players, (one, other) => beats(other, one))
}

function reachesAll(players: readonly number[], isStep: (one: number, other: number) => boolean): boolean {
  const reached = new Set(players.slice(0, 1))
  // A set gives what is added while it is walked.
  for (const one of reached) for (const other of players) if (isStep(one, other)) reached.add(other)
  return reached.size === players.length
}

type Games = readonly Float64Array[]

/** Newton steps, halved while they would lower the likelihood by more than rounding. */
function fitted(games: Games): Float64Array {
  let strengths = new Float64Array(games.length)
  for (let step = 0; step < MOST_STEPS; step++) {
    const direction = unexplainedWins(games, strengths)
    solveInPlace(information(games, strengths), [direction])
    if (direction.every((move) => Math.abs(move) <= CONVERGED)) break
    strengths = moved(games, strengths, direction)
  }
  const centre = strengths.reduce((sum, strength) => sum + strength, 0) / strengths.length
  return strengths.map((strength) => strength - centre)
}

function moved(games: Games, strengths: Float64Array<ArrayBuffer>, direction: Float64Array): Float64Array<ArrayBuffer> {
  const before = logLikelihood(games, strengths)
  let next = strengths
  for (let halving = 0; halving < MOST_HALVINGS; halving++) {
    next = strengths.map((strength, player) => strength + (direction[player] ?? 0) / 2 ** halving)
    if (logLikelihood(games, next) >= before - ROUNDING * Math.abs(before)) break
  }
  return next
}

/** Wins less those that the strengths expect: the slope of the likelihood. */
function unexplainedWins(games: Games, strengths: Float64Array): Float64Array {
  return strengths.map((strength, player) => {
    let wins = 0
    for (let other = 0; other < strengths.length; other++) {
      const won = games[player]?.[other] ?? 0
      const lost = games[other]?.[player] ?? 0
      wins += won - (won + lost) * winChance(strength - (strengths[other] ?? 0))
    }
    return wins
  })
}

/** The information (a Laplacian) + 11ᵀ/K, which takes the one direction out that no game tells about. */
function information(games: Games, strengths: Float64Array): Float64Array[] {
  const size = strengths.length
  return games.map((won, player) => {
    const row = new Float64Array(size).fill(1 / size)
    for (let other = 0; other < size; other++) {
      const chance = winChance((strengths[player] ?? 0) - (strengths[other] ?? 0))
      const weight = ((won[other] ?? 0) + (games[other]?.[player] ?? 0)) * chance * (1 - chance)
      row[player] = (row[player] ?? 0) + weight
      row[other] = (row[other] ?? 0) - weight
    }
    return row
  })
}

/** Pseudo-inverse of the information. */
function covarianceOf(games: Games, strengths: Float64Array): Float64Array[] {
  const size = strengths.length
  const columns = games.map((_, player) => Float64Array.from(games, (_row, at) => (at === player ? 1 : 0)))
  solveInPlace(information(games, strengths), columns)
  return columns.map((column) => column.map((value) => value - 1 / size))
}

function logLikelihood(games: Games, strengths: Float64Array): number {
  let sum = 0
  for (const [player, won] of games.entries()) {
    for (let other = 0; other < won.length; other++) {
      const lead = (strengths[player] ?? 0) - (strengths[other] ?? 0)
      // ln of the chance to win; −lead where e^−lead has no room.
      sum -= (won[other] ?? 0) * (lead > -30 ? Math.log1p(Math.exp(-lead)) : -lead)
    }
  }
  return sum
}

function winChance(lead: number): number {
  return 1 / (1 + Math.exp(-lead))
}
