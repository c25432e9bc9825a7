/** Are two numbers equal, or close, to the last digit? Doubles would call 0.1 + 0.2 and 0.3 different. */

/** The exact value `over / under`; `under` is above 0. */
export interface Rational {
  readonly over: bigint
  readonly under: bigint
}

/** The value of plain decimal digits ("1234.50") times ten to the power of `exponent`. */
export function decimal(digits: string, exponent = 0): Rational {
  const [whole = '', fraction = ''] = digits.split('.')
  const shift = exponent - fraction.length
  const units = BigInt(whole + fraction)
  return shift >= 0 ? { over: units * 10n ** BigInt(shift), under: 1n } : { over: units, under: 10n ** BigInt(-shift) }
}

export function negated({ over, under }: Rational): Rational {
  return { over: -over, under }
}

export function sum(a: Rational, b: Rational): Rational {
  return { over: a.over * b.under + b.over * a.under, under: a.under * b.under }
}

export function product(a: Rational, b: Rational): Rational {
  return { over: a.over * b.over, under: a.under * b.under }
}

/** a / b; undefined when b is 0. */
export function quotient(a: Rational, b: Rational): Rational | undefined {
  if (b.over === 0n) return undefined
  const sign = b.over < 0n ? -1n : 1n
  return { over: a.over * b.under * sign, under: a.under * b.over * sign }
}

export function magnitude(a: Rational): Rational {
  return a.over < 0n ? negated(a) : a
}

/** Whether |a − b| ≤ limit, the limit itself included. */
export function isWithin(a: Rational, b: Rational, limit: Rational): boolean {
  const gap = magnitude(sum(a, negated(b)))
  return gap.over * limit.under <= limit.over * gap.under
}
