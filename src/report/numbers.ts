/** Numbers for people: one place decides on units and rounding. */
import { plural } from '../lib/text.ts'
import type { Estimate } from '../stats/types.ts'

/** 0.8734 → "87.3 %". Never rounds up to 100 % or down to 0 % what is not. */
export function percent(share: number | null): string {
  if (share === null) return '–'
  const rounded = (share * 100).toFixed(1)
  if (rounded === '100.0' && share < 1) return '>99.9 %'
  if (rounded === '0.0' && share > 0) return '<0.1 %'
  return `${rounded} %`
}

/** "87.3 % [82.0, 91.2]", with the limits in percent. */
export function percentWithInterval({ value, low, high }: Estimate): string {
  if (value === null) return '–'
  if (low === null || high === null) return percent(value)
  return `${percent(value)} [${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`
}

/** "3 · 1.5 % [0.5, 4.3]": how many of so many, and their share. */
export function countWithShare(count: number, share: Estimate): string {
  return share.value === null ? integer(count) : `${integer(count)} · ${percentWithInterval(share)}`
}

/** "0.812 [0.790, 0.833]", no more digits than the limits are good for; a dash for what is not defined. */
export function numberWithInterval({ value, low, high }: Estimate): string {
  if (value === null) return '–'
  if (low === null || high === null) return String(Number(value.toFixed(4)))
  const decimals = Math.max(3, limitDecimals(high - low))
  return `${value.toFixed(decimals)} [${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`
}

/** "0.0123 [0.0101, 0.0150]" in dollars; "at least $0.01" where only that is known. `exactUsd` is the value in all its digits. */
export function dollarsWithInterval(exactUsd: string | null, { low, high }: Estimate): string {
  const shown = dollars(exactUsd)
  if (low !== null && high === null) {
    const least = dollars(low.toFixed(12))
    return exactUsd === null ? `at least ${least}` : `${shown} [${least.slice(1)}, –]`
  }
  if (exactUsd === null || low === null || high === null) return shown
  const decimals = limitDecimals(high - low)
  return `${shown} [${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`
}

/** Two digits of the width: limits are not known better. */
function limitDecimals(width: number): number {
  return Math.min(12, Math.max(2, 1 - Math.floor(Math.log10(width))))
}

/** A difference of shares in percentage points, with its sign: −0.213 → "−21.3". */
export function pointsOf(difference: number): string {
  const points = (Math.abs(difference) * 100).toFixed(1)
  return Number(points) === 0 ? points : `${difference < 0 ? '−' : '+'}${points}`
}

/** "= 0.003", "< 0.001": to be written behind a p. */
export function pValue(p: number): string {
  if (p < 0.001) return '< 0.001'
  return `= ${p.toFixed(p < 0.1 ? 3 : 2)}`
}

/** Decimal USD to at least two and at most as many decimals as four significant digits need: "$0.0123", "$12.35". */
export function dollars(decimalUsd: string | null): string {
  if (decimalUsd === null) return 'unknown'
  const amount = Number(decimalUsd)
  if (amount === 0) return '$0.00'
  const magnitude = Math.floor(Math.log10(Math.abs(amount)))
  const decimals = Math.min(12, Math.max(2, 3 - magnitude))
  const [whole = '', fraction = ''] = amount.toFixed(decimals).split('.')
  return `$${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`
}

/** 842.3 → "842 ms", 12345 → "12.3 s". */
export function milliseconds(ms: number | null): string {
  if (ms === null) return '–'
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 10_000 ? `${Math.round(ms).toLocaleString('en-US')} ms` : `${(ms / 1_000).toFixed(1)} s`
}

/** "[58, 71]", in the unit of the value; a dash for a limit that there are too few values for. */
export function millisecondLimits({ value, low, high }: Estimate): string {
  if (low === null && high === null) return '–'
  const inSeconds = (value ?? 0) >= 10_000
  const shown = (ms: number | null): string =>
    ms === null ? '–' : inSeconds ? (ms / 1_000).toFixed(1) : ms < 10 ? ms.toFixed(1) : integer(Math.round(ms))
  return `[${shown(low)}, ${shown(high)}]`
}

/** 3725 → "1h 02m", 65 → "1m 05s", 9 → "9s". */
export function seconds(total: number): string {
  const whole = Math.max(0, Math.round(total))
  const pad = (value: number): string => String(value).padStart(2, '0')
  if (whole >= 3_600) return `${Math.floor(whole / 3_600)}h ${pad(Math.floor((whole % 3_600) / 60))}m`
  return whole >= 60 ? `${Math.floor(whole / 60)}m ${pad(whole % 60)}s` : `${whole}s`
}

/** 1234567 → "1,234,567". */
export function integer(count: number): string {
  return count.toLocaleString('en-US')
}

/** 812 → "812 bytes", 2345678 → "2.3 MB"; 1 kB is 1,000 bytes. */
export function bytes(count: number): string {
  if (count < 1_000) return plural(count, 'byte')
  const power = Math.min(SIZES.length, Math.floor(Math.log10(count) / 3))
  return `${(count / 1_000 ** power).toFixed(1)} ${SIZES[power - 1]}`
}

const SIZES = ['kB', 'MB', 'GB', 'TB']
