import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { finalNumber } from '../../src/score/final-number.ts'

const tex = String.raw

const CASES: Readonly<Record<string, readonly (readonly [text: string, value: number | undefined])[]>> = {
  'plain numbers': [
    ['42', 42],
    ['The answer is 42.', 42],
    ['18, I think', 18],
    ['first 3, then 4', 4],
    ['0.10', 0.1],
    ['.5', 0.5],
    ['1.5.', 1.5],
    ['18th', 18],
    ['**18**', 18],
    ['_18_', 18],
    ['答案是18', 18],
    ['no number at all', undefined],
    ['', undefined],
  ],
  signs: [
    ['-5', -5],
    ['\u22125', -5],
    ['+7', 7],
    ['x = -5.', -5],
    ['16 - 3 = 13', 13],
    ['5-3', 3],
    ['10-12', 12],
    ['(4)-3', 3],
    ['-0', 0],
  ],
  'thousands and decimal commas': [
    ['1,234.5', 1234.5],
    ['1,000,000', 1000000],
    ['1,00,000', 100000],
    ['1 234', 1234],
    ['12 345 678', 12345678],
    ['1\u202f234', 1234],
    ['1_234', 1234],
    ["1'234.50", 1234.5],
    ['1.234,56', 1234.56],
    ['3,5', 3.5],
    ['0,125', 0.125],
    ['(1, 2)', 2],
    ['1,2,3', 3],
    ['2020 500', 500],
    ['5 100-dollar bills', 100],
  ],
  'currencies, exponents and percent': [
    ['$18', 18],
    ['-$18', -18],
    ['$-18', -18],
    ['US$18.50', 18.5],
    ['18 €', 18],
    ['€ 18', 18],
    ['USD18', 18],
    ['EUR 1,000', 1000],
    ['5%', 5],
    ['20 percent', 20],
    ['2.5e3', 2500],
    ['1E-3', 0.001],
    ['3 × 10^5', 300000],
    ['3 × 10⁵', 300000],
    ['2.5 x 10^{-2}', 0.025],
  ],
  fractions: [
    ['3/4', 0.75],
    ['-3/4', -0.75],
    ['8/10', 0.8],
    ['1 3/4', 1.75],
    ['½', 0.5],
    ['-1½', -1.5],
    ['5/0', 5],
    ['12 / 2 = 6', 6],
  ],
  'what only looks like a number': [
    ['GPT4 says x2', undefined],
    ['5 m^2', 5],
    ['5 m²', 5],
    ['2^10', undefined],
    ['10:30', undefined],
    ['90^\\circ', 90],
    ['9'.repeat(1000), undefined],
  ],
  'the marker of GSM8K': [
    ['3 + 4 = 7\n#### 18\nThat is 9 more.', 18],
    ['#### 1\n#### $1,000', 1000],
    ['####18', 18],
    ['#### -3 apples', -3],
    ['#### **18**', 18],
    ['#### 650 (since 3 of them)', 650],
    ['#### USD 650, not 3', 650],
    ['#### 600 + 50 = 650', 600],
    ['#### about 650 (since 3 of them)', 3],
    ['#### Step 2\nThe answer is 42', 42],
    ['#### 2. Add the costs\nso 42', 42],
    ['####', undefined],
  ],
  'the box of MATH': [
    [tex`so \boxed{5} of 100`, 5],
    [tex`first \boxed{1}, then \boxed{2}. Steps: 3`, 2],
    [tex`$\boxed{x = 5}$`, 5],
    [tex`\boxed{\frac{3}{4}}`, 0.75],
    [tex`\boxed{-\dfrac{1}{2}}`, -0.5],
    [tex`\boxed{\frac12}`, 0.5],
    [tex`\boxed{2\frac{1}{2}}`, 2.5],
    [tex`\boxed{1{,}234}`, 1234],
    [tex`\boxed{1\,234}`, 1234],
    [tex`\boxed{\$18}`, 18],
    [tex`\boxed{18\text{ cm}^2}`, 18],
    [tex`\boxed{\text{18}}`, 18],
    [tex`\boxed{5\%}`, 5],
    [tex`\boxed{3 \times 10^{4}}`, 30000],
    [tex`7 is \boxed{\text{none}}`, undefined],
    [tex`#### 3 and \boxed{4}`, 3],
    [tex`cut off: 12 = \boxed{1`, 1],
  ],
}

for (const [kind, cases] of Object.entries(CASES)) {
  test(`reads ${kind}`, () => {
    for (const [text, value] of cases) assert.is(valueOf(text), value, JSON.stringify(text.slice(0, 60)))
  })
}

test('reads back every decimal, however it is grouped and whatever stands around it', () => {
  const decimals = fc.tuple(fc.boolean(), fc.nat(999_999_999), fc.integer({ min: 0, max: 999 }))
  fc.assert(
    fc.property(decimals, fc.constantFrom('', ',', '_', '\u00a0'), ([isNegative, whole, thousandths], separator) => {
      const grouped = whole.toString().replace(/\B(?=(\d{3})+$)/g, separator)
      const text = `${isNegative ? '-' : ''}${grouped}.${thousandths.toString().padStart(3, '0')}`
      const number = finalNumber(`After 7 steps it is **$${text}**.`)
      assert.is(number?.value.over, BigInt(whole * 1000 + thousandths) * (isNegative ? -1n : 1n))
      assert.is(number?.value.under, 1000n)
    }),
  )
})

function valueOf(text: string): number | undefined {
  const number = finalNumber(text)
  return number && Number((number.value.over * 10n ** 9n) / number.value.under) / 1e9
}

test.run()
