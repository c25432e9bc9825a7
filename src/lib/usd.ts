/**
 * Exact money. A `Usd` is a bigint counting units of 10⁻²⁴ US dollars: prices per token carry up to 23 decimals in
 * OpenRouter's catalogue, and a sum of a million of them must be right to the last digit.
 */

/** Decimals of a US dollar that are kept. */
const DECIMALS = 24

/** US dollars in units of 10⁻²⁴. */
export type Usd = bigint

export const ZERO_USD: Usd = 0n

/**
 * Reads a decimal amount ("0.2", "6e-7", "-1"); rounds half away from zero beyond 24 decimals. Undefined when the text is
 * not a decimal number.
 */
export function parseUsd(text: string): Usd | undefined {
  const match = /^\s*([+-])?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text)
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = whole + fraction
  if (digits === '') return undefined
  const shift = DECIMALS - fraction.length + Number(exponent)
  const units =
    shift >= 0 ? BigInt(digits) * 10n ** BigInt(shift) : divideRounded(BigInt(digits), 10n ** BigInt(-shift))
  return sign === '-' ? -units : units
}

/** The amount as a plain decimal: no exponent, no trailing zeros ("0.8", "0.000587", "12"). */
export function formatUsd(usd: Usd): string {
  const sign = usd < 0n ? '-' : ''
  const digits = (usd < 0n ? -usd : usd).toString().padStart(DECIMALS + 1, '0')
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  return `${sign}${digits.slice(0, -DECIMALS)}${fraction === '' ? '' : `.${fraction}`}`
}

/** Reads a price per million tokens as the price of one token. */
export function parseUsdPerMillion(text: string): Usd | undefined {
  const usd = parseUsd(text)
  return usd === undefined ? undefined : divideRounded(usd, 1_000_000n)
}

/** The price of a million tokens, for people: formatUsd(perMillion(price)). */
export function perMillion(perToken: Usd): Usd {
  return perToken * 1_000_000n
}

/** Price of one × how many; the count must be a non-negative integer. */
export function times(price: Usd, count: number): Usd {
  return price * BigInt(count)
}

/** One n-th of an amount, rounded half away from zero. */
export function dividedBy(usd: Usd, count: number): Usd {
  return usd < 0n ? -divideRounded(-usd, BigInt(count)) : divideRounded(usd, BigInt(count))
}

/** For display, sorting and statistics only: a double cannot hold most decimal prices. */
export function toNumber(usd: Usd): number {
  return Number(formatUsd(usd))
}

function divideRounded(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n)
}
